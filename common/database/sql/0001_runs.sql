-- start_run: a run, its lanes and its source chunk. Takes {id, tenant, flow, scope, mode, options, settings, parent, created_by,
--   step, lane, cursor, lanes: [{name, width}]}.
create function shelfline_start_run_v1(p jsonb) returns void language plpgsql as $f$
begin
  insert into runs (id, tenant_id, flow, scope, mode, options, settings, parent_id, created_by)
  values (p->>'id', p->>'tenant', p->>'flow', coalesce(p->>'scope', ''), p->>'mode', p->'options', p->'settings', p->>'parent',
          coalesce(p->>'created_by', ''));
  perform shelfline_set_lane_v1(p->>'tenant', x.name, x.width)
  from jsonb_to_recordset(p->'lanes') as x(name text, width integer) order by x.name;
  insert into chunks (tenant_id, run_id, step, lane, kind, cursor)
  values (p->>'tenant', p->>'id', p->>'step', p->>'lane', 'source', coalesce(p->'cursor', '{}'));
  insert into events (tenant_id, stream, kind, body)
  values (p->>'tenant', p->>'id', 'run_created', jsonb_build_object('flow', p->>'flow', 'mode', p->>'mode', 'options', p->'options'));
end $f$;

-- set_lane: makes a lane, or changes its width; a metered lane (width not null) has one row a slot.
create function shelfline_set_lane_v1(p_tenant text, p_lane text, p_width integer) returns void language plpgsql as $f$
begin
  insert into lanes (tenant_id, name, width) values (p_tenant, p_lane, p_width)
  on conflict (tenant_id, name) do update set width = excluded.width where lanes.width is distinct from excluded.width;
  insert into lane_slots (tenant_id, lane, slot) select p_tenant, p_lane, s from generate_series(1, coalesce(p_width, 0)) s
  on conflict do nothing;
end $f$;

-- fail_chunk: a source that cannot be read, or a step that cannot go on at all, fails the run with its reason: never "no data".
-- Items still in the chunk fail with it, so that they can be tried again.
create function shelfline_fail_chunk_v1(p_chunk bigint, p_token uuid, p_error jsonb) returns jsonb language plpgsql as $f$
declare
  k chunks;
begin
  update chunks set state = 'closed', lease_until = null
  where id = p_chunk and token = p_token and state = 'leased' returning * into k;
  if not found then
    return null;
  end if;
  update lane_slots set chunk_id = null, lease_until = null
  where tenant_id = k.tenant_id and lane = k.lane and chunk_id = k.id;
  with held as (
    select id, state from items where id = any(k.item_ids) and chunk_id = k.id order by id for update
  ), failed as (
    update items i set state = 'failed', outcome = 'fail', reason = p_error->>'code', chunk_id = null
    from held h where i.id = h.id returning i.id, h.state as old_state
  ), told as (
    insert into events (tenant_id, stream, item_id, step, kind, body)
    select k.tenant_id, k.run_id, f.id, k.step, 'fail', jsonb_build_object('reason', p_error->>'code', 'state', 'failed') from failed f
  )
  insert into run_counts (tenant_id, run_id, in_progress, waiting, failed)
  select k.tenant_id, k.run_id, -count(*) filter (where old_state <> 'waiting'), -count(*) filter (where old_state = 'waiting'), count(*)
  from failed having count(*) > 0;
  update runs set error = coalesce(error, p_error) where id = k.run_id;
  insert into events (tenant_id, stream, step, kind, body) values (k.tenant_id, k.run_id, k.step, 'step_failed', p_error);
  return jsonb_build_object('tenant', k.tenant_id, 'run', k.run_id, 'lane', k.lane, 'lanes', jsonb_build_array(k.lane), 'cancelling', false);
end $f$;

-- delay_chunk: a leased chunk is given back whole, to be woken later; `tries` stands, so a chunk that only crashes is noticed.
create function shelfline_delay_chunk_v1(p_chunk bigint, p_token uuid, p_seconds float8, p_note jsonb, p_planned boolean) returns jsonb
language plpgsql as $f$
declare
  k chunks;
