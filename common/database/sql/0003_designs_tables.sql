-- The tables of the designs flow: uploads, the designs they came to, and what was made of them.

-- One upload of files; closed by the client's word, or as abandoned by sweep. A run takes closed sessions up.
create table upload_sessions (
  tenant_id text not null references tenants,
  id uuid not null default gen_random_uuid(),
  state text not null default 'open' check (state in ('open', 'closed', 'abandoned')),
  run_id text,
  is_reference boolean not null default false,
  choices jsonb not null default '{}',
  created_at timestamptz not null default shelfline_now(),
  created_by text not null default '',
  announced_at timestamptz not null default shelfline_now(),
  closed_at timestamptz,
  primary key (tenant_id, id)
);
create index upload_sessions_to_take on upload_sessions (tenant_id, created_at) where state = 'closed' and run_id is null;
create index upload_sessions_of_run on upload_sessions (tenant_id, run_id) where run_id is not null;
create index upload_sessions_open on upload_sessions (announced_at) where state = 'open';

-- One file of an upload. file_hash: SHA-256 of its bytes, the client's word until the file was read.
create table upload_files (
  id bigint generated always as identity,
  tenant_id text not null,
  session_id uuid not null,
  number integer not null check (number > 0),
  filename text not null,
  size bigint not null check (size >= 0),
  media_type text not null,
  object_name text not null,
  state text not null default 'expected' check (state in ('expected', 'stored', 'missing')),
  problem text,
  file_hash text check (file_hash ~ '^[0-9a-f]{64}$'),
  is_read boolean not null default false,
  content_hash text,
  primary key (tenant_id, id),
  unique (tenant_id, session_id, number),
  foreign key (tenant_id, session_id) references upload_sessions (tenant_id, id)
);
create index upload_files_by_hash on upload_files (tenant_id, file_hash) where is_read;

-- A design: what is unique of the uploads, by the content of its picture. trial: the run in mode TEST that it is only for.
create table designs (
  tenant_id text not null references tenants,
  id uuid not null default gen_random_uuid(),
  trial text not null default '',
  content_hash text not null,
  file_id bigint not null,
  run_id text not null,
  item_id bigint not null,
  filename text not null,
  object_name text not null,
  size bigint not null,
  kind text not null,
  width integer not null,
  height integer not null,
  has_alpha boolean not null,
  is_flat boolean not null,
  notes jsonb not null default '[]',
  phash text not null,
  dhash text not null,
  state text not null default 'hashed'
    check (state in ('hashed', 'near', 'reference', 'unique', 'stored', 'listed', 'refused', 'withdrawn')),
  shop text,
  template text,
  mockup text,
  number bigint,
  stored_name text,
  is_digital boolean not null default false,
  description text,
  tags jsonb not null default '[]',
  is_active boolean not null default true,
  created_at timestamptz not null default shelfline_now(),
  updated_at timestamptz not null default shelfline_now(),
  primary key (tenant_id, id),
  unique (tenant_id, trial, content_hash)
);
create index designs_newest on designs (tenant_id, created_at desc) where trial = '';
create index designs_of_item on designs (tenant_id, item_id);
create index designs_of_trial on designs (tenant_id, trial) where trial <> '';

-- Which stored designs one of a run looks like; the distances are bits.
create table design_matches (
  tenant_id text not null,
  design_id uuid not null,
  other_id uuid not null,
  variant text not null,
  phash_distance integer not null,
  dhash_distance integer not null,
  found_at timestamptz not null default shelfline_now(),
  primary key (tenant_id, design_id, other_id),
  foreign key (tenant_id, design_id) references designs (tenant_id, id) on delete cascade,
  foreign key (tenant_id, other_id) references designs (tenant_id, id) on delete cascade
);
create index design_matches_of_other on design_matches (tenant_id, other_id);

-- What was made of a design and is kept in Cloud Storage: the print file at position 0, its mockups after it.
create table design_objects (
  tenant_id text not null,
  design_id uuid not null,
  position integer not null check (position >= 0),
  kind text not null check (kind in ('print', 'mockup')),
  name text not null,
  generation bigint not null,
  size bigint not null,
  media_type text not null,
  width integer not null,
  height integer not null,
  stored_at timestamptz not null default shelfline_now(),
  primary key (tenant_id, design_id, position),
  foreign key (tenant_id, design_id) references designs (tenant_id, id) on delete cascade
);

-- What stands at Etsy of a design.
create table listings (
  tenant_id text not null,
  design_id uuid not null,
  platform text not null default 'etsy',
  listing_id text not null,
  state text not null check (state in ('draft', 'deleted')),
  url text,
  sku text,
  run_id text not null,
  listed_at timestamptz not null default shelfline_now(),
  deleted_at timestamptz,
  primary key (tenant_id, design_id, platform),
  foreign key (tenant_id, design_id) references designs (tenant_id, id) on delete cascade
);
