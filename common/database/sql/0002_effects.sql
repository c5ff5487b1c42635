-- The ledger of outside writes, member by member: a request may hold several writes, and each has an end of its own.
-- Locks are taken in one order everywhere: chunk, effects by id, sends by id, remote objects by key.
alter table sends add column body text, add column sent_at timestamptz;
alter table effects add column position integer, add column parent text, add column in_doubt boolean not null default false,
  add column lost integer not null default 0;
alter table remote_objects add column parent text;
create index effects_of_send on effects (send_id) where send_id is not null;
create index effects_of_change on effects (change_id);
create unique index remote_objects_live on remote_objects (tenant_id, target, key) where deleted_at is null;
create index remote_objects_inside on remote_objects (tenant_id, target, parent) where deleted_at is null and parent is not null;

-- A send with its members in the order in which its body holds them.
create function shelfline_open_send_v1(p_send bigint) returns jsonb language sql stable as $f$
  select to_jsonb(s) || jsonb_build_object('members', (
    select coalesce(jsonb_agg(to_jsonb(e) - 'inverse' order by e.position, e.id), '[]') from effects e where e.send_id = s.id))
  from sends s where s.id = p_send
$f$;

-- freeze: plan effects and bind them into one send. The same members give the same send, until it is known to have failed.
-- Takes {tenant, target, run, chunk, key, key_is_final, body, body_object, body_hash, effects: [{item_id, key, part, change_id,
--   operation, content_hash, inverse, parent, position}]}. Where a send of that key has ended, the new one gets a key of its own,
--   unless the key is final. Answers the send's id. Raises 23S01 where one of the effects has a place elsewhere or an end already.
create function shelfline_freeze_send_v1(p jsonb) returns bigint language plpgsql as $f$
declare
  members bigint[];
  held_by bigint[];
  states text[];
  this_key text := p->>'key';
  number integer := 0;
  this_send bigint;
begin
  insert into effects (tenant_id, run_id, target, item_id, key, part, change_id, operation, content_hash)
  select p->>'tenant', p->>'run', p->>'target', x.item_id, x.key, x.part, x.change_id, x.operation, x.content_hash
  from jsonb_to_recordset(p->'effects') as x(item_id bigint, key text, part text, change_id bigint, operation text, content_hash text)
  order by x.key, x.part, x.change_id
  on conflict (tenant_id, target, key, part, change_id) do nothing;
  select array_agg(m.id), array_agg(distinct m.send_id), array_agg(distinct m.state) into members, held_by, states
  from (
    select e.id, e.send_id, e.state from jsonb_to_recordset(p->'effects') as x(key text, part text, change_id bigint)
    join effects e on e.tenant_id = p->>'tenant' and e.target = p->>'target' and e.key = x.key and e.part = x.part
      and e.change_id = x.change_id
    order by e.id for update of e
  ) m;
  select s.id into this_send from sends s
  where cardinality(held_by) = 1 and s.id = held_by[1] and s.member_count = cardinality(members)
    and s.state in ('planned', 'sent', 'confirmed');
  if found then
    return this_send;
  end if;
  if states && array['sent', 'unknown', 'confirmed']
      or exists (select from sends s where s.id = any(held_by) and s.state in ('planned', 'sent')) then
    raise exception 'an effect is part of another send' using errcode = '23S01';
  end if;
  while exists (select from sends s
                where s.tenant_id = p->>'tenant' and s.target = p->>'target' and s.idempotency_key = this_key) loop
    if (p->>'key_is_final')::boolean then
      raise exception 'a send of this key has ended' using errcode = '23S01';
    end if;
    number := number + 1;
    this_key := concat(p->>'key', '_', number);
  end loop;
  insert into sends (tenant_id, target, run_id, chunk_id, idempotency_key, body, body_object, body_hash, member_count)
  values (p->>'tenant', p->>'target', p->>'run', (p->>'chunk')::bigint, this_key, p->>'body', p->>'body_object', p->>'body_hash',
    cardinality(members))
  returning id into this_send;
  update effects e set state = 'planned', send_id = this_send, position = x.position, operation = x.operation,
    content_hash = x.content_hash, inverse = x.inverse, parent = x.parent, attempt = 0, error = null, in_doubt = false
  from jsonb_to_recordset(p->'effects') as x(key text, part text, change_id bigint, operation text, content_hash text,
    inverse jsonb, parent text, position integer)
  where e.tenant_id = p->>'tenant' and e.target = p->>'target' and e.key = x.key and e.part = x.part and e.change_id = x.change_id;
  return this_send;
