-- What is asked of millions of rows while a fleet runs, without reading all of them.

create index dead_files_kind on dead_files (kind, file_id);

create function midifleet_span(ids bigint[]) returns int8range language sql immutable strict parallel safe as $$
  select int8range(min(id), max(id), '[]') from unnest(ids) as id
$$;
comment on function midifleet_span is 'from the least to the greatest of some ids';

alter table batches add column file_span int8range generated always as (midifleet_span(file_ids)) stored;
create index batches_span on batches using gist (file_span);
comment on column batches.file_span is
  'between its least and greatest file: finds the few batches that a file may be in, at the cost of one entry, not of 500';
