-- record: what a step says of items of a leased chunk, in one transaction, as often as needed; with "close" the chunk
-- ends and each item still in it moves exactly once, into a successor chunk grouped by step, phase, lane and due time.
-- Takes {chunk, token, lease_seconds, close, give_back_seconds, chunk_size, outcomes: [{id, outcome, state, reason, step,
--   phase, lane, due, data, count_attempt, event}], barriers: {step/phase: {number, strict, merged}}}.
-- Answers null when the lease was lost (nothing is written), else {lanes: [...], cancelling, tenant, run, lane}.
create function shelfline_record_v1(p jsonb) returns jsonb language plpgsql as $f$
declare
  k chunks;
  closing boolean := coalesce((p->>'close')::boolean, false);
  cancelling boolean;
  lanes_touched text[];
begin
  update chunks set tries = 0, state = case when closing then 'closed' else state end,
    lease_until = case when not closing then
      greatest(lease_until, clock_timestamp() + make_interval(secs => (p->>'lease_seconds')::float8)) end
  where id = (p->>'chunk')::bigint and token = (p->>'token')::uuid and state = 'leased' returning * into k;
  if not found then
    return null;
  end if;
  update lane_slots set lease_until = k.lease_until, chunk_id = case when not closing then k.id end
  where tenant_id = k.tenant_id and lane = k.lane and chunk_id = k.id;
  select state = 'cancelling' into cancelling from runs where id = k.run_id;
  if closing and cancelling then
    perform shelfline_move_items_v1(k, p, p->'outcomes', false, true);
    perform shelfline_cancel_items_v1(k.tenant_id, k.run_id, k.item_ids, k.id);
    lanes_touched := shelfline_move_items_v1(k, p, '[]', true, true);
  else
    lanes_touched := shelfline_move_items_v1(k, p, p->'outcomes', closing, cancelling);
  end if;
  return jsonb_build_object('cancelling', cancelling, 'tenant', k.tenant_id, 'run', k.run_id, 'lane', k.lane,
                            'lanes', to_jsonb(coalesce(lanes_touched, '{}'::text[])));
end $f$;

-- move_items: called by record inside its transaction, the chunk's row locked, so that nobody else moves its items.
-- Writes each item once, whether it is told an outcome, moves on because the chunk closes, or both: this statement is
-- most of what a step costs. Answers the lanes of the successors that may be woken.
create function shelfline_move_items_v1(k chunks, p jsonb, outcomes jsonb, closing boolean, cancelling boolean) returns text[]
language plpgsql set enable_nestloop = off as $f$  -- the planner expects one item, and would join a hundred by a hundred
declare
  touched text[];
  most integer := (p->>'chunk_size')::integer;
  present timestamptz := shelfline_now();  -- asked once: for each event and item it would be a query of its own
  given_back timestamptz := present + make_interval(secs => coalesce((p->>'give_back_seconds')::float8, 0));