end $f$;

-- The same, answered with its members.
create function shelfline_freeze_body_v1(p jsonb) returns jsonb language plpgsql as $f$
declare
  this_send bigint;
begin
  this_send := shelfline_freeze_send_v1(p);
  return shelfline_open_send_v1(this_send);  -- a statement of its own, which sees what the one before wrote
end $f$;

-- Undo sends that were never sent: their members are planned, and free for another. The caller has locked the members.
create function shelfline_dissolve_sends_v1(p_sends bigint[]) returns bigint[] language plpgsql as $f$
declare
  dissolved bigint[];
begin
  with undone as (
    update sends set state = 'dropped', settled_at = shelfline_now(), body = null
    where id = any(p_sends) and state = 'planned' returning id
  ) select coalesce(array_agg(id), '{}') into dissolved from undone;
  update effects set send_id = null, position = null where send_id = any(dissolved);
  return dissolved;
end $f$;

create function shelfline_dissolve_send_v1(p_send bigint) returns boolean language plpgsql as $f$
begin
  perform from effects where send_id = p_send order by id for update;
  return cardinality(shelfline_dissolve_sends_v1(array[p_send])) > 0;
end $f$;

-- mark_sent: said and committed before the request goes out. False where the chunk is no longer ours, somebody else is further
-- on, a member has left, or a create would make a second object of a key that has one: such a send is undone if it never went out.
-- Raises a unique violation (effects_one_in_flight) where another write of one of the keys is under way.
-- Takes {send, attempt, settle_seconds, chunk, token, lease_seconds, inverses: {effect: ...}}; without token the lease is not looked
-- at, else it must last for lease_seconds more.
create function shelfline_mark_sent_v1(p jsonb) returns boolean language plpgsql as $f$
declare
  s sends;
  this_attempt integer := (p->>'attempt')::integer;
begin
  if p->>'token' is not null then
    perform from chunks where id = (p->>'chunk')::bigint and token = (p->>'token')::uuid and state = 'leased'
      and lease_until > clock_timestamp() + make_interval(secs => coalesce((p->>'lease_seconds')::float8, 0)) for share;
    if not found then
      return false;
    end if;
  end if;
  perform from effects where send_id = (p->>'send')::bigint order by id for update;
  select * into s from sends where id = (p->>'send')::bigint for update;
  if s.state is null or s.state not in ('planned', 'sent') or this_attempt not in (s.attempt, s.attempt + 1)
      or s.member_count <> (select count(*) from effects e
                            where e.send_id = s.id and e.state in ('planned', 'sent', 'unknown', 'confirmed')) then
    return false;
  end if;
  if exists (select from effects e join remote_objects o on o.tenant_id = e.tenant_id and o.target = e.target and o.key = e.key
             where e.send_id = s.id and e.operation = 'create' and e.state <> 'confirmed' and o.deleted_at is null) then
    perform shelfline_dissolve_sends_v1(array[s.id]);
    return false;
  end if;
  update sends set state = 'sent', attempt = this_attempt, sent_at = coalesce(sent_at, shelfline_now()) where id = s.id;
  update effects set in_doubt = state <> 'planned', state = 'sent', attempt = this_attempt, sent_at = clock_timestamp(),
    deadline = clock_timestamp() + make_interval(secs => (p->>'settle_seconds')::float8), not_found_at = null, error = null,
    inverse = coalesce(p->'inverses'->(id::text), inverse)
  where send_id = s.id and state in ('planned', 'sent', 'unknown');
  return true;
