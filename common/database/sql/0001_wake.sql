-- top_up: gives the first ready chunks of a lane, best priority first, a wake-up each, up to the lane's width.
-- A lane that nobody has declared has no limit. In a paused lane only what is being cancelled is woken, to end.
-- Answers [{tenant, run, flow, step, chunk, generation, due (seconds since the epoch, virtual) or null}].
create function shelfline_top_up_v1(p_tenant text, p_lane text) returns jsonb language plpgsql as $f$
declare
  l lanes;
  room bigint;
  woken jsonb;
  present timestamptz := shelfline_now();  -- asked once: for each chunk it would be a query of its own
begin
  select * into l from lanes where tenant_id = p_tenant and name = p_lane;
  if not found then
    insert into lanes (tenant_id, name) values (p_tenant, p_lane) on conflict do nothing;
    select * into l from lanes where tenant_id = p_tenant and name = p_lane;
  end if;
  select coalesce(l.width, 64) - count(*) into room from chunks
  where tenant_id = p_tenant and lane = p_lane
    and (state = 'leased' or (state = 'ready' and woken_at is not null)) and due_at <= present;
  if room <= 0 then
    return '[]';
  end if;
  with chosen as (
    select id from chunks where tenant_id = p_tenant and lane = p_lane and state = 'ready' and woken_at is null
      and (not l.paused or (select r.state from runs r where r.id = run_id) = 'cancelling')
    order by greatest(due_at, present), priority desc, id limit room for update skip locked
  ), stamped as (
    update chunks k set generation = generation + 1, woken_at = clock_timestamp() from chosen c where k.id = c.id
    returning k.id, k.run_id, k.step, k.generation, greatest(k.due_at, l.open_at) as due
  )
  select jsonb_agg(jsonb_build_object('tenant', p_tenant, 'run', run_id,
    'flow', (select r.flow from runs r where r.id = run_id), 'step', step, 'chunk', id,
    'generation', generation, 'due', case when due > present then extract(epoch from due) end)) into woken from stamped;
  return coalesce(woken, '[]');
end $f$;

-- after_close: what the closer of a chunk does after its commit: top up the lanes it touched, release a barrier that
-- nothing holds any more, settle the run if it was the last. Inside the closing transaction two racing closers
-- would each still see the other's chunk open, and nobody would settle the run.
create function shelfline_after_close_v1(p_run text, p_tenant text, p_lanes jsonb) returns jsonb language plpgsql as $f$
declare
  woken jsonb := '[]';
  lane_name text;
  released text[];
  present timestamptz := shelfline_now();
begin
  perform set_config('synchronous_commit', 'off', true);
  if not exists (select from chunks where run_id = p_run and state in ('ready', 'leased')
                 and (state = 'leased' or due_at <= present)) then
    released := shelfline_release_barrier_v1(p_run);
    if released is not null then
      p_lanes := p_lanes || to_jsonb(released);
    end if;
  end if;
  for lane_name in select distinct jsonb_array_elements_text(p_lanes) order by 1 loop
    woken := woken || shelfline_top_up_v1(p_tenant, lane_name);
  end loop;
  return jsonb_build_object('woken', woken, 'settled', shelfline_settle_run_v1(p_run));
end $f$;

-- release_barrier: makes the blocked chunks of the lowest barrier of a run ready, those that want it joined into one for each
-- phase and lane behind it; answers their lanes, or null. A strict barrier waits for every open chunk; another goes ahead of those that only wait for a
-- quota window.
create function shelfline_release_barrier_v1(p_run text) returns text[] language plpgsql as $f$
declare
  lowest integer;
  touched text[];
