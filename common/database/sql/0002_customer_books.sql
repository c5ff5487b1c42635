-- The customer book of a tenant, every version it ever had: a run works with the one that was valid when it was frozen.
create table customer_books (
  tenant_id text not null references tenants,
  version integer not null check (version > 0),
  file text not null,
  content_hash text not null,
  document jsonb not null,
  loaded_at timestamptz not null default shelfline_now(),
  loaded_by text not null default '',
  primary key (tenant_id, version)
);