end $f$;

-- Lock effects and those that share a send with one of them, then these sends; answers the sends.
create function shelfline_lock_effects_v1(p_effects bigint[]) returns bigint[] language plpgsql as $f$
declare
  touched bigint[];
begin
  perform from effects where id = any(p_effects)
    or send_id in (select e.send_id from effects e where e.id = any(p_effects)) order by id for update;
  select coalesce(array_agg(distinct send_id), '{}') into touched from effects
  where id = any(p_effects) and send_id is not null;
  perform from sends where id = any(touched) order by id for update;
  return touched;
end $f$;

-- What the target is known to hold, on facts told as [{effect, remote_id}], whatever was thought of the effect before. An effect
-- that was never sent cannot be confirmed, and one that is confirmed keeps its object. Its members locked, a send that was to
-- carry out once more what is now confirmed is undone. Answers [{effect, item, change, key, held, told}]: two objects of a key.
create function shelfline_confirm_effects_v1(p_facts jsonb) returns jsonb language plpgsql as $f$
declare
  accepted effects[];
  doubled jsonb;
begin
  with told as (
    select distinct on (effect) * from jsonb_to_recordset(p_facts) as x(effect bigint, remote_id text)
  ), confirmed as (
    update effects e set state = 'confirmed', remote_id = told.remote_id, confirmed_at = clock_timestamp(), error = null,
      in_doubt = false
    from told where e.id = told.effect and e.sent_at is not null and e.state <> 'confirmed' returning e as effect
  ) select coalesce(array_agg(c.effect), '{}') into accepted from confirmed c;
  perform shelfline_dissolve_sends_v1(array(select distinct a.send_id from unnest(accepted) a where a.send_id is not null));
  insert into remote_objects (tenant_id, target, key, incarnation, remote_id, effect_id, parent)
  select a.tenant_id, a.target, a.key, 1 + coalesce((
      select max(o.incarnation) from remote_objects o where o.tenant_id = a.tenant_id and o.target = a.target and o.key = a.key), 0),
    a.remote_id, a.id, a.parent
  from unnest(accepted) a
  where a.operation = 'create' and not exists (
    select from remote_objects o where o.tenant_id = a.tenant_id and o.target = a.target and o.key = a.key
      and (o.deleted_at is null or o.remote_id = a.remote_id))
  order by a.key on conflict do nothing;
  with ended as (
    update remote_objects o set deleted_at = shelfline_now() from unnest(accepted) a
    where a.operation in ('archive', 'delete') and o.tenant_id = a.tenant_id and o.target = a.target and o.key = a.key
      and o.remote_id = a.remote_id and o.deleted_at is null returning o.*
  )
  update remote_objects o set deleted_at = ended.deleted_at from ended
  where o.tenant_id = ended.tenant_id and o.target = ended.target and o.parent = ended.key and o.deleted_at is null;
  select coalesce(jsonb_agg(jsonb_build_object('effect', e.id, 'item', e.item_id, 'change', e.change_id, 'key', e.key,
    'held', coalesce(o.remote_id, e.remote_id), 'told', told.remote_id) order by e.id), '[]') into doubled
  from jsonb_to_recordset(p_facts) as told(effect bigint, remote_id text)
  join effects e on e.id = told.effect and e.sent_at is not null
  left join remote_objects o on e.operation = 'create' and o.tenant_id = e.tenant_id and o.target = e.target and o.key = e.key
    and o.deleted_at is null
  where e.remote_id <> told.remote_id or (o.remote_id <> told.remote_id and not exists (
    select from remote_objects was where was.tenant_id = e.tenant_id and was.target = e.target and was.key = e.key
      and was.remote_id = told.remote_id));
  perform shelfline_raise_doubled_v1(doubled);
  return doubled;