begin
  if not exists (select from chunks where run_id = p_run and state = 'blocked') then
    return null;
  end if;
  perform 1 from runs where id = p_run for update;
  select min(barrier) into lowest from chunks where run_id = p_run and state = 'blocked';
  if lowest is null then
    return null;
  end if;
  if exists (select from chunks c left join lanes l on l.tenant_id = c.tenant_id and l.name = c.lane
             where c.run_id = p_run and c.state in ('ready', 'leased')
               and (c.state = 'leased' or greatest(c.due_at, l.open_at) <= shelfline_now() + interval '30 s'
                    or (select bool_or(b.strict) from chunks b where b.run_id = p_run and b.state = 'blocked'
                        and b.barrier = lowest))) then
    return null;
  end if;
  with freed as (
    update chunks set state = 'ready' where run_id = p_run and state = 'blocked' and barrier = lowest and not merged returning lane
  ), opened as (
    update chunks set state = 'closed' where run_id = p_run and state = 'blocked' and barrier = lowest and merged
    returning id, tenant_id, step, phase, lane, priority
  ), members as (
    select o.*, i.id as item_id from opened o join items i on i.run_id = p_run and i.chunk_id = o.id
  ), merged as (
    insert into chunks (tenant_id, run_id, step, phase, lane, priority, item_ids)
    select tenant_id, p_run, step, phase, lane, max(priority), array_agg(item_id order by item_id)
    from members group by tenant_id, step, phase, lane returning id, lane, item_ids
  ), moved as (
    update items i set chunk_id = m.id from (select id, unnest(item_ids) as item_id from merged) m where i.id = m.item_id
  )
  select array_agg(distinct lane) into touched from (select lane from merged union all select lane from freed) x;
  return touched;
end $f$;

-- settle_run: ends a run that has no open chunk; answers its new state, or null. The books are balanced here: the sum of
-- the deltas, a recount of the items and the source's own number must agree, else the run is failed, never green.
create function shelfline_settle_run_v1(p_run text) returns text language plpgsql as $f$
declare
  r runs;
  held bigint;
  problem jsonb;
begin
  if exists (select from chunks where run_id = p_run and state <> 'closed') then
    return null;
  end if;
  perform 1 from runs where id = p_run for update;  -- so that the next statement sees the chunks of whoever resumed it first
  update runs set settled_at = shelfline_now(), wall_settled_at = clock_timestamp()
  where id = p_run and state in ('pending', 'running', 'cancelling')
    and not exists (select from chunks where run_id = p_run and state <> 'closed') returning * into r;
  if not found then
    return null;
  end if;
  if r.state = 'cancelling' then
    perform shelfline_cancel_rest_v1(r.tenant_id, r.id);
  end if;
  problem := shelfline_imbalance_v1(p_run);
  select count(*) into held from items where run_id = p_run and state in ('manual', 'waiting');
  update runs set error = coalesce(error, problem), state = case
      when error is not null or problem is not null then 'failed'
      when r.state = 'cancelling' then 'cancelled'
      when held > 0 then 'waiting'
      else 'completed' end
  where id = p_run returning * into r;
  insert into events (tenant_id, stream, kind, body)
  values (r.tenant_id, r.id, 'run_settled', jsonb_build_object('state', r.state, 'error', r.error));
  insert into sync_history (tenant_id, run_id, sync_type, start_time, end_time, total_items, successful_items, failed_items, error_details)
  select r.tenant_id, r.id, r.flow, r.started_at, r.settled_at, coalesce(sum(fetched), 0), coalesce(sum(done), 0),
    coalesce(sum(failed + rejected), 0), r.error from run_counts where run_id = p_run;
  return r.state;
end $f$;

-- cancel_rest: what a worker that had not heard of the cancel still parked for people ends too, and what it staged.
create function shelfline_cancel_rest_v1(p_tenant text, p_run text) returns void language plpgsql as $f$
begin
  perform shelfline_cancel_items_v1(p_tenant, p_run,
    (select coalesce(array_agg(id), '{}') from items where run_id = p_run and chunk_id is null and state in ('manual', 'waiting')), null);
  update staged_changes s set state = 'cancelled' from items i
  where s.run_id = p_run and s.state in ('pending', 'approved') and i.id = s.item_id and i.state = 'cancelled';
  update manual_tasks t set state = 'cancelled', updated_at = shelfline_now() from items i
  where t.run_id = p_run and t.state in ('open', 'claimed') and i.id = t.item_id and i.state = 'cancelled';
end $f$;

