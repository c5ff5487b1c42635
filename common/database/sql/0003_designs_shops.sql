-- The shops of a tenant: what is sold there, on which canvas and in which sizes, and how it is shown. A file loads a whole shop, the HTTP
-- API changes single rows; what may be said is checked before either (common.shops). Names are keys, and a row that is gone from a file
-- is inactive and not deleted: what was made with it still refers to it, and it is the same row when it comes back.

create table shops (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  name text not null,
  etsy_shop_id bigint not null check (etsy_shop_id > 0),
  facts jsonb not null default '{}',
  version integer not null check (version > 0),
  content_hash text not null,
  updated_at timestamptz not null default shelfline_now(),
  unique (tenant_id, id),
  unique (tenant_id, name),
  unique (tenant_id, etsy_shop_id)
);
comment on column shops.content_hash is 'of the file and pictures that were loaded; empty once anything was changed otherwise';

create table shop_versions (
  tenant_id text not null,
  shop_id bigint not null,
  version integer not null check (version > 0),
  file text not null,
  content_hash text not null,
  document jsonb not null,
  loaded_at timestamptz not null default shelfline_now(),
  loaded_by text not null default '',
  primary key (tenant_id, shop_id, version),
  foreign key (tenant_id, shop_id) references shops (tenant_id, id)
);

create table product_templates (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  shop_id bigint not null,
  name text not null,
  template_title text not null,
  description text not null,
  price numeric not null check (price > 0),
  taxonomy_id bigint not null,
  title text not null,
  family text not null,
  type text not null check (type in ('physical', 'download', 'both')),
  quantity integer not null check (quantity > 0),
  who_made text not null,
  when_made text not null,
  tags text[] not null check (cardinality(tags) <= 13),
  materials text[] not null check (cardinality(materials) <= 13),
  shop_section_id bigint,
  shipping_profile_id bigint,
  return_policy_id bigint,
  readiness_state_id bigint,
  production_partner_ids bigint[] not null,
  item_weight numeric check (item_weight > 0),
  item_weight_unit text,
  item_length numeric check (item_length > 0),
  item_width numeric check (item_width > 0),
  item_height numeric check (item_height > 0),
  item_dimensions_unit text,
  processing_min integer,
  processing_max integer,
  is_taxable boolean,
  is_supply boolean,
  should_auto_renew boolean,
  is_active boolean not null default true,
  created_at timestamptz not null default shelfline_now(),
  updated_at timestamptz not null default shelfline_now(),
  unique (tenant_id, id),
  unique (tenant_id, shop_id, name),
  foreign key (tenant_id, shop_id) references shops (tenant_id, id)
);

create table canvas_configs (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  template_id bigint not null,
  name text not null,
  width numeric not null check (width > 0),
  height numeric not null check (height > 0),
  dpi integer not null check (dpi in (150, 200, 300, 400, 500, 600)),
  is_stretch boolean not null default false,
  spacing numeric not null check (spacing >= 0),
  is_active boolean not null default true,
  created_at timestamptz not null default shelfline_now(),
  updated_at timestamptz not null default shelfline_now(),
  unique (tenant_id, id),
  unique (tenant_id, template_id, name),
  foreign key (tenant_id, template_id) references product_templates (tenant_id, id)
);

create table size_configs (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  canvas_id bigint not null,
  name text not null,
  width numeric not null check (width > 0),
  height numeric not null check (height > 0),
  is_active boolean not null default true,
  created_at timestamptz not null default shelfline_now(),
  updated_at timestamptz not null default shelfline_now(),
  unique (tenant_id, id),
  unique (tenant_id, canvas_id, name),
  foreign key (tenant_id, canvas_id) references canvas_configs (tenant_id, id)
);

create table mockups (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  template_id bigint not null,
  name text not null,
  starting_name integer not null check (starting_name > 0),
  is_active boolean not null default true,
  created_at timestamptz not null default shelfline_now(),
  updated_at timestamptz not null default shelfline_now(),
  unique (tenant_id, id),
  unique (tenant_id, template_id, name),
  foreign key (tenant_id, template_id) references product_templates (tenant_id, id)
);

-- The order of a mock-up's images is that of their ids.
create table mockup_images (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  mockup_id bigint not null,
  filename text not null,
  width integer not null check (width > 0),
  height integer not null check (height > 0),
  image_type text not null,
  watermark text not null default '',
  file_path text not null,
  watermark_path text not null default '',
  created_at timestamptz not null default shelfline_now(),
  updated_at timestamptz not null default shelfline_now(),
  unique (tenant_id, id),
  foreign key (tenant_id, mockup_id) references mockups (tenant_id, id)
);
create index mockup_images_by_mockup on mockup_images (tenant_id, mockup_id);

-- The masks of one image, which belong to it and to no other: three lists of equal length.
create table mask_data (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  image_id bigint not null,
  masks jsonb not null,
  is_cropped boolean[] not null,
  alignment text[] not null,
  updated_at timestamptz not null default shelfline_now(),
  unique (tenant_id, image_id),
  foreign key (tenant_id, image_id) references mockup_images (tenant_id, id) on delete cascade,
  constraint mask_data_lengths_check check (jsonb_array_length(masks) = cardinality(is_cropped) and cardinality(is_cropped) = cardinality(alignment))
);

-- The next number of a design of a shop's template, by the template's name, because files are named by both: a template that is renamed,
-- taken out or made anew never meets a name that was given before. A row is never deleted, and the number never goes back.
create table design_numbers (
  tenant_id text not null,
  shop_id bigint not null,
  template text not null,
  next bigint not null check (next > 0),
  primary key (tenant_id, shop_id, template),
  foreign key (tenant_id, shop_id) references shops (tenant_id, id)
);

-- take: p_count numbers in a row, from the one that is answered on; p_starting is where they begin, or go on if they are not so far yet.
-- One statement, so that two that take at once get different ones; whoever rolls back or dies leaves a gap.
create function shelfline_take_design_numbers_v1(p_tenant text, p_shop bigint, p_template text, p_count integer, p_starting bigint)
returns bigint language sql as $f$
  insert into design_numbers as n (tenant_id, shop_id, template, next) values (p_tenant, p_shop, p_template, p_starting + p_count)
  on conflict (tenant_id, shop_id, template) do update set next = greatest(n.next, p_starting) + p_count
  returning next - p_count
$f$;
