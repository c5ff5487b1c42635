-- The second wall between tenants: the api works as this role and sees one tenant, whatever its queries say. The
-- steps work as the owner, because COPY FROM is refused under row-level security; they take the tenant from the run.
do $$
begin
  if not exists (select 1 from pg_roles where rolname = 'shelfline_api') then
    create role shelfline_api nologin;
  end if;
exception when duplicate_object or unique_violation then
  null;  -- another database of this server made it at the same moment
end $$;
grant usage on schema public to shelfline_api;
grant select, insert, update, delete on all tables in schema public to shelfline_api;
-- Time, the schema's version and who the tenants are is for nobody to change through the api.
revoke insert, update, delete on clock, tenants from shelfline_api;
grant usage on all sequences in schema public to shelfline_api;
do $$
declare
  name text;
begin
  for name in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'tenant_id'
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy one_tenant on %I to shelfline_api using (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))', name);
  end loop;
end $$;
alter table tenants enable row level security;
create policy one_tenant on tenants to shelfline_api using (id = nullif(current_setting('app.tenant', true), ''));
