-- The tables of the orders flow. An order is known by a UUID made of its natural key; a line is one size of it.

-- What a run found of one customer: how much is new, changed, gone or back, and whether the guard lets it pass.
create table order_scopes (
  tenant_id text not null references tenants,
  run_id text not null,
  scope text not null,
  held bigint not null,
  read bigint not null,
  unchanged bigint not null,
  new bigint not null,
  changed bigint not null,
  deleted bigint not null,
  reappeared bigint not null,
  left_alone bigint not null default 0,
  complete boolean not null,
  guarded boolean not null,
  overridden_by text,
  same_set boolean not null,
  primary key (tenant_id, run_id, scope)
);

-- Keys that stand more than once in a source, with different content: which of them is meant, only a person knows.
create table order_conflicts (
  tenant_id text not null references tenants,
  run_id text not null,
  key text not null,
  row_numbers bigint[] not null,
  primary key (tenant_id, run_id, key)
);

-- What of one customer one run stages and pushes together.
create table order_batches (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  run_id text not null,
  scope text not null,
  kind text not null,
  status text not null default 'STARTED',
  orders bigint not null default 0,
  lines bigint not null default 0,
  succeeded bigint not null default 0,
  failed bigint not null default 0,
  started_at timestamptz not null default shelfline_now(),
  staged_at timestamptz,
  promoted_at timestamptz,
  ended_at timestamptz,
  error jsonb,
  unique (tenant_id, run_id, scope)
);

create table order_staging (
  tenant_id text not null references tenants,
  item_id bigint not null,
  run_id text not null,
  scope text not null,
  key text not null,
  operation text not null,
  status text not null default 'PENDING',
  board_id text not null,
  order_number text,
  document jsonb,
  document_hash text,
  lines_total bigint not null default 0,
  source_hash text,
  hash_version integer not null,
  monday_item_id text,
  error text,
  updated_at timestamptz not null default shelfline_now(),
  primary key (tenant_id, item_id)
);
create index order_staging_of_batch on order_staging (tenant_id, run_id, scope);
create index order_staging_left on order_staging (tenant_id, key) where status = 'API_SUCCESS';

create table order_line_staging (
  tenant_id text not null references tenants,
  item_id bigint not null,
  size text not null,
  quantity bigint not null,
  operation text not null,
  status text not null default 'PENDING',
  monday_subitem_id text,
  primary key (tenant_id, item_id, size)
);

-- What the boards are known to hold: promoted from staging, a customer's batch in one transaction.
create table orders (
  tenant_id text not null references tenants,
  key text not null,
  scope text not null,
  order_number text,
  board_id text not null,
  monday_item_id text,
  document jsonb not null,
  run_id text not null,
  promoted_at timestamptz not null default shelfline_now(),
  deleted_at timestamptz,
  primary key (tenant_id, key)
);
create index orders_of_scope on orders (tenant_id, scope);
create index orders_by_number on orders (tenant_id, order_number);

create table order_lines (
  tenant_id text not null references tenants,
  key text not null,
  size text not null,
  quantity bigint not null,
  monday_subitem_id text,
  primary key (tenant_id, key, size)
);
