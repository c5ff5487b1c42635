-- The catalogue of the parts flow.

create table manufacturers (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  key text not null,
  name text not null,
  alias_of bigint references manufacturers,
  created_at timestamptz not null default shelfline_now(),
  unique (tenant_id, key)
);

create table categories (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references tenants,
  parent_id uuid references categories,
  path jsonb not null,
  depth integer not null,
  name text not null,
  full_name text not null,
  unique (tenant_id, full_name)
);

create table parts (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  key text not null,
  part_number text not null,
  manufacturer_id bigint references manufacturers,
  category_id uuid references categories,
  source_product_id text,
  description text,
  lifecycle_status text,
  provenance jsonb not null default '{}',
  content_hash text not null,
  hash_version integer not null,
  version integer not null default 1,
  enriched_at timestamptz,
  created_at timestamptz not null default shelfline_now(),
  updated_at timestamptz not null default shelfline_now(),
  unique (tenant_id, key)
);
create index parts_by_number on parts (tenant_id, lower(part_number));

create table part_numbers (
  tenant_id text not null,
  part_id bigint not null references parts on delete cascade,
  name text not null,
  source text not null,
  source_url text,
  notes text,
  primary key (tenant_id, part_id, name)
);

create table part_attributes (
  tenant_id text not null,
  part_id bigint not null references parts on delete cascade,
  name text not null,
  value_text text not null,
  value_number numeric,
  unit text,
  source text not null,
  source_url text,
  notes text,
  primary key (tenant_id, part_id, name)
);

create table part_documents (
  tenant_id text not null,
  part_id bigint not null references parts on delete cascade,
  url text not null,
  type text not null,
  description text,
  source text not null,
  primary key (tenant_id, part_id, url)
);

create table part_sellers (
  tenant_id text not null,
  part_id bigint not null references parts on delete cascade,
  name text not null,
  type text not null,
  offer jsonb not null default '{}',
  source text not null,
  primary key (tenant_id, part_id, name)
);

create table part_extras (
  tenant_id text not null,
  part_id bigint not null references parts on delete cascade,
  name text not null,
  value text not null,
  source text not null,
  source_url text,
  primary key (tenant_id, part_id, name)
);

-- What automation made of each attempt: the router's statistics (reliability by maker, recent failures by part).
create table part_outcomes (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  run_id text not null,
  item_id bigint not null,
  key text not null,
  manufacturer_key text not null,
  source text not null,
  succeeded boolean not null,
  reason text not null,
  at timestamptz not null default shelfline_now(),
  unique (tenant_id, item_id, source)
);
create index part_outcomes_by_maker on part_outcomes (tenant_id, manufacturer_key, at);
create index part_outcomes_failures on part_outcomes (tenant_id, key, at) where not succeeded;