begin
  update chunks set state = 'ready', woken_at = null, lease_until = null, due_at = shelfline_now() + make_interval(secs => p_seconds),
    tries = case when p_planned then 0 else tries end
  where id = p_chunk and token = p_token and state = 'leased' returning * into k;
  if not found then
    return null;
  end if;
  update lane_slots set chunk_id = null, lease_until = null
  where tenant_id = k.tenant_id and lane = k.lane and chunk_id = k.id;
  if p_note is not null then
    insert into events (tenant_id, stream, step, kind, body) values (k.tenant_id, k.run_id, k.step, 'step_delayed', p_note);
  end if;
  return jsonb_build_object('tenant', k.tenant_id, 'run', k.run_id, 'lane', k.lane, 'lanes', jsonb_build_array(k.lane), 'cancelling', false);
end $f$;

-- split_chunk: a chunk that made no progress in several tries is closed into chunks of single items, so that the one at fault
-- stands alone; items it has recorded go on, they are not done again. Takes what record takes, with a chunk_size of 1.
create function shelfline_split_chunk_v1(p jsonb) returns jsonb language plpgsql as $f$
declare
  tries_before integer := (select tries from chunks where id = (p->>'chunk')::bigint);
  answer jsonb := shelfline_record_v1(p);
begin
  insert into events (tenant_id, stream, step, kind, body)
  select k.tenant_id, k.run_id, k.step, 'chunk_split', jsonb_build_object('reason', 'no_progress', 'tries', tries_before)
  from chunks k where k.id = (p->>'chunk')::bigint and answer is not null;
  return answer;
end $f$;

-- cancel_run: unstarted and parked items end now; a leased chunk at its next record. Answers false when the run had ended.
create function shelfline_cancel_run_v1(p_tenant text, p_run text, p_by text) returns boolean language plpgsql as $f$
declare
  r runs;
  k chunks;
begin
  update runs set state = 'cancelling', settled_at = null where id = p_run and tenant_id = p_tenant
    and state in ('pending', 'running', 'waiting') returning * into r;
  if not found then
    return false;
  end if;
  insert into events (tenant_id, stream, kind, body) values (p_tenant, p_run, 'run_cancelled', jsonb_build_object('by', p_by));
  for k in select * from chunks where run_id = p_run and state in ('ready', 'blocked') order by id for update skip locked loop
    perform shelfline_cancel_items_v1(p_tenant, p_run, k.item_ids, k.id);
    if k.kind = 'source' or not exists (select from items where id = any(k.item_ids) and chunk_id = k.id) then
      update chunks set state = 'closed' where id = k.id;
    else
      update chunks set state = 'ready', woken_at = null where id = k.id;
    end if;
  end loop;
  perform shelfline_cancel_items_v1(p_tenant, p_run,
    (select coalesce(array_agg(id), '{}') from items where run_id = p_run and chunk_id is null and state in ('manual', 'waiting')), null);
  return true;
end $f$;

-- resume_items: items that waited for a person, or that are tried again, go on at a step, in new chunks of the same run.
-- No chunk is larger than the run's max_batch_size. Takes {tenant, run, items: [ids], step, phase, lane, chunk_size,
-- from: [states], reason, data: {id: patch}}; answers how many moved.
create function shelfline_resume_items_v1(p jsonb) returns jsonb language plpgsql as $f$
declare
  moved bigint[];
  size integer;
