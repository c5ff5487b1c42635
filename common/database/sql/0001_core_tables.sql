-- The tables of the pipeline core. tenant_id leads every unique key; flow and step names are text, so that a new
-- flow needs no migration of the core.

create table clock (
  single_row boolean primary key default true check (single_row),
  offset_seconds double precision not null default 0 check (offset_seconds >= 0)
);
insert into clock default values;

-- Business time: due_at, quotas, daily limits and people's time-outs. Leases and time-outs of calls use
-- clock_timestamp(), because a stalled process does not get younger when virtual time is moved.
create function shelfline_now() returns timestamptz language sql volatile as
$$ select clock_timestamp() + make_interval(secs => offset_seconds) from clock $$;

create table tenants (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  created_at timestamptz not null default shelfline_now()
);
insert into tenants (id) values ('default');

create table settings (
  tenant_id text not null references tenants,
  name text not null,
  value jsonb not null,
  updated_at timestamptz not null default shelfline_now(),
  updated_by text not null default '',
  primary key (tenant_id, name)
);

create table api_tokens (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  name text not null,
  role text not null,
  hash text not null unique,
  created_at timestamptz not null default shelfline_now(),
  revoked_at timestamptz
);

create table vendor_accounts (
  tenant_id text not null references tenants,
  vendor text not null,
  secret_name text not null,
  created_at timestamptz not null default shelfline_now(),
  updated_at timestamptz not null default shelfline_now(),
  primary key (tenant_id, vendor)
);

create table runs (
  id text primary key,
  tenant_id text not null references tenants,
  flow text not null,
  scope text not null default '',
  mode text not null,
  state text not null default 'pending',
  options jsonb not null default '{}',
  settings jsonb not null default '{}',
  parent_id text references runs,
  declared bigint,
  frozen_at timestamptz not null default shelfline_now(),
  created_at timestamptz not null default shelfline_now(),
  created_by text not null default '',
  started_at timestamptz,
  settled_at timestamptz,
  wall_created_at timestamptz not null default clock_timestamp(),
  wall_settled_at timestamptz,
  error jsonb,
  unique (tenant_id, id)
);
create index runs_newest on runs (tenant_id, created_at desc);
create index runs_unsettled on runs (id) where state in ('pending', 'running', 'cancelling');

create table lanes (
  tenant_id text not null references tenants,
  name text not null,
  width integer check (width > 0),
  open_at timestamptz,
  wait_reason text,
  paused boolean not null default false,
  primary key (tenant_id, name)
) with (fillfactor = 70);

create table lane_slots (
  tenant_id text not null,
  lane text not null,
  slot integer not null,
  chunk_id bigint,
  lease_until timestamptz,
  primary key (tenant_id, lane, slot)
) with (fillfactor = 50);

create table chunks (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  run_id text not null,
  step text not null,
  phase text not null default '',
  kind text not null default 'items',
  lane text not null,
  state text not null default 'ready',
  barrier integer,
  strict boolean not null default true,
  merged boolean not null default true,
  priority double precision not null default 0,
  due_at timestamptz not null default shelfline_now(),
  lease_until timestamptz,
  token uuid,
  generation integer not null default 0,
  woken_at timestamptz,
  first_claimed_at timestamptz,
  tries integer not null default 0,
  cursor jsonb,
  unchanged bigint not null default 0,
  item_ids bigint[] not null default '{}',
  foreign key (tenant_id, run_id) references runs (tenant_id, id)
) with (fillfactor = 70);
create index chunks_to_wake on chunks (tenant_id, lane, priority desc, id) where state = 'ready' and woken_at is null;
create index chunks_live on chunks (tenant_id, lane) where state = 'leased' or (state = 'ready' and woken_at is not null);
create index chunks_lease_expired on chunks (lease_until) where state = 'leased';
create index chunks_wake_up_lost on chunks (woken_at) where state = 'ready' and woken_at is not null;
create index chunks_open_in_run on chunks (run_id) where state <> 'closed';


create table items (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  run_id text not null,
  flow text not null,
  key text not null,
  step text not null,
  phase text not null default '',
  state text not null default 'ready',
  outcome text,
  reason text,
  chunk_id bigint,
  next_step text,
  next_phase text,
  next_lane text,
  next_due timestamptz,
  attempts integer not null default 0,
  priority double precision not null default 0,
  data jsonb not null default '{}',
  unique (run_id, key),
  foreign key (tenant_id, run_id) references runs (tenant_id, id)
) with (fillfactor = 70);
create index items_by_key on items (tenant_id, flow, key);

create table item_parts (
  tenant_id text not null,
  item_id bigint not null,
  part text not null,
  data jsonb not null,
  primary key (tenant_id, item_id, part)
);

-- One row per recording transaction, so that no run row is hot; a run's figures are the sums.
create table run_counts (
  tenant_id text not null,
  run_id text not null,
  fetched bigint not null default 0,
  in_progress bigint not null default 0,
  done bigint not null default 0,
  skipped bigint not null default 0,
  rejected bigint not null default 0,
  failed bigint not null default 0,
  manual bigint not null default 0,
  waiting bigint not null default 0,
  cancelled bigint not null default 0
);
create index run_counts_of_run on run_counts (run_id);

