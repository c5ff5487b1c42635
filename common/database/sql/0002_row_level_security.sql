-- The second wall between tenants for the tables that have come since: see 0001_row_level_security.sql.
do $$
declare
  name text;
begin
  for name in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'tenant_id'
      and not c.relispartition and not exists (select from pg_policy p where p.polrelid = c.oid)
  loop
    execute format('grant select, insert, update, delete on %I to shelfline_api', name);
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy one_tenant on %I to shelfline_api using (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))', name);
  end loop;
end $$;
grant usage on all sequences in schema public to shelfline_api;
