-- Which letters are old, and where: found without looking at all of them and, for the path, at their files.

alter table dead_files add column path text;
comment on column dead_files.path is 'as in files, where it never changes: letters of a folder are found by it';
create function midifleet_letter_path() returns trigger language plpgsql as $$
begin
  new.path := (select f.path from files f where f.id = new.file_id);
  return new;
end $$;
do $$
begin
  execute format('alter function midifleet_letter_path() set search_path = %I, pg_temp', current_schema());
end $$;
update dead_files d set path = f.path from files f where f.id = d.file_id;
create trigger path before insert on dead_files for each row execute function midifleet_letter_path();
-- A path may be longer than an entry of a B-tree.
create index dead_files_path on dead_files using spgist (path);
create index dead_files_failed on dead_files (last_failed_at, file_id);

-- Sums that `status` shows, kept beside the rows: to count them anew takes longer with each batch and each dead letter. The
-- triggers do it, so that workers of an older version count too. Each change adds a row, and nobody waits for another's; now
-- and then a change replaces those that nobody else has locked by one with their sum.

create table settled_sums (
  run_id uuid not null,
  id bigint not null generated always as identity,
  batches bigint not null,
  files_done bigint not null,
  files_copied bigint not null,
  files_dead bigint not null,
  files_retried bigint not null,
  primary key (run_id, id)
) with (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
comment on table settled_sums is
  'of the committed batches of a run; all its rows together; written by triggers of batches, and by midifleet_recount()';

create table letter_sums (
  kind text not null,
  id bigint not null generated always as identity,
  letters bigint not null,
  primary key (kind, id)
) with (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
comment on table letter_sums is
  'rows of dead_files; all rows of a kind together; written by triggers of dead_files, and by midifleet_recount()';

create function midifleet_settled() returns trigger language plpgsql security definer as $$
declare
  run uuid := coalesce(new.run_id, old.run_id);
begin
  insert into settled_sums (run_id, batches, files_done, files_copied, files_dead, files_retried)
  select run_id, sum(sign), sum(sign * files_done), sum(sign * files_copied), sum(sign * files_dead),
    sum(sign * files_retried)
  from (values
      (new.run_id, new.committed_at, new.files_done, new.files_copied, new.files_dead, new.files_retried, 1),
      (old.run_id, old.committed_at, old.files_done, old.files_copied, old.files_dead, old.files_retried, -1))
    as changed (run_id, committed_at, files_done, files_copied, files_dead, files_retried, sign)
  where committed_at is not null group by run_id;
  if random() < .02 then
    with free as materialized (select s.id from settled_sums s where s.run_id = run for update skip locked),
      folded as (delete from settled_sums s using free where s.run_id = run and s.id = free.id returning s.*)
    insert into settled_sums (run_id, batches, files_done, files_copied, files_dead, files_retried)
    select run, sum(batches), sum(files_done), sum(files_copied), sum(files_dead), sum(files_retried)
    from folded having count(*) > 0;
  end if;
  return null;
end $$;
comment on function midifleet_settled is 'a row of batches has come to be committed, or is not any more, or counts otherwise';

create function midifleet_letters() returns trigger language plpgsql security definer as $$
begin
  if tg_op = 'INSERT' then
    insert into letter_sums (kind, letters) select kind, count(*) from added group by kind;
  elsif tg_op = 'DELETE' then
    insert into letter_sums (kind, letters) select kind, -count(*) from removed group by kind;
  else
    insert into letter_sums (kind, letters)
    select kind, sum(sign) from (
      select kind, 1 as sign from added union all select kind, -1 from removed) changed
    group by kind having sum(sign) <> 0;
  end if;
  if found and random() < .02 then
    with free as materialized (select s.kind, s.id from letter_sums s for update skip locked),
      folded as (delete from letter_sums s using free where s.kind = free.kind and s.id = free.id returning s.*)
    insert into letter_sums (kind, letters) select kind, sum(letters) from folded group by kind having sum(letters) <> 0;
  end if;
  return null;
end $$;
comment on function midifleet_letters is 'rows of dead_files have come, gone or changed';

create function midifleet_emptied() returns trigger language plpgsql security definer as $$
begin
  if tg_table_name = 'batches' then
    truncate settled_sums;
  else
    truncate letter_sums;
  end if;
  return null;
end $$;

create function midifleet_recount() returns void language plpgsql as $$
begin
  lock table batches, dead_files in share row exclusive mode;
  delete from settled_sums;
  insert into settled_sums (run_id, batches, files_done, files_copied, files_dead, files_retried)
  select run_id, count(*), sum(files_done), sum(files_copied), sum(files_dead), sum(files_retried)
  from batches where committed_at is not null group by run_id;
  delete from letter_sums;
  insert into letter_sums (kind, letters) select kind, count(*) from dead_files group by kind;
end $$;
comment on function midifleet_recount is
  'makes the sums anew, for the owner of the schema, where rows were loaded with triggers off or twice; writers wait for it';

-- These run as the owner, so that workers need no right to the sums: names must mean the owner's tables, never a temporary one.
do $$
declare
  name text;
begin
  foreach name in array array['midifleet_settled', 'midifleet_letters', 'midifleet_emptied', 'midifleet_recount'] loop
    execute format('alter function %I() set search_path = %I, pg_temp', name, current_schema());
    execute format('revoke execute on function %I() from public', name);
  end loop;
end $$;

create trigger settled after update of committed_at, run_id, files_done, files_copied, files_dead, files_retried on batches
  for each row when (old.committed_at is not null or new.committed_at is not null) execute function midifleet_settled();
create trigger settled_already after insert on batches
  for each row when (new.committed_at is not null) execute function midifleet_settled();
create trigger settled_no_more after delete on batches
  for each row when (old.committed_at is not null) execute function midifleet_settled();
create trigger emptied after truncate on batches execute function midifleet_emptied();

create trigger letters_added after insert on dead_files
  referencing new table as added for each statement execute function midifleet_letters();
create trigger letters_removed after delete on dead_files
  referencing old table as removed for each statement execute function midifleet_letters();
create trigger letters_changed after update on dead_files
  referencing old table as removed new table as added for each statement execute function midifleet_letters();
create trigger emptied after truncate on dead_files execute function midifleet_emptied();

select midifleet_recount();

-- Roles that read the other tables read these.
do $$
declare
  held record;
begin
  for held in
    select distinct g.grantee from information_schema.role_table_grants g
    where g.table_schema = current_schema() and g.table_name = 'dead_files' and g.grantee <> current_user
      and g.privilege_type = 'SELECT'
  loop
    if held.grantee = 'PUBLIC' then
      grant select on settled_sums, letter_sums to public;
    else
      execute format('grant select on settled_sums, letter_sums to %I', held.grantee);
    end if;
  end loop;
end $$;
