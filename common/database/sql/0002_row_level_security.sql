-- The second wall between tenants, for every table of theirs that has none yet: it may be run again after any migration
-- that adds tables. A partition is reached through its table alone, so it needs neither policy nor rights.
do $$
declare
  name text;
begin
  for name in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attname = 'tenant_id'
      and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'one_tenant')
  loop
    execute format('grant select, insert, update, delete on %I to shelfline_api', name);
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy one_tenant on %I to shelfline_api using (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))', name);
  end loop;
end $$;
