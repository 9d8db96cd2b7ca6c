package dev.midifleet.faults;

/** A PostgreSQL whose disk is full for those who write results, as statements. */
final class FullDisk {
  /** Makes it possible; the disk is not full yet. */
  static final String PREPARE = """
      create table disk (is_full boolean);
      insert into disk values (false);
      create function disk_full() returns trigger language plpgsql as $$ begin
        if (select is_full from disk) then
          raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
        end if;
        return null;
      end $$;
      grant select on disk to public;
      create trigger disk after insert or update on facts for each statement execute function disk_full();
      create trigger disk after insert or update on files for each statement execute function disk_full()""";
  static final String FULL = "update disk set is_full = true";
  static final String FREE = "update disk set is_full = false";

  private FullDisk() {}
}
