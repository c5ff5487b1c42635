-- check_batch: a customer's orders of a run are what was staged for the boards, whole, or none of them is pushed. Every staged order
-- has its change, and its sizes add up to its total. Answers the batch's new status.
create function shelfline_check_order_batch_v1(p_tenant text, p_run text, p_scope text) returns text language plpgsql as $f$
declare
  problem jsonb;
  new_status text;
begin
  select jsonb_build_object('without_change', count(*) filter (where c.id is null),
    'total_mismatch', count(*) filter (where s.document is not null and s.lines_total <> coalesce(l.total, 0)),
    'keys_twice', count(*) - count(distinct s.key)) into problem
  from order_staging s
  left join staged_changes c on c.item_id = s.item_id and c.target = 'monday' and c.tenant_id = s.tenant_id
  left join lateral (select sum(quantity) as total from order_line_staging l
                     where l.tenant_id = s.tenant_id and l.item_id = s.item_id and l.operation <> 'archive') l on true
  where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope and s.status = 'PENDING';
  new_status := case when problem = '{"without_change": 0, "total_mismatch": 0, "keys_twice": 0}'::jsonb then 'PROCESSING' else 'ROLLED_BACK' end;
  if new_status = 'ROLLED_BACK' then
    update staged_changes c set state = 'cancelled', review_note = 'its batch was rolled back' from order_staging s
    where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope and s.status = 'PENDING'
      and c.item_id = s.item_id and c.target = 'monday' and c.state in ('pending', 'approved');
    update order_staging set status = 'ROLLED_BACK', updated_at = shelfline_now()
    where tenant_id = p_tenant and run_id = p_run and scope = p_scope and status = 'PENDING';
  end if;
  update order_batches b set status = new_status, staged_at = shelfline_now(),
    error = case when new_status = 'ROLLED_BACK' then problem end, ended_at = case when new_status = 'ROLLED_BACK' then shelfline_now() end,
    orders = x.orders, lines = x.lines
  from (select count(*) as orders, coalesce(sum((select count(*) from order_line_staging l
          where l.tenant_id = s.tenant_id and l.item_id = s.item_id)), 0) as lines
        from order_staging s where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope) x
  where b.tenant_id = p_tenant and b.run_id = p_run and b.scope = p_scope;
  return new_status;
end $f$;

-- promote: what of a customer's batch the boards have confirmed becomes what we know of them, in one transaction, or nothing of it:
-- orders and their lines, and the snapshots that the next run compares with. Safe to run again. Answers {promoted, left, failed}.
-- Raises 22023 when an order was confirmed without its item or without one of its lines.
create function shelfline_promote_orders_v1(p_tenant text, p_run text, p_scope text) returns jsonb language plpgsql as $f$
declare
  unsound bigint;
  figures jsonb;