create table events (
  id bigint generated always as identity,
  tx xid8 not null default pg_current_xact_id(),
  at timestamptz not null default shelfline_now(),
  tenant_id text not null,
  stream text not null,
  item_id bigint,
  step text,
  kind text not null,
  body jsonb not null default '{}'
) partition by range (at);
create table events_default partition of events default;
create index events_unsealed on events (stream, tx, id);
create index events_of_item on events (item_id, id) where item_id is not null;
-- On events and not on items: an index over an item's reason would make each step write every index of its row anew.
create index events_met_twice on events (tenant_id)
  where kind = 'skip' and body->>'reason' in ('duplicate_in_source', 'same_key_other_product');

create table seals (
  tenant_id text not null,
  stream text not null,
  block integer not null,
  event_ids bigint[] not null,
  horizon xid8 not null,
  previous_hash text not null,
  hash text not null,
  sealed_at timestamptz not null default shelfline_now(),
  primary key (tenant_id, stream, block)
);

create table decisions (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  run_id text not null,
  item_id bigint not null unique,
  flow text not null,
  key text not null,
  at timestamptz not null default shelfline_now(),
  route text not null,
  rule text not null,
  rule_version text not null,
  reason text not null,
  priority text not null,
  confidence double precision not null,
  features jsonb not null
);
create index decisions_of_run on decisions (run_id);
create index decisions_newest on decisions (tenant_id, flow, at desc);

create table manual_tasks (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  flow text not null,
  key text not null,
  run_id text,
  item_id bigint,
  task_type text not null,
  state text not null default 'open',
  priority text not null,
  priority_score double precision not null default 0.5,
  confidence double precision not null default 0,
  reason text not null,
  record jsonb not null default '{}',
  evidence jsonb not null default '[]',
  error text,
  answer jsonb,
  resume_step text not null default 'stage',
  claimed_by text,
  lease_until timestamptz,
  fence integer not null default 0,
  editor text,
  note text,
  source_url text,
  created_at timestamptz not null default shelfline_now(),
  updated_at timestamptz not null default shelfline_now(),
  completed_at timestamptz,
  validator text,
  validated_at timestamptz,
  validation_note text
);
create index manual_tasks_next on manual_tasks (tenant_id, flow, priority_score desc, id) where state in ('open', 'claimed');
create unique index manual_tasks_open_once on manual_tasks (tenant_id, flow, key) where state in ('open', 'claimed');
create index manual_tasks_of_run on manual_tasks (run_id);

create table staged_changes (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  flow text not null,
  target text not null,
  key text not null,
  run_id text not null,
  item_id bigint not null,
  operation text not null,
  state text not null,
  base_version text,
  before jsonb,
  after jsonb,
  diff jsonb not null default '{}',
  inverse jsonb,
  reason text,
  source_system text,
  priority integer not null default 3,
  created_at timestamptz not null default shelfline_now(),
  created_by text not null default '',
  approved_at timestamptz,
  approved_by text,
  review_note text,
  applied_at timestamptz,
  error text,
  unique (item_id, target)
);
-- One open change per key of a target: a newer one supersedes a pending one and waits for one being pushed.
create unique index staged_changes_open_once on staged_changes (tenant_id, target, key) where state in ('pending', 'approved');
create index staged_changes_of_run on staged_changes (run_id, state);

create table snapshots (
  tenant_id text not null references tenants,
  flow text not null,
  target text not null,
  key text not null,
  considered_hash text,
  target_hash text,
  target_doc jsonb,
  hash_version integer not null,
  columns text[] not null default '{}',
  considered_at timestamptz,
  confirmed_at timestamptz,
  scope text not null default '',
  deleted_at timestamptz,
  id bigint not null generated always as identity,
  primary key (tenant_id, flow, target, key)
) with (fillfactor = 80);
create index snapshots_of_scope on snapshots (tenant_id, flow, target, scope) where deleted_at is null;
-- Rows of a source that need not be read value by value: one with such a digest says what the snapshot's considered_hash says. A digest
-- goes when its snapshot says something else. Narrow, because all of it is read for each segment of a source.
create table row_digests (
  tenant_id text not null,
  snapshot_id bigint not null,
  digest bytea not null,
  primary key (tenant_id, snapshot_id)
);
create index row_digests_by_digest on row_digests (digest, tenant_id) include (snapshot_id);
create function shelfline_forget_digest() returns trigger language plpgsql as $f$
begin
  delete from row_digests where tenant_id = old.tenant_id and snapshot_id = old.id;
  return null;
end $f$;
create trigger forget_digest after update of considered_hash, hash_version, scope, deleted_at on snapshots for each row
  when ((new.considered_hash, new.hash_version, new.scope, new.deleted_at)
    is distinct from (old.considered_hash, old.hash_version, old.scope, old.deleted_at)) execute function shelfline_forget_digest();