end $f$;

-- An alarm in the stream of the run, once for each pair of objects.
create function shelfline_raise_doubled_v1(p_doubled jsonb) returns void language sql as $f$
  insert into events (tenant_id, stream, item_id, kind, body)
  select e.tenant_id, e.run_id, e.item_id, 'alarm', jsonb_build_object('reason', 'two_remote_objects', 'target', e.target,
    'key', e.key, 'effect', e.id, 'remote_ids', jsonb_build_array(x.held, x.told))
  from jsonb_to_recordset(p_doubled) as x(effect bigint, held text, told text) join effects e on e.id = x.effect
  where not exists (
    select from events v where v.item_id = e.item_id and v.kind = 'alarm' and v.body->>'reason' = 'two_remote_objects'
      and v.body->'remote_ids' = jsonb_build_array(x.held, x.told))
$f$;

-- End the sends of which nothing is under way any more. Their members may have ended differently.
create function shelfline_close_sends_v1(p_sends bigint[]) returns void language sql as $f$
  update sends s set settled_at = coalesce(s.settled_at, shelfline_now()), body = null, error = h.error,
    state = case when h.confirmed = s.member_count then 'confirmed' when h.refused = s.member_count then 'refused'
      else 'settled' end
  from (
    select o.id, count(*) filter (where e.state in ('sent', 'unknown')) as under_way,
      count(*) filter (where e.state = 'confirmed') as confirmed, count(*) filter (where e.state = 'refused') as refused,
      max(e.error) filter (where e.state = 'refused') as error
    from sends o left join effects e on e.send_id = o.id where o.id = any(p_sends) group by o.id
  ) h where s.id = h.id and h.under_way = 0 and s.state not in ('planned', 'dropped')
$f$;

-- How these effects stand.
create function shelfline_effect_states_v1(p_effects bigint[]) returns jsonb language sql stable as
$$ select coalesce(jsonb_object_agg(id, state), '{}') from effects where id = any(p_effects) $$;

-- settle: what became of the members of a send, as one attempt has seen it, all in one transaction. A confirmation is a fact and
-- is taken from anybody; the rest is what only the latest attempt may say, and not while an earlier one may still have landed:
-- then it stays unknown, and a look-up decides. What was definitely not carried out is planned, and free for another send.
-- Takes {send, attempt, results: [{effect, outcome, remote_id, error}]}, outcome: confirmed, refused, planned or unknown.
-- Answers {states: {effect: state}, doubled: [...]}.
create function shelfline_settle_send_v1(p jsonb) returns jsonb language plpgsql as $f$
declare
  named bigint[] := array(select (x->>'effect')::bigint from jsonb_array_elements(p->'results') x);
  touched bigint[];
  doubled jsonb;
begin
  touched := shelfline_lock_effects_v1(named);
  doubled := shelfline_confirm_effects_v1(jsonb_path_query_array(p->'results', '$[*] ? (@.outcome == "confirmed")'));
  update effects e set
    state = case when e.in_doubt then 'unknown' else x.outcome end,
    error = x.error,
    send_id = case when e.in_doubt or x.outcome <> 'planned' then e.send_id end,
    position = case when e.in_doubt or x.outcome <> 'planned' then e.position end,
    deadline = case when e.in_doubt or x.outcome <> 'planned' then e.deadline end
  from jsonb_to_recordset(p->'results') as x(effect bigint, outcome text, error text)
  where e.id = x.effect and x.outcome <> 'confirmed' and e.send_id = (p->>'send')::bigint
    and e.attempt = (p->>'attempt')::integer and e.state in ('sent', 'unknown');
  perform shelfline_close_sends_v1(touched);
  return jsonb_build_object('states', shelfline_effect_states_v1(named), 'doubled', doubled);
end $f$;