begin
  perform from order_staging where tenant_id = p_tenant and run_id = p_run and scope = p_scope and status = 'API_SUCCESS'
  order by key for update;
  select count(*) into unsound from order_staging s
  where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope and s.status = 'API_SUCCESS' and s.operation <> 'delete'
    and (s.monday_item_id is null or exists (select from order_line_staging l where l.tenant_id = s.tenant_id and l.item_id = s.item_id
         and l.operation <> 'archive' and l.monday_subitem_id is null));
  if unsound > 0 then
    raise exception '% orders of % were confirmed without an item or a line', unsound, p_scope using errcode = '22023';
  end if;
  insert into orders as o (tenant_id, key, scope, order_number, board_id, monday_item_id, document, run_id)
  select s.tenant_id, s.key, s.scope, s.order_number, s.board_id, s.monday_item_id, s.document, s.run_id from order_staging s
  where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope and s.status = 'API_SUCCESS' and s.operation <> 'delete'
  on conflict (tenant_id, key) do update set scope = excluded.scope, order_number = excluded.order_number, board_id = excluded.board_id,
    monday_item_id = excluded.monday_item_id, document = excluded.document, run_id = excluded.run_id, promoted_at = shelfline_now(),
    deleted_at = null;
  update orders o set deleted_at = shelfline_now(), run_id = s.run_id, promoted_at = shelfline_now() from order_staging s
  where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope and s.status = 'API_SUCCESS' and s.operation = 'delete'
    and o.tenant_id = s.tenant_id and o.key = s.key;
  delete from order_lines l using order_staging s
  where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope and s.status = 'API_SUCCESS'
    and l.tenant_id = s.tenant_id and l.key = s.key;
  insert into order_lines (tenant_id, key, size, quantity, monday_subitem_id)
  select l.tenant_id, s.key, l.size, l.quantity, l.monday_subitem_id from order_staging s
  join order_line_staging l on l.tenant_id = s.tenant_id and l.item_id = s.item_id
  where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope and s.status = 'API_SUCCESS' and s.operation <> 'delete'
    and l.operation <> 'archive';
  insert into snapshots as n (tenant_id, flow, target, key, considered_hash, target_hash, target_doc, hash_version, scope, considered_at,
    confirmed_at, deleted_at)
  select s.tenant_id, 'orders', 'monday', s.key, s.source_hash, s.document_hash, s.document, s.hash_version, s.scope, shelfline_now(),
    shelfline_now(), case when s.operation = 'delete' then shelfline_now() end
  from order_staging s
  where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope and s.status = 'API_SUCCESS'
  on conflict (tenant_id, flow, target, key) do update set considered_hash = excluded.considered_hash, target_hash = excluded.target_hash,
    target_doc = coalesce(excluded.target_doc, n.target_doc), hash_version = excluded.hash_version, scope = excluded.scope,
    considered_at = excluded.considered_at, confirmed_at = excluded.confirmed_at, deleted_at = excluded.deleted_at;
  -- What a person has rejected, or a newer change has taken the place of, is not pushed any more.
  update order_staging s set status = 'WITHDRAWN', updated_at = shelfline_now() from staged_changes c
  where s.tenant_id = p_tenant and s.run_id = p_run and s.scope = p_scope and s.status = 'PENDING'
    and c.item_id = s.item_id and c.target = 'monday' and c.state in ('rejected', 'superseded', 'cancelled');
  -- What earlier runs have promoted of the customer, or given up, has done its service.
  delete from order_line_staging l using order_staging s
  where s.tenant_id = p_tenant and s.scope = p_scope and s.run_id <> p_run and s.status in ('PROMOTED', 'WITHDRAWN')
    and l.tenant_id = s.tenant_id and l.item_id = s.item_id;
  delete from order_staging where tenant_id = p_tenant and scope = p_scope and run_id <> p_run and status in ('PROMOTED', 'WITHDRAWN');
  update order_staging set status = 'PROMOTED', updated_at = shelfline_now()
  where tenant_id = p_tenant and run_id = p_run and scope = p_scope and status = 'API_SUCCESS';
  select jsonb_build_object('promoted', count(*) filter (where status = 'PROMOTED'), 'left', count(*) filter (where status = 'PENDING'),
    'failed', count(*) filter (where status = 'API_FAILED')) into figures
  from order_staging where tenant_id = p_tenant and run_id = p_run and scope = p_scope;
  update order_batches set promoted_at = shelfline_now(), succeeded = (figures->>'promoted')::bigint, failed = (figures->>'failed')::bigint,
    status = case when (figures->>'left')::bigint > 0 then 'PROCESSING' when (figures->>'failed')::bigint = 0 then 'COMPLETED'
      when (figures->>'promoted')::bigint = 0 then 'FAILED' else 'COMPLETED_WITH_ERRORS' end,
    ended_at = case when (figures->>'left')::bigint = 0 then shelfline_now() end
  where tenant_id = p_tenant and run_id = p_run and scope = p_scope and status <> 'ROLLED_BACK';
  return figures;
end $f$;

-- gather_chunks: what of a run stands blocked before a step is put together again, lane by lane, in chunks of a size: the steps before
-- may have left many small ones, and each costs a look at its board. The best priority goes first. Answers how many chunks there are now.
create function shelfline_gather_chunks_v1(p_tenant text, p_run text, p_step text, p_size integer) returns bigint language plpgsql as $f$
declare
  made bigint;
begin
  with opened as (
    update chunks set state = 'closed' where tenant_id = p_tenant and run_id = p_run and step = p_step and phase = '' and kind = 'items'
      and state = 'blocked' returning id, lane, barrier, strict, merged
  ), members as (
    select i.id, i.priority, o.lane, o.barrier, o.strict, o.merged,
      (row_number() over (partition by o.lane order by i.priority desc, i.id) - 1) / p_size as part
    from opened o join items i on i.run_id = p_run and i.chunk_id = o.id
  ), gathered as (
    insert into chunks (tenant_id, run_id, step, lane, state, barrier, strict, merged, priority, item_ids)
    select p_tenant, p_run, p_step, lane, 'blocked', barrier, strict, merged, max(priority), array_agg(id order by priority desc, id)
    from members group by lane, barrier, strict, merged, part order by lane, part returning id, item_ids
  ), moved as (
    update items i set chunk_id = g.id from (select id, unnest(item_ids) as item_id from gathered) g where i.id = g.item_id
  )
  select count(*) into made from gathered;
  return made;
end $f$;

-- hold_orders: what of a run stands before the push and was approved by rule alone waits for a person instead, in the place where its
-- change was staged. Orders that do not go to a board (their batch was rolled back) go on. Answers how many wait.
create function shelfline_hold_orders_v1(p_tenant text, p_run text, p_reason text) returns bigint language plpgsql as $f$
declare
  held bigint[] := array(
    select i.id from items i join chunks k on k.id = i.chunk_id
      join staged_changes c on c.item_id = i.id and c.target = 'monday'
    where k.tenant_id = p_tenant and k.run_id = p_run and k.state = 'blocked' and k.step = 'push' and k.phase = ''
      and i.state = 'ready' and c.state = 'approved' and c.approved_by = 'automatic' order by i.id for update of i);
