-- Failures that are not the last word: the file goes on to a batch of the next attempt. What is dead is in dead_files.
create table failed_tries (
  file_id bigint not null references files on delete cascade,
  batch_id bigint not null,
  kind text not null,
  reason text not null,
  byte_offset bigint,
  worker_id uuid,
  failed_at timestamptz not null default now(),
  primary key (file_id, batch_id)
);

-- Roles that work with the other tables, or read them, do so with this one.
do $$
declare
  held record;
begin
  for held in
    select distinct g.grantee, g.privilege_type from information_schema.role_table_grants g
    where g.table_schema = current_schema() and g.table_name = 'dead_files' and g.grantee <> current_user
      and g.privilege_type in ('SELECT', 'INSERT', 'UPDATE')
  loop
    if held.grantee = 'PUBLIC' then
      execute format('grant %s on failed_tries to public', held.privilege_type);
    else
      execute format('grant %s on failed_tries to %I', held.privilege_type, held.grantee);
    end if;
  end loop;
end $$;