begin
  with said as (
    select distinct on (id) * from jsonb_to_recordset(outcomes) as x(id bigint, outcome text, state text, reason text, step text,
      phase text, lane text, due timestamptz, data jsonb, count_attempt boolean, event jsonb)
  ), settled as (
    select i.id, i.priority, s.id is not null as told, s.outcome, s.reason, s.data, s.count_attempt, s.event,
      case when s.id is null then i.state
        when cancelling and s.state in ('recorded', 'waiting', 'manual') and not exists (
          select from effects e where e.item_id = s.id and e.state in ('sent', 'unknown')) then 'cancelled'
        else s.state end as state,
      case when s.id is not null then coalesce(s.step, k.step) when i.state = 'ready' then k.step else i.next_step end as step,
      case when s.id is not null then coalesce(s.phase, '') when i.state = 'ready' then k.phase else i.next_phase end as phase,
      case when s.id is not null then coalesce(s.lane, k.lane) when i.state = 'ready' then k.lane else i.next_lane end as lane,
      case when s.id is not null then s.due when i.state = 'ready' then given_back else i.next_due end as due
    from items i left join said s on s.id = i.id and i.state = 'ready'
    where i.id = any(k.item_ids) and i.chunk_id = k.id and (closing or s.id is not null)
  ), staying as (
    select id, priority, step, phase, lane, greatest(due, present) as due,
      case when due > present then floor(extract(epoch from due) / 2) end as bucket
    from settled where state in ('ready', 'recorded', 'waiting') and outcome is distinct from 'review'
  ), grouped as (
    select step, phase, lane, max(due) as due, max(priority) as priority, array_agg(id order by priority desc, id) as ids
    from (select *, (row_number() over (partition by step, phase, lane, bucket order by priority desc, id) - 1)
            / most as part from staying) x
    where closing group by step, phase, lane, bucket, part
  ), successors as (
    insert into chunks (tenant_id, run_id, step, phase, lane, state, barrier, strict, merged, priority, due_at, item_ids)
    select k.tenant_id, k.run_id, g.step, g.phase, g.lane,
      case when b.barrier is not null and (g.step, g.phase) is distinct from (k.step, k.phase) then 'blocked' else 'ready' end,
      (b.barrier->>'number')::integer, coalesce((b.barrier->>'strict')::boolean, true),
      coalesce((b.barrier->>'merged')::boolean, true), g.priority, g.due, g.ids
    from grouped g cross join lateral (select p->'barriers'->(g.step || '/' || g.phase) as barrier) b
    returning id, lane, state, item_ids
  ), members as (
    select c.id as chunk_id, unnest(c.item_ids) as item_id from successors c
    union all select k.id, id from staying where not closing
  ), moved as (
    update items i set
      state = case when closing and s.state = 'recorded' then 'ready' else s.state end,
      outcome = case when s.told then s.outcome else i.outcome end,
      reason = case when s.told then s.reason else i.reason end,
      attempts = case when s.outcome = 'next' then 0 when s.count_attempt then i.attempts + 1 else i.attempts end,
      data = case when s.data is null then i.data else i.data || s.data end,
      chunk_id = m.chunk_id,
      step = case when closing and m.chunk_id is not null then s.step else i.step end,
      phase = case when closing and m.chunk_id is not null then s.phase else i.phase end,
      next_step = case when not closing then s.step end, next_phase = case when not closing then s.phase end,
      next_lane = case when not closing then s.lane end, next_due = case when not closing then s.due end
    from settled s left join members m on m.item_id = s.id where i.id = s.id and i.id = any(k.item_ids)
    returning s.id, s.told, s.state, s.outcome, s.reason, s.event
  ), told as (
    insert into events (at, tenant_id, stream, item_id, step, kind, body)
    select present, k.tenant_id, k.run_id, m.id, k.step, m.outcome,
      coalesce(m.event, '{}') || jsonb_build_object('reason', m.reason, 'state', m.state) from moved m where m.told
  ), counted as (
    insert into run_counts (tenant_id, run_id, in_progress, done, skipped, rejected, failed, manual, waiting, cancelled)
    select k.tenant_id, k.run_id, -count(*), count(*) filter (where state = 'done'),
      count(*) filter (where state = 'skipped'), count(*) filter (where state = 'rejected'),
      count(*) filter (where state = 'failed'), count(*) filter (where state = 'manual'),
      count(*) filter (where state = 'waiting'), count(*) filter (where state = 'cancelled')
    from moved where told and state <> 'recorded' having count(*) > 0
  )
  select array_agg(distinct lane) filter (where state = 'ready') into touched from successors;
  return touched;
end $f$;

-- cancel_items: ends the given items of a chunk (or parked without one) as cancelled, but for those with an effect
-- that may be on its way: they end only after its look-up. Planned effects are dropped.
create function shelfline_cancel_items_v1(p_tenant text, p_run text, p_items bigint[], p_chunk bigint) returns bigint
language plpgsql as $f$
declare
  ended bigint;
begin
  delete from effects where run_id = p_run and item_id = any(p_items) and state = 'planned';
  with gone as (
    select i.id, i.state from items i where i.id = any(p_items) and i.chunk_id is not distinct from p_chunk
      and i.state in ('ready', 'recorded', 'waiting', 'manual')
      and not exists (select from effects e where e.item_id = i.id and e.state in ('sent', 'unknown'))
    for update
  ), changed as (
    update items i set state = 'cancelled', reason = 'run_cancelled', outcome = 'cancel', chunk_id = null
    from gone g where i.id = g.id returning i.id, i.step, g.state as old_state
  ), told as (
    insert into events (tenant_id, stream, item_id, step, kind, body)
    select p_tenant, p_run, c.id, c.step, 'cancel', jsonb_build_object('reason', 'run_cancelled', 'state', 'cancelled') from changed c
  ), counted as (
    insert into run_counts (tenant_id, run_id, in_progress, waiting, manual, cancelled)
    select p_tenant, p_run, -count(*) filter (where old_state in ('ready', 'recorded')),
      -count(*) filter (where old_state = 'waiting'), -count(*) filter (where old_state = 'manual'), count(*)
    from changed having count(*) > 0
  )
  select count(*) into ended from changed;
  update manual_tasks set state = 'cancelled', updated_at = shelfline_now()
  where run_id = p_run and item_id = any(p_items) and state in ('open', 'claimed');
  update staged_changes set state = 'cancelled'
  where run_id = p_run and item_id = any(p_items) and state in ('pending', 'approved')
    and not exists (select from effects e where e.item_id = staged_changes.item_id and e.state in ('sent', 'unknown'));
  return ended;