create trigger forget_digest_of_none after delete on snapshots for each row execute function shelfline_forget_digest();

-- What a set-based flow has read in a run: by it deltas are found, and what is gone. Logged: a crash that emptied it would
-- make everything look deleted. Its rows go when the run has been compared. place: within the chunk, from 1; row_number: as the
-- source has it.
create table seen (
  tenant_id text not null,
  run_id text not null,
  chunk_id bigint not null,
  place bigint not null,
  row_number bigint not null,
  key text not null,
  hash text not null,
  scope text not null default '',
  digest bytea
);
create index seen_in_chunk on seen (run_id, chunk_id, place);

-- The same of rows that were recognised by their digest, many in one: the snapshots that they are, and their numbers, side by side.
create table recognised (
  tenant_id text not null,
  run_id text not null,
  chunk_id bigint not null,
  place bigint not null,
  snapshot_ids bigint[] not null,
  row_numbers bigint[] not null,
  primary key (tenant_id, run_id, chunk_id, place)
);
alter table recognised alter snapshot_ids set storage external, alter row_numbers set storage external;  -- kept for a moment

-- The columns that a version of a flow's fingerprints covers: a column the source gains counts from the next version on.
-- origin: what has made the list, a read of the source, one in mode TEST, a file put into the source's place, or a person.
create table hash_columns (
  tenant_id text not null references tenants,
  flow text not null,
  version integer not null,
  columns text[] not null,
  origin text not null check (origin in ('source', 'trial', 'file', 'person')),
  created_at timestamptz not null default shelfline_now(),
  created_by text not null default '',
  primary key (tenant_id, flow, version)
);

create table effects (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  target text not null,
  key text not null,
  part text not null default '',
  change_id bigint not null,
  item_id bigint,
  run_id text not null,
  operation text not null,
  state text not null default 'planned',
  attempt integer not null default 0,
  send_id bigint,
  content_hash text not null,
  inverse jsonb,
  deadline timestamptz,
  sent_at timestamptz,
  not_found_at timestamptz,
  confirmed_at timestamptz,
  remote_id text,
  error text,
  unique (tenant_id, target, key, part, change_id)
);
create unique index effects_one_in_flight on effects (tenant_id, target, key, part) where state in ('sent', 'unknown');
create index effects_unsettled on effects (deadline) where state in ('sent', 'unknown');
create index effects_of_item on effects (item_id) where state in ('planned', 'sent', 'unknown');
create index effects_of_run on effects (run_id, target);

-- Several effects in one request: members, order, body and key are frozen before sending; a retry sends the same bytes.
create table sends (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  target text not null,
  run_id text not null,
  chunk_id bigint not null,
  state text not null default 'planned',
  idempotency_key text not null,
  body_object text,
  body_hash text not null,
  attempt integer not null default 0,
  member_count integer not null,
  created_at timestamptz not null default shelfline_now(),
  settled_at timestamptz,
  error text,
  unique (tenant_id, target, idempotency_key)
);

create table remote_objects (
  tenant_id text not null references tenants,
  target text not null,
  key text not null,
  incarnation integer not null default 1,
  remote_id text,
  effect_id bigint,
  deleted_at timestamptz,
  primary key (tenant_id, target, key, incarnation)
);

create table quotas (
  tenant_id text not null references tenants,
  account text not null,
  dimension text not null,
  kind text not null,
  capacity double precision not null,
  rate double precision not null default 0,
  window_seconds double precision not null default 0,
  bucket_seconds double precision not null default 0,
  level double precision not null default 0,
  used double precision not null default 0,
  since timestamptz not null,
  buckets jsonb not null default '{}',
  blocked_until timestamptz,
  reported_at timestamptz,
  primary key (tenant_id, account, dimension)
) with (fillfactor = 50);

create table quota_holds (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  account text not null,
  dimension text not null,
  grant_id uuid,
  amount double precision not null,
  expires_at timestamptz not null
);
create index quota_holds_of_account on quota_holds (tenant_id, account, dimension, expires_at);

create table quarantine (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants,
  flow text not null,
  run_id text,
  source text not null,
  row_number bigint,
  key text,
  problems jsonb not null,
  raw jsonb not null,
  state text not null default 'open',
  created_at timestamptz not null default shelfline_now(),
  replayed_by text,
  replayed_at timestamptz
);
-- A row that every run meets again is one thing to mend, not one a run.
create unique index quarantine_open_once on quarantine (tenant_id, flow, source, md5(raw::text)) where state = 'open';
create index quarantine_open on quarantine (tenant_id, flow, id) where state = 'open';

create table sync_history (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  run_id text not null,
  sync_type text not null,
  start_time timestamptz,
  end_time timestamptz not null,
  total_items bigint not null,
  successful_items bigint not null,
  failed_items bigint not null,
  error_details jsonb,
  metrics jsonb not null default '{}'
);
create index sync_history_newest on sync_history (tenant_id, end_time desc);