begin
  update staged_changes set state = 'pending', approved_at = null, approved_by = null, reason = p_reason
  where tenant_id = p_tenant and item_id = any(held) and target = 'monday';
  update items set state = 'waiting', outcome = 'review', reason = p_reason, step = 'stage', phase = '', chunk_id = null where id = any(held);
  update chunks k set state = 'closed' where k.tenant_id = p_tenant and k.run_id = p_run and k.state = 'blocked' and k.step = 'push'
    and k.phase = '' and not exists (select from items i where i.run_id = p_run and i.chunk_id = k.id);
  insert into events (tenant_id, stream, item_id, step, kind, body)
  select p_tenant, p_run, x, 'stage', 'review', jsonb_build_object('reason', p_reason, 'state', 'waiting') from unnest(held) x;
  insert into run_counts (tenant_id, run_id, in_progress, waiting)
  select p_tenant, p_run, -cardinality(held), cardinality(held) where cardinality(held) > 0;
  return cardinality(held);
end $f$;

-- recognise_rows: rows of a segment by their digests and numbers. Those that are as they were when they were last found unchanged are
-- kept as their snapshots; answers the places (from 1) of all others, in no order. done: rows of the chunk before the segment; digests:
-- 16 bytes a row in one, zeros for none, as each by itself takes longer to read than to find.
create function shelfline_recognise_rows_v1(p_tenant text, p_run text, p_chunk bigint, p_done bigint, p_digests bytea, p_numbers bigint[])
returns bigint[] language plpgsql set plan_cache_mode = force_custom_plan as $f$  -- else a plan for few rows would be kept
declare
  found bigint[];
  found_numbers bigint[];
  others bigint[];
begin
  -- Materialized, so that a join sees digests: it would carry all of them along with each row.
  with told as materialized (
    select place, number, substr(p_digests, place::integer * 16 - 15, 16) as digest
    from unnest(p_numbers) with ordinality x(number, place)
  )
  select array_agg(d.snapshot_id) filter (where d.snapshot_id is not null), array_agg(t.number) filter (where d.snapshot_id is not null),
    array_agg(t.place) filter (where d.snapshot_id is null) into found, found_numbers, others
  from told t left join row_digests d on d.digest = t.digest and d.tenant_id = p_tenant;
  if found is not null then
    insert into recognised (tenant_id, run_id, chunk_id, place, snapshot_ids, row_numbers)
    values (p_tenant, p_run, p_chunk, p_done, found, found_numbers);
  end if;
  return others;
end $f$;

-- remember_digests: rows of a segment that say what is held of them are recognised by their digests from now on. The snapshots are locked: one
-- that a promotion is just changing is looked at again once that has ended, and a promotion that comes later finds the digest to forget.
create function shelfline_remember_digests_v1(p_tenant text, p_run text, p_chunk bigint, p_done bigint, p_version integer)
returns void language sql as $f$
  with same as materialized (
    select s.id, n.digest from seen n
    join snapshots s on s.tenant_id = p_tenant and s.flow = 'orders' and s.target = 'monday' and s.key = n.key and s.considered_hash = n.hash
      and s.hash_version = p_version and s.scope = n.scope and s.deleted_at is null
    where n.tenant_id = p_tenant and n.run_id = p_run and n.chunk_id = p_chunk and n.place > p_done and n.digest is not null
    order by s.key for share of s
  )
  insert into row_digests as d (tenant_id, snapshot_id, digest) select distinct on (id) p_tenant, id, digest from same order by id
  on conflict (tenant_id, snapshot_id) do update set digest = excluded.digest where d.digest <> excluded.digest;
$f$;

-- forget_rows: what was read has done its service.
create function shelfline_forget_rows_v1(p_run text) returns void language sql as $f$
  delete from seen where run_id = p_run;
  delete from recognised where run_id = p_run;
$f$;

-- conclude_baseline: after the last row of a baseline. An order that stands twice with different content gets a fingerprint that is none, so that
-- the next run looks at it and says why it is not pushed. What the source has no more was gone before: it is not expected on a board from
-- now on, and stays there as it is; but only where every row of its customer could be told apart.
create function shelfline_conclude_baseline_v1(p_tenant text, p_run text) returns void language plpgsql
set enable_nestloop = off as $f$  -- nothing is known yet of rows just read, and the planner would look at all of them for each
begin
  update snapshots s set considered_hash = '' from order_conflicts c
  where c.tenant_id = p_tenant and c.run_id = p_run and s.tenant_id = c.tenant_id and s.flow = 'orders' and s.target = 'monday' and s.key = c.key;
  update snapshots s set deleted_at = shelfline_now(), considered_hash = null
  where s.tenant_id = p_tenant and s.flow = 'orders' and s.target = 'monday' and s.deleted_at is null
    and not exists (select from seen n where n.run_id = p_run and n.key = s.key)
    and not (s.scope = any(array(select distinct scope from seen where run_id = p_run and key = '')))
    and not exists (select from seen n where n.run_id = p_run and n.scope in ('', 'UNKNOWN'));
end $f$;

-- keys_read: which of these keys stand in the source that a run has read.
create function shelfline_keys_read_v1(p_run text, p_keys jsonb) returns setof text language sql set enable_nestloop = off as $f$
  select distinct n.key from seen n join jsonb_array_elements_text(p_keys) x on x = n.key where n.run_id = p_run;
$f$;
