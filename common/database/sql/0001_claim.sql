-- claim: one guarded step from "ready" (or a lease that ran out) to "leased" by a random token.
-- Takes {chunk, step, token, lease_seconds}, of which the run's own lease_seconds takes precedence; answers {claimed: {...}} with the items not yet recorded, {refused: why}
-- where the chunk's lane holds it back, or null where there is nothing to do (done by another, not due, cancelled).
-- A lost claim is a lost lease, so it need not be durable. The answer is json, not jsonb: it is only written and sent.
create function shelfline_claim_v1(p jsonb) returns json language plpgsql as $f$
declare
  k chunks;
  r runs;
  l lanes;
  free_slot integer;
  lease_end timestamptz;
  flipped bigint;
  present timestamptz := shelfline_now();
begin
  perform set_config('synchronous_commit', 'off', true);
  select * into k from chunks where id = (p->>'chunk')::bigint for update;
  if not found or k.step <> p->>'step' or k.state not in ('ready', 'leased')
     or (k.state = 'leased' and k.lease_until > clock_timestamp())
     or k.due_at > present + interval '2 s' then
    return null;
  end if;
  select * into r from runs where id = k.run_id;
  if r.state not in ('pending', 'running', 'cancelling') then
    return null;
  end if;
  lease_end := clock_timestamp() + make_interval(secs =>
    coalesce(r.settings->'values'->>'lease_seconds', p->>'lease_seconds')::float8);
  select * into l from lanes where tenant_id = k.tenant_id and name = k.lane;
  if r.state <> 'cancelling' and (l.paused or l.open_at > present + interval '2 s') then
    update chunks set woken_at = null, state = 'ready' where id = k.id;
    return json_build_object('refused', case when l.paused then 'paused' else 'closed' end,
                              'tenant', k.tenant_id, 'lane', k.lane);
  end if;
  if l.width is not null then
    select slot into free_slot from lane_slots s
    where s.tenant_id = k.tenant_id and s.lane = k.lane and s.slot <= l.width
      and (s.chunk_id is null or s.chunk_id = k.id or s.lease_until < clock_timestamp())
    order by s.chunk_id is not distinct from k.id desc, slot limit 1 for update skip locked;  -- its own first: a chunk never has two
    if not found then
      update chunks set woken_at = null, state = 'ready' where id = k.id;
      return json_build_object('refused', 'full', 'tenant', k.tenant_id, 'lane', k.lane);
    end if;
    update lane_slots set chunk_id = k.id, lease_until = lease_end
    where tenant_id = k.tenant_id and lane = k.lane and slot = free_slot;
  end if;
  update chunks set state = 'leased', token = (p->>'token')::uuid, tries = tries + 1,
    lease_until = lease_end,
    first_claimed_at = coalesce(first_claimed_at, clock_timestamp())
  where id = k.id;
  if r.state = 'pending' then
    update runs set state = 'running', started_at = present where id = r.id and state = 'pending';
  end if;
  if k.first_claimed_at is null then
    update items set state = 'ready' where id = any(k.item_ids) and chunk_id = k.id and state = 'waiting';
    get diagnostics flipped = row_count;
    if flipped > 0 then
      insert into run_counts (tenant_id, run_id, in_progress, waiting) values (k.tenant_id, k.run_id, flipped, -flipped);
    end if;
  end if;
  return json_build_object('claimed', json_build_object(
    'chunk', k.id, 'tenant', k.tenant_id, 'step', k.step, 'phase', k.phase, 'kind', k.kind, 'lane', k.lane,
    'tries', k.tries + 1, 'cursor', k.cursor, 'generation', k.generation, 'now', present,
    'run', json_build_object('id', r.id, 'flow', r.flow, 'scope', r.scope, 'mode', r.mode, 'options', r.options,
                              'settings', r.settings, 'frozen_at', r.frozen_at, 'declared', r.declared,
                              'cancelling', r.state = 'cancelling'),
    'items', coalesce((
      select json_agg(json_build_object('id', i.id, 'key', i.key, 'data', i.data, 'attempts', i.attempts,
                                          'priority', i.priority) order by i.priority desc, i.id)
      from items i where i.id = any(k.item_ids) and i.chunk_id = k.id and i.state = 'ready'), '[]'::json)));
end $f$;
