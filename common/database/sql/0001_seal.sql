-- seal: closes a block over the events of a stream that no running transaction can still add to, and chains it to the block
-- before. The caller holds the stream's advisory lock, taken in a statement of its own (the snapshot must be younger).
create function shelfline_seal_v1(p_tenant text, p_stream text) returns integer language plpgsql as $f$
declare
  last_block seals;
  below xid8 := pg_snapshot_xmin(pg_current_snapshot());
  ids bigint[];
  body text;
begin
  select * into last_block from seals where tenant_id = p_tenant and stream = p_stream order by block desc limit 1;
  select array_agg(e.id order by e.tx, e.id), string_agg(shelfline_event_text_v1(e), E'\n' order by e.tx, e.id) into ids, body
  from events e where e.stream = p_stream and e.tenant_id = p_tenant
    and e.tx >= coalesce(last_block.horizon, '0'::xid8) and e.tx < below;
  if ids is null then
    return 0;
  end if;
  insert into seals (tenant_id, stream, block, event_ids, horizon, previous_hash, hash)
  values (p_tenant, p_stream, coalesce(last_block.block, 0) + 1, ids, below, coalesce(last_block.hash, ''),
    encode(sha256(convert_to(coalesce(last_block.hash, '') || E'\n' || body, 'UTF8')), 'hex'));
  return cardinality(ids);
end $f$;

-- The text of an event that a seal covers: everything that is told of it.
create function shelfline_event_text_v1(e events) returns text language sql stable as $f$
  select jsonb_build_array(e.id, extract(epoch from e.at), e.tenant_id, e.stream, e.item_id, e.step, e.kind, e.body)::text;
$f$;

-- verify: every block of a stream whose hash, link or events do not hold, as {block, problem}; none is a whole chain.
create function shelfline_verify_v1(p_tenant text, p_stream text) returns table (block integer, problem text)
language sql stable as $f$
  with chained as (
    select s.*, coalesce(lag(s.hash) over (order by s.block), '') as expected_previous,
      row_number() over (order by s.block) as expected_block
    from seals s where s.tenant_id = p_tenant and s.stream = p_stream
  ), recomputed as (
    select c.*, (select string_agg(shelfline_event_text_v1(e), E'\n' order by u.ord)
                 from unnest(c.event_ids) with ordinality u(id, ord) join events e on e.id = u.id) as body,
      (select count(*) from unnest(c.event_ids) u(id) join events e on e.id = u.id) as found
    from chained c
  )
  select r.block, case
      when r.block <> r.expected_block then 'a block before this one is missing'
      when r.previous_hash <> r.expected_previous then 'does not follow the block before it'
      when r.found <> cardinality(r.event_ids) then 'events are missing'
      else 'events were changed' end
  from recomputed r
  where r.block <> r.expected_block or r.previous_hash <> r.expected_previous or r.found <> cardinality(r.event_ids)
    or r.hash <> encode(sha256(convert_to(r.previous_hash || E'\n' || coalesce(r.body, ''), 'UTF8')), 'hex')
  union all
  select null, 'events below the last horizon are not sealed: ' || count(*)::text
  from events e where e.stream = p_stream and e.tenant_id = p_tenant
    and e.tx < (select max(s.horizon) from seals s where s.tenant_id = p_tenant and s.stream = p_stream)
    and not exists (select from seals s where s.tenant_id = p_tenant and s.stream = p_stream and e.id = any(s.event_ids))
  having count(*) > 0;
$f$;

-- ensure_event_partitions: the months from now that have no partition yet; new rows of a month without one go to the default.
create function shelfline_ensure_event_partitions_v1(p_months integer) returns integer language plpgsql as $f$
declare
  month date;
  made integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('shelfline_ensure_event_partitions', 0)) then
    return 0;  -- another sweep is making them
  end if;
  for month in select generate_series(date_trunc('month', clock_timestamp() at time zone 'utc'),
                                      date_trunc('month', clock_timestamp() at time zone 'utc') + make_interval(months => p_months - 1), '1 month') loop
    if to_regclass(format('events_%s', to_char(month, 'YYYY_MM'))) is null
       and not exists (select from events_default where at >= month::timestamp at time zone 'utc'
                       and at < (month + interval '1 month') at time zone 'utc') then
      execute format('create table %I partition of events for values from (%L) to (%L)', 'events_' || to_char(month, 'YYYY_MM'),
                     month::timestamp at time zone 'utc', (month + interval '1 month') at time zone 'utc');
      -- Without a policy of its own: the interface reaches a month through the whole table only.
      execute format('alter table %I enable row level security', 'events_' || to_char(month, 'YYYY_MM'));
      made := made + 1;
    end if;
  end loop;
  return made;
end $f$;