-- looked_up: what look-ups have shown. Found is proof. Not found is proof only the second time, half the settling time after
-- the first and never before the deadline: then it is planned again, once; when that leaves no trace either it is refused.
-- Takes {found: [{effect, remote_id}], not_found: [effect], settle_seconds, lost}; `lost` is what a refusal says.
create function shelfline_looked_up_v1(p jsonb) returns jsonb language plpgsql as $f$
declare
  named bigint[] := array(select (x->>'effect')::bigint from jsonb_array_elements(p->'found') x
    union all select x::bigint from jsonb_array_elements_text(p->'not_found') x);
  touched bigint[];
  doubled jsonb;
begin
  touched := shelfline_lock_effects_v1(named);
  doubled := shelfline_confirm_effects_v1(p->'found');
  update effects e set
    state = case when e.not_found_at is null then 'unknown' when e.lost = 0 then 'planned' else 'refused' end,
    error = case when e.not_found_at is not null and e.lost > 0 then p->>'lost' else e.error end,
    send_id = case when e.not_found_at is null or e.lost > 0 then e.send_id end,
    position = case when e.not_found_at is null or e.lost > 0 then e.position end,
    lost = e.lost + (e.not_found_at is not null)::integer,
    not_found_at = case when e.not_found_at is null then clock_timestamp() end,
    deadline = case when e.not_found_at is null then
      clock_timestamp() + make_interval(secs => (p->>'settle_seconds')::float8 / 2) end
  from jsonb_array_elements_text(p->'not_found') x
  where e.id = x::bigint and e.state in ('sent', 'unknown') and e.deadline <= clock_timestamp();
  perform shelfline_close_sends_v1(touched);
  return jsonb_build_object('states', shelfline_effect_states_v1(named), 'doubled', doubled);
end $f$;

-- drop_planned: what was not sent is not wanted any more. Sends that were to carry it are undone. Answers the changes.
create function shelfline_drop_planned_v1(p_tenant text, p_changes jsonb) returns jsonb language plpgsql as $f$
declare
  planned bigint[] := array(
    select id from effects where tenant_id = p_tenant and state = 'planned'
      and change_id in (select x::bigint from jsonb_array_elements_text(p_changes) x));
  touched bigint[];
  dropped jsonb;
begin
  touched := shelfline_lock_effects_v1(planned);
  perform shelfline_dissolve_sends_v1(touched);
  with gone as (
    update effects set state = 'dropped' where id = any(planned) and state = 'planned' returning change_id
  ) select coalesce(jsonb_agg(distinct change_id), '[]') into dropped from gone;
  return dropped;
end $f$;

-- adopt: objects that the target held before we wrote there, or that a look-up has found: [{key, remote_id, parent}].
-- Answers {key: remote id} where another object is known to be it; that one stays.
create function shelfline_adopt_v1(p_tenant text, p_target text, p_objects jsonb) returns jsonb language plpgsql as $f$
declare
  others jsonb;
begin
  insert into remote_objects (tenant_id, target, key, incarnation, remote_id, parent)
  select p_tenant, p_target, x.key, 1 + coalesce((
      select max(o.incarnation) from remote_objects o where o.tenant_id = p_tenant and o.target = p_target and o.key = x.key), 0),
    x.remote_id, x.parent
  from jsonb_to_recordset(p_objects) as x(key text, remote_id text, parent text)
  where not exists (select from remote_objects o
                    where o.tenant_id = p_tenant and o.target = p_target and o.key = x.key and o.deleted_at is null)
  order by x.key on conflict do nothing;
  select coalesce(jsonb_object_agg(o.key, o.remote_id), '{}') into others
  from jsonb_to_recordset(p_objects) as x(key text, remote_id text)
  join remote_objects o on o.tenant_id = p_tenant and o.target = p_target and o.key = x.key and o.deleted_at is null
  where o.remote_id <> x.remote_id;
  return others;
end $f$;