begin
  select least((p->>'chunk_size')::integer, (settings->'values'->>'max_batch_size')::integer) into size from runs
  where id = p->>'run' and tenant_id = p->>'tenant' and state in ('running', 'waiting', 'completed', 'failed', 'pending') for update;
  if not found then
    return '{"moved": 0, "lanes": []}';
  end if;
  with chosen as (
    select i.id, i.state, i.priority from items i where i.run_id = p->>'run' and i.tenant_id = p->>'tenant' and i.chunk_id is null
      and i.id in (select jsonb_array_elements_text(p->'items')::bigint)
      and i.state in (select jsonb_array_elements_text(p->'from')) order by i.id for update
  ), grouped as (
    select array_agg(id order by priority desc, id) as ids, max(priority) as priority from (
      select *, (row_number() over (order by priority desc, id) - 1) / size as part from chosen) x group by part
  ), made as (
    insert into chunks (tenant_id, run_id, step, phase, lane, priority, item_ids)
    select p->>'tenant', p->>'run', p->>'step', coalesce(p->>'phase', ''), p->>'lane', g.priority, g.ids from grouped g returning id, item_ids
  ), placed as (
    update items i set state = 'ready', step = p->>'step', phase = coalesce(p->>'phase', ''), chunk_id = m.id, attempts = 0,
      outcome = 'resume', reason = p->>'reason', data = i.data || coalesce(p->'data'->(i.id::text), '{}')
    from made m where i.id = any(m.item_ids) returning i.id
  ), counted as (
    insert into run_counts (tenant_id, run_id, in_progress, manual, waiting, failed, rejected)
    select p->>'tenant', p->>'run', count(*), -count(*) filter (where state = 'manual'), -count(*) filter (where state = 'waiting'),
      -count(*) filter (where state = 'failed'), -count(*) filter (where state = 'rejected') from chosen having count(*) > 0
  ), told as (
    insert into events (tenant_id, stream, item_id, step, kind, body)
    select p->>'tenant', p->>'run', c.id, p->>'step', 'resume', jsonb_build_object('reason', p->>'reason', 'by', p->>'by') from chosen c
  )
  select array_agg(id) into moved from placed;
  if moved is null then
    return '{"moved": 0, "lanes": []}';
  end if;
  update runs set state = 'running', settled_at = null, wall_settled_at = null,
    error = case when error->>'code' = 'does_not_add_up' then error end where id = p->>'run';
  return jsonb_build_object('moved', coalesce(cardinality(moved), 0), 'lanes', jsonb_build_array(p->>'lane'));
end $f$;

-- end_items: items that waited for a person end without going on. Takes {tenant, run, items: [ids], state: rejected, skipped,
-- done, failed or cancelled, outcome, reason, by}; answers how many.
create function shelfline_end_items_v1(p jsonb) returns bigint language plpgsql as $f$
declare
  ended bigint;
  into_state text := p->>'state';
begin
  if into_state not in ('done', 'skipped', 'rejected', 'failed', 'cancelled') then
    raise exception 'an item does not end as %', into_state using errcode = '22023';
  end if;
  with chosen as (
    select i.id, i.state from items i where i.run_id = p->>'run' and i.tenant_id = p->>'tenant' and i.chunk_id is null
      and i.id in (select jsonb_array_elements_text(p->'items')::bigint) and i.state in ('waiting', 'manual') order by i.id for update
  ), placed as (
    update items i set state = into_state, outcome = p->>'outcome', reason = p->>'reason' from chosen c where i.id = c.id
  ), counted as (
    insert into run_counts (tenant_id, run_id, manual, waiting, done, skipped, rejected, failed, cancelled)
    select p->>'tenant', p->>'run', -count(*) filter (where state = 'manual'), -count(*) filter (where state = 'waiting'),
      count(*) filter (where into_state = 'done'), count(*) filter (where into_state = 'skipped'),
      count(*) filter (where into_state = 'rejected'), count(*) filter (where into_state = 'failed'),
      count(*) filter (where into_state = 'cancelled')
    from chosen having count(*) > 0
  ), told as (
    insert into events (tenant_id, stream, item_id, kind, body)
    select p->>'tenant', p->>'run', c.id, p->>'outcome', jsonb_build_object('reason', p->>'reason', 'by', p->>'by', 'state', into_state) from chosen c
  )
  select count(*) into ended from chosen;
  if ended > 0 then
    perform 1 from runs where id = p->>'run' for update;  -- so that the next statement sees what settling just made of it
    update runs set state = 'running', settled_at = null where id = p->>'run' and state = 'waiting';
  end if;
  return ended;
end $f$;

-- set_clock_offset: moves virtual time forward; never called in production, where the offset stays 0.
create function shelfline_set_clock_offset(p_seconds float8) returns void language plpgsql as $f$
begin
  update clock set offset_seconds = p_seconds where offset_seconds <= p_seconds;
  if not found then
    raise exception 'the clock only moves forward' using errcode = '22023';
  end if;
end $f$;
