-- The rows that say what is to be done and what is done. Migrations only add: an older worker must be able to go on.

create type file_status as enum ('new', 'queued', 'done', 'dead', 'dropped');
create type lane as enum ('bulk', 'suspect');
create type outcome as enum ('done', 'split', 'cancelled');

create table library (
  id integer generated always as identity primary key,
  name text not null unique,
  location text not null
);
comment on column library.location is 'folder on the host that enqueued it; each host may mount it elsewhere';

create table runs (
  id uuid primary key,
  library_id integer not null references library,
  folder text not null default '',
  origin text not null,
  analyze_known boolean not null default false,
  started_at timestamptz not null default now(),
  planned_at timestamptz,
  cancelled_at timestamptz,
  files_found bigint not null default 0,
  files_unchanged bigint not null default 0,
  file_count bigint not null default 0,
  byte_count bigint not null default 0
);
comment on column runs.analyze_known is 'analyse contents again whose facts are already known';
comment on column runs.planned_at is 'all batches are planned; complete when besides none is open';

create table files (
  id bigint generated always as identity primary key,
  library_id integer not null references library,
  path text not null,
  path_key uuid not null unique,
  size_bytes bigint not null,
  modified_at timestamptz not null,
  batch_id bigint,
  status file_status not null default 'new',
  content_hash uuid,
  analyzed_at timestamptz
) with (fillfactor = 50);
comment on table files is 'nothing that a worker writes is indexed: its updates stay within the page';
comment on column files.path is 'relative to the library; bytes that are not UTF-8 as \xNN, a backslash doubled';
comment on column files.path_key is 'XXH3-128 of library and path bytes: an index over long paths is four times as large';
comment on column files.batch_id is 'the batch that owns the file: only it may write the result';

create table batches (
  id bigint generated always as identity primary key,
  run_id uuid not null references runs,
  lane lane not null default 'bulk',
  attempt integer not null default 1,
  analyzer_version integer not null,
  file_ids bigint[] not null,
  file_count integer not null generated always as (cardinality(file_ids)) stored,
  byte_count bigint not null default 0,
  due_at timestamptz not null default now(),
  publications integer not null default 0,
  published_at timestamptz,
  taken integer not null default 0,
  crashes integer not null default 0,
  committed_at timestamptz,
  outcome outcome,
  files_done integer not null default 0,
  files_copied integer not null default 0,
  files_dead integer not null default 0,
  files_retried integer not null default 0,
  worker_id uuid
);
alter table batches alter column file_ids set storage external;
create index batches_due on batches (due_at) where committed_at is null and published_at is null;
create index batches_open on batches (run_id) where committed_at is null;
create index batches_run on batches (run_id);
comment on table batches is 'inbox, outbox, retry schedule and progress in one';
comment on column batches.file_count is 'so that counting does not fetch file_ids, which are stored apart';
comment on column batches.files_copied is 'of files_done, those whose content was already known';

create table dead_files (
  file_id bigint primary key references files on delete cascade,
  run_id uuid not null references runs,
  kind text not null,
  reason text not null,
  byte_offset bigint,
  attempts integer not null,
  worker_id uuid,
  first_failed_at timestamptz not null default now(),
  last_failed_at timestamptz not null default now()
);

create table workers (
  id uuid primary key,
  host text not null,
  pid bigint not null,
  version text not null,
  analyzer_version integer not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  state text not null,
  slots integer not null,
  threads integer not null,
  files_done bigint not null default 0,
  bytes_done bigint not null default 0,
  notes_done bigint not null default 0,
  files_dead bigint not null default 0
);

create table unreadable_messages (
  id bigint generated always as identity primary key,
  received_at timestamptz not null default now(),
  queue text not null,
  reason text not null,
  body bytea not null
);