-- imbalance: null when the books of a run balance, else what does not. The source's own number is compared once the source
-- has been read to its end, which a cancelled run's is not.
create function shelfline_imbalance_v1(p_run text) returns jsonb language sql stable as $f$
with summed as (
  select coalesce(sum(fetched), 0) as fetched, coalesce(sum(in_progress), 0) as in_progress, coalesce(sum(done), 0) as done,
    coalesce(sum(skipped), 0) as skipped, coalesce(sum(rejected), 0) as rejected, coalesce(sum(failed), 0) as failed,
    coalesce(sum(manual), 0) as manual, coalesce(sum(waiting), 0) as waiting, coalesce(sum(cancelled), 0) as cancelled
  from run_counts where run_id = p_run
), uncounted as (
  select coalesce(sum(unchanged), 0) as unchanged from chunks where run_id = p_run and kind = 'source'
), counted as (
  select count(i.id) + u.unchanged as fetched, count(i.id) filter (where state in ('ready', 'recorded')) as in_progress,
    count(i.id) filter (where state = 'done') as done, count(i.id) filter (where state = 'skipped') + u.unchanged as skipped,
    count(i.id) filter (where state = 'rejected') as rejected, count(i.id) filter (where state = 'failed') as failed,
    count(i.id) filter (where state = 'manual') as manual, count(i.id) filter (where state = 'waiting') as waiting,
    count(i.id) filter (where state = 'cancelled') as cancelled
  from uncounted u left join items i on i.run_id = p_run group by u.unchanged
)
select jsonb_build_object('code', 'does_not_add_up', 'message', 'The figures of this run do not add up; nothing is lost, but do not trust it: see `shelfline doctor`.',
  'deltas', to_jsonb(s), 'recount', to_jsonb(c), 'declared', r.declared)
from summed s, counted c, runs r
where r.id = p_run and (to_jsonb(s) <> to_jsonb(c)
  or (r.declared is not null and r.declared <> c.fetched and r.error is null and r.state not in ('cancelling', 'cancelled')
      and not exists (select from chunks k where k.run_id = p_run and k.kind = 'source' and k.state <> 'closed'))
  or s.fetched <> s.in_progress + s.done + s.skipped + s.rejected + s.failed + s.manual + s.waiting + s.cancelled);
$f$;

-- sweep: what crashes between commit and enqueue left behind: expired leases, wake-ups that never came, runs to settle.
-- Takes the seconds after which an unanswered wake-up counts as lost. Answers {woken: [...], runs: [...]}.
create function shelfline_sweep_v1(p_grace_seconds float8) returns jsonb language plpgsql as $f$
declare
  woken jsonb := '[]';
  settled jsonb := '[]';
  lane_row record;
  run_row record;
  ended text;
begin
  update chunks set state = 'ready', woken_at = null where id in (
    select id from chunks where state = 'leased' and lease_until < clock_timestamp() order by id limit 1000 for update skip locked);
  update chunks set woken_at = null where id in (
    select c.id from chunks c join lanes l on l.tenant_id = c.tenant_id and l.name = c.lane
    where c.state = 'ready' and c.woken_at < clock_timestamp() - make_interval(secs => p_grace_seconds)
      and greatest(c.due_at, l.open_at) < shelfline_now() - make_interval(secs => p_grace_seconds)
    order by c.id limit 1000 for update of c skip locked);
  for run_row in select id, tenant_id from runs where runs.state in ('pending', 'running', 'cancelling') order by id loop
    perform shelfline_release_barrier_v1(run_row.id);
    ended := shelfline_settle_run_v1(run_row.id);
    if ended is not null then
      settled := settled || jsonb_build_object('run', run_row.id, 'tenant', run_row.tenant_id, 'state', ended);
    end if;
  end loop;
  for lane_row in select distinct tenant_id, lane from chunks where chunks.state = 'ready' and woken_at is null order by 1, 2 loop
    woken := woken || shelfline_top_up_v1(lane_row.tenant_id, lane_row.lane);
  end loop;
  return jsonb_build_object('woken', woken, 'settled', settled);
end $f$;

-- close_lane: a quota, a block or a person holds a lane back until a time; a later time already set stands, and one that
-- has passed already counts as in a second, so that a vendor's late clock does not make the lane spin.
create function shelfline_close_lane_v1(p_tenant text, p_lane text, p_until timestamptz, p_reason text) returns void
language sql as $f$
  update lanes set open_at = greatest(open_at, p_until, shelfline_now() + interval '1 s'), wait_reason = p_reason where tenant_id = p_tenant and name = p_lane;
$f$;
