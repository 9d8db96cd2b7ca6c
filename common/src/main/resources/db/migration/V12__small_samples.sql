-- Statistics of facts from a sample of 3,000 rows, for one of 30,000, and none of what is packed: nobody compares that. Autovacuum
-- looks again whenever a table has grown by a tenth, and a row has a hundred columns: while a collection is young, that was more
-- work than storing the rows.

do $$
declare
  facts_column record;
begin
  for facts_column in
    select attname, atttypid in ('bytea'::regtype, 'json'::regtype) as is_packed from pg_attribute
    where attrelid = 'facts'::regclass and attnum > 0 and not attisdropped
  loop
    execute format('alter table facts alter column %I set statistics %s', facts_column.attname,
      case when facts_column.is_packed then 0 else 10 end);
  end loop;
end $$;