end $f$;

-- record_source: one page of a source, its children in chunks, and the cursor after it, in one transaction.
-- Takes {chunk, token, lease_seconds, close, cursor, declared, step, lane, chunk_size, source, unchanged, barrier,
--   children: [{key, state, reason, priority, data, problems, raw, row}], pieces: [{step, phase, lane, cursor, priority, barrier}]}.
-- unchanged: records counted as skipped without an item;
-- pieces: sources found on the way, each with a cursor to begin from; barrier: what holds back the children, or a piece.
-- A key that the run has already met is kept under key~row, so that nothing declared is lost: a good record as skipped, a
-- rejected one as rejected. A run that is being cancelled reads no further: the page ends its source.
create function shelfline_record_source_v1(p jsonb) returns jsonb language plpgsql set enable_nestloop = off as $f$
declare
  k chunks;
  r runs;
  touched text[];
  present timestamptz := shelfline_now();
  most integer := (p->>'chunk_size')::integer;
begin
  update chunks set tries = 0, cursor = coalesce(p->'cursor', cursor), unchanged = unchanged + coalesce((p->>'unchanged')::bigint, 0),
    lease_until = greatest(lease_until, clock_timestamp() + make_interval(secs => (p->>'lease_seconds')::float8))
  where id = (p->>'chunk')::bigint and token = (p->>'token')::uuid and state = 'leased' returning * into k;
  if not found then
    return null;
  end if;
  update lane_slots set lease_until = k.lease_until
  where tenant_id = k.tenant_id and lane = k.lane and chunk_id = k.id;
  select * into r from runs where id = k.run_id;
  if p->>'declared' is not null then
    update runs set declared = (p->>'declared')::bigint where id = k.run_id and declared is distinct from (p->>'declared')::bigint;
  end if;
  -- Chunks get their numbers before their items, so that each item is written once, with its chunk.
  with raw_children as (
    select c.* from rows from (jsonb_to_recordset(p->'children') as (key text, state text, reason text,
      priority float8, data jsonb, problems jsonb, raw jsonb, row bigint)) with ordinality
      as c(key, state, reason, priority, data, problems, raw, row, ord)
  ), met as (
    select c.*, exists (select from items i where i.run_id = k.run_id and i.key = c.key)
      or row_number() over (partition by c.key order by c.state = 'ready' desc, ord) > 1 as met_before from raw_children c
  ), children as (
    select m.*, m.met_before and m.state = 'ready' as doubled from met m
  ), parted as (
    select c.*, case when state = 'ready' and not doubled then
      (row_number() over (partition by state = 'ready' and not doubled order by ord) - 1) / most end as part from children c
  ), numbered as materialized (
    select part, nextval('chunks_id_seq') as chunk_id from (select distinct part from parted where part is not null order by part) x
  ), inserted as (
    insert into items (tenant_id, run_id, flow, key, step, state, outcome, reason, priority, data, chunk_id)
    select k.tenant_id, k.run_id, r.flow, case when met_before then key || '~' || row else key end,
      case when n.chunk_id is not null then p->>'step' else k.step end,
      case when doubled then 'skipped' else state end, case when doubled then 'skip' when state = 'rejected' then 'reject' end,
      case when doubled then 'duplicate_in_source' else reason end, coalesce(priority, 0), coalesce(data, '{}'), n.chunk_id
    from parted c left join numbered n on n.part = c.part order by ord
    returning id, key, step, state, reason, priority, outcome, chunk_id
  ), kept as (
    insert into quarantine (tenant_id, flow, run_id, source, row_number, key, problems, raw)
    select k.tenant_id, r.flow, k.run_id, p->>'source', c.row, c.key, c.problems, coalesce(c.raw, c.data, '{}')
    from children c where c.problems is not null
    on conflict (tenant_id, flow, source, md5(raw::text)) where state = 'open' do nothing
  ), told as (
    insert into events (at, tenant_id, stream, item_id, step, kind, body)
    select present, k.tenant_id, k.run_id, i.id, k.step, coalesce(i.outcome, 'next'), jsonb_build_object('reason', coalesce(i.reason, 'fetched'),
      'state', i.state) from inserted i
  ), counted as (
    insert into run_counts (tenant_id, run_id, fetched, in_progress, skipped, rejected)
    select k.tenant_id, k.run_id, count(i.id) + n.unchanged, count(*) filter (where state = 'ready'),
      count(*) filter (where state = 'skipped') + n.unchanged, count(*) filter (where state = 'rejected')
    from (select coalesce((p->>'unchanged')::bigint, 0) as unchanged) n left join inserted i on true
    group by n.unchanged having count(i.id) + n.unchanged > 0
  ), successors as (
    insert into chunks (id, tenant_id, run_id, step, lane, priority, item_ids, due_at, state, barrier, strict, merged) overriding system value
    select chunk_id, k.tenant_id, k.run_id, p->>'step', p->>'lane', max(priority), array_agg(id order by id), present,
      case when p->>'barrier' is null then 'ready' else 'blocked' end, (p->'barrier'->>'number')::integer,
      coalesce((p->'barrier'->>'strict')::boolean, true), coalesce((p->'barrier'->>'merged')::boolean, true)
    from inserted where chunk_id is not null group by chunk_id order by chunk_id
    returning lane, state
  ), pieces as (
    insert into chunks (tenant_id, run_id, step, phase, lane, kind, cursor, priority, due_at, state, barrier, strict, merged)
    select k.tenant_id, k.run_id, x.step, coalesce(x.phase, ''), x.lane, 'source', coalesce(x.cursor, '{}'), coalesce(x.priority, 0), present,
      case when x.barrier is null then 'ready' else 'blocked' end, (x.barrier->>'number')::integer,
      coalesce((x.barrier->>'strict')::boolean, true), false
    from jsonb_to_recordset(p->'pieces') as x(step text, phase text, lane text, cursor jsonb, priority float8, barrier jsonb)
    where r.state <> 'cancelling'
    returning lane, state
  )
  select array_agg(distinct lane) filter (where state = 'ready') into touched
  from (select lane, state from successors union all select lane, state from pieces) x;
  if (p->>'close')::boolean or r.state = 'cancelling' then
    update chunks set state = 'closed', lease_until = null where id = k.id;
    update lane_slots set chunk_id = null, lease_until = null
    where tenant_id = k.tenant_id and lane = k.lane and chunk_id = k.id;
  elsif p->>'give_back_seconds' is not null then
    update chunks set state = 'ready', woken_at = null, lease_until = null,
      due_at = shelfline_now() + make_interval(secs => (p->>'give_back_seconds')::float8) where id = k.id;
    update lane_slots set chunk_id = null, lease_until = null
    where tenant_id = k.tenant_id and lane = k.lane and chunk_id = k.id;
    touched := coalesce(touched, '{}') || k.lane;
  end if;
  return jsonb_build_object('cancelling', r.state = 'cancelling', 'tenant', k.tenant_id, 'run', k.run_id, 'lane', k.lane,
                            'lanes', to_jsonb(coalesce(touched, '{}'::text[])));
end $f$;

-- want_phase: a phase of a step that works on tables (kind source), once for its cursor: behind its barrier, unless it is there
-- already. Called in a recording transaction, so that it is wanted exactly if what wants it was recorded.
-- Takes {tenant, run, step, phase, lane, cursor, barrier: {number, strict}}.
create function shelfline_want_phase_v1(p jsonb) returns void language sql as $f$
  insert into chunks (tenant_id, run_id, step, phase, lane, kind, cursor, state, barrier, strict, merged)
  select p->>'tenant', p->>'run', p->>'step', p->>'phase', p->>'lane', 'source', p->'cursor', 'blocked', (p->'barrier'->>'number')::integer,
    (p->'barrier'->>'strict')::boolean, false
  where not exists (select from chunks where run_id = p->>'run' and state = 'blocked' and step = p->>'step' and phase = p->>'phase'
                    and lane = p->>'lane');
$f$;
