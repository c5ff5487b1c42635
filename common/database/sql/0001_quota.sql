-- reserve: budget of a vendor account for up to `units` calls, all dimensions or none, for as many units as fit.
-- Takes {tenant, account, units, minimum, dimensions: {name: {kind, capacity, rate, window_seconds, bucket_seconds, cost}}}.
-- Kinds: bucket (leaky, capacity refilled at rate a second), fixed (window aligned to the UTC epoch), sliding (window cut into
-- buckets; a bucket counts until the last of it has left the window), concurrency (holds with expiry), interval (seconds
-- between calls in `rate`). Answers {granted: n, at, grant: uuid} or {granted: 0, until, dimension}; `until` is 'infinity' where
-- `minimum` will never fit. The clock is read after the rows are locked.
create function shelfline_reserve_v1(p jsonb) returns jsonb language plpgsql as $f$
declare
  d record;
  q quotas;
  t timestamptz;
  units float8 := (p->>'units')::float8;
  minimum float8 := coalesce((p->>'minimum')::float8, 1);
  fits float8;
  free_again timestamptz;
  latest timestamptz;
  tightest text;
  this_grant uuid := gen_random_uuid();
begin
  insert into quotas (tenant_id, account, dimension, kind, capacity, rate, window_seconds, bucket_seconds, level, since)
  select p->>'tenant', p->>'account', x.key, x.value->>'kind', (x.value->>'capacity')::float8,
    coalesce((x.value->>'rate')::float8, 0), coalesce((x.value->>'window_seconds')::float8, 0),
    coalesce((x.value->>'bucket_seconds')::float8, 0), (x.value->>'capacity')::float8,
    case when x.value->>'kind' = 'interval' then '-infinity' else shelfline_now() end  -- the first call need not wait
  from jsonb_each(p->'dimensions') x order by x.key
  on conflict (tenant_id, account, dimension) do update set kind = excluded.kind, capacity = excluded.capacity,
    rate = excluded.rate, window_seconds = excluded.window_seconds, bucket_seconds = excluded.bucket_seconds;
  t := shelfline_now();
  for d in select x.key as name, (x.value->>'cost')::float8 as cost from jsonb_each(p->'dimensions') x order by x.key loop
    continue when d.cost = 0;
    select * into q from shelfline_refreshed_quota_v1(p->>'tenant', p->>'account', d.name, t);
    fits := floor((q.capacity - q.used + 1e-9) / d.cost);
    if q.kind = 'interval' then
      fits := case when q.since + make_interval(secs => q.rate) <= t then 1 else 0 end;
    end if;
    if q.blocked_until > t then
      fits := 0;
    end if;
    if fits < minimum then
      free_again := greatest(q.blocked_until, shelfline_quota_free_at_v1(q, d.cost, minimum, t));
      if latest is null or free_again > latest then
        latest := free_again;
        tightest := d.name;
      end if;
    end if;
    units := least(units, fits);
  end loop;
  if latest is not null then
    return jsonb_build_object('granted', 0, 'until', latest, 'dimension', tightest);
  end if;
  perform shelfline_spend_v1(p->>'tenant', p->>'account', x.key, (x.value->>'cost')::float8 * units, t, this_grant)
  from jsonb_each(p->'dimensions') x where (x.value->>'cost')::float8 <> 0 order by x.key;
  return jsonb_build_object('granted', units, 'at', t, 'grant', this_grant);
end $f$;

-- The quota row, locked, with `used` as of time t (for a bucket: what is not yet refilled).
create function shelfline_refreshed_quota_v1(p_tenant text, p_account text, p_dimension text, t timestamptz) returns quotas
language plpgsql as $f$
declare
  q quotas;
begin
  select * into q from quotas where tenant_id = p_tenant and account = p_account and dimension = p_dimension for update;
  if q.kind = 'bucket' then
    q.level := least(q.capacity, q.level + greatest(0, extract(epoch from t - q.since)) * q.rate);
    q.used := q.capacity - q.level;
  elsif q.kind = 'fixed' then
    if floor(extract(epoch from q.since) / q.window_seconds) < floor(extract(epoch from t) / q.window_seconds) then
      q.used := 0;
    end if;
  elsif q.kind = 'sliding' then
    select coalesce(jsonb_object_agg(b.key, b.value), '{}'), coalesce(sum(b.value::float8), 0) into q.buckets, q.used
    from jsonb_each(q.buckets) b
    where (b.key::float8 + 1) * q.bucket_seconds > extract(epoch from t) - q.window_seconds;
  elsif q.kind = 'concurrency' then
    select coalesce(sum(amount), 0) into q.used from quota_holds
    where tenant_id = p_tenant and account = p_account and dimension = p_dimension and expires_at > clock_timestamp();
  elsif q.kind = 'interval' then
    q.used := 0;
  end if;
  return q;
end $f$;

-- When `minimum` more calls of this cost will fit, nothing else being spent meanwhile; t itself where they fit already.
create function shelfline_quota_free_at_v1(q quotas, cost float8, minimum float8, t timestamptz) returns timestamptz
language plpgsql as $f$
declare
  b record;
  freed float8 := 0;
  missing float8 := q.used + cost * minimum - q.capacity - 1e-9;
begin
  if q.kind = 'interval' then
    return case when minimum > 1 then 'infinity' else greatest(t, q.since + make_interval(secs => q.rate)) end;
  elsif missing <= 0 then
    return t;
  elsif cost * minimum > q.capacity + 1e-9 or (q.kind = 'bucket' and q.rate <= 0) then
    return 'infinity';
  elsif q.kind = 'bucket' then  -- up to the next microsecond, which is as fine as a time can be
    return t + make_interval(secs => ceil(missing / q.rate * 1e6) / 1e6);
  elsif q.kind = 'fixed' then
    return to_timestamp((floor(extract(epoch from t) / q.window_seconds) + 1) * q.window_seconds);
  elsif q.kind = 'concurrency' then
    return t + interval '2 s';  -- a holder may give back at any time
  end if;
  for b in select key::float8 as number, value::float8 as spent from jsonb_each(q.buckets) order by key::float8 loop
    freed := freed + b.spent;
    if freed >= missing then
      return to_timestamp((b.number + 1) * q.bucket_seconds + q.window_seconds);
    end if;
  end loop;
  return t + make_interval(secs => q.bucket_seconds);
end $f$;

-- Books an amount at time t. Interval: t alone counts. Concurrency: a hold, until it is given back or expires.
create function shelfline_spend_v1(p_tenant text, p_account text, p_dimension text, p_amount float8, t timestamptz, p_grant uuid)
returns void language plpgsql as $f$
declare
  q quotas := shelfline_refreshed_quota_v1(p_tenant, p_account, p_dimension, t);
  bucket text;
begin
  if q.kind = 'sliding' then
    bucket := floor(extract(epoch from t) / q.bucket_seconds)::bigint::text;
    q.buckets := jsonb_set(q.buckets, array[bucket], to_jsonb(coalesce((q.buckets->>bucket)::float8, 0) + p_amount));
  elsif q.kind = 'concurrency' then
    delete from quota_holds
    where tenant_id = p_tenant and account = p_account and dimension = p_dimension and expires_at <= clock_timestamp();
    insert into quota_holds (tenant_id, account, dimension, grant_id, amount, expires_at)
    values (p_tenant, p_account, p_dimension, p_grant, p_amount, clock_timestamp() + make_interval(secs => q.window_seconds));
  end if;
  update quotas set buckets = q.buckets, since = t, used = q.used + p_amount,
    level = case when q.kind = 'bucket' then q.level - p_amount else q.level end
  where tenant_id = p_tenant and account = p_account and dimension = p_dimension;
end $f$;

-- refund: gives back what a grant did not use. A grant that is never settled counts as spent.
-- Takes {tenant, account, at, grant, amounts: {dimension: amount}}, `at` and `grant` as reserve answered them.
create function shelfline_refund_v1(p jsonb) returns void language plpgsql as $f$
begin
  perform shelfline_give_back_v1(p->>'tenant', p->>'account', x.key, x.value::float8, (p->>'at')::timestamptz, (p->>'grant')::uuid)
  from jsonb_each(p->'amounts') x where x.value::float8 > 0 order by x.key;
end $f$;

-- Gives back where it was taken: to the window, the bucket or the hold of the grant. Where that has passed there is nothing
-- left to give back to; in the present window it would make room for calls that the vendor counts.
create function shelfline_give_back_v1(p_tenant text, p_account text, p_dimension text, p_amount float8, granted_at timestamptz,
  p_grant uuid) returns void language plpgsql as $f$
declare
  t timestamptz := shelfline_now();
  q quotas := shelfline_refreshed_quota_v1(p_tenant, p_account, p_dimension, t);
  bucket text;
  returned float8 := 0;
begin
  if q.kind = 'bucket' then
    returned := least(p_amount, q.used);
  elsif q.kind = 'fixed' then
    if floor(extract(epoch from granted_at) / q.window_seconds) = floor(extract(epoch from t) / q.window_seconds) then
      returned := least(p_amount, q.used);
    end if;
  elsif q.kind = 'sliding' then
    bucket := floor(extract(epoch from granted_at) / q.bucket_seconds)::bigint::text;
    if q.buckets ? bucket then
      returned := least(p_amount, (q.buckets->>bucket)::float8);
      q.buckets := jsonb_set(q.buckets, array[bucket], to_jsonb((q.buckets->>bucket)::float8 - returned));
    end if;
  elsif q.kind = 'concurrency' then
    update quota_holds set amount = amount - p_amount where tenant_id = p_tenant and account = p_account
      and dimension = p_dimension and grant_id = p_grant;
    delete from quota_holds where tenant_id = p_tenant and account = p_account
      and dimension = p_dimension and grant_id = p_grant and amount <= 1e-9;
    q := shelfline_refreshed_quota_v1(p_tenant, p_account, p_dimension, t);
  else
    return;  -- a call that was not made still passed the gate of an interval
  end if;
  update quotas set buckets = q.buckets, since = t, used = q.used - returned,
    level = case when q.kind = 'bucket' then q.level + returned else q.level end
  where tenant_id = p_tenant and account = p_account and dimension = p_dimension;
end $f$;

-- report: what the vendor says is left. Taken only if newer than the last report, and only downwards: calls of ours that are
-- still in flight are in our figure and not yet in the vendor's. Takes {tenant, account, dimension, remaining, at, blocked_until}.
create function shelfline_report_quota_v1(p jsonb) returns void language plpgsql as $f$
declare
  q quotas;
  t timestamptz := shelfline_now();
  spent float8;
begin
  q := shelfline_refreshed_quota_v1(p->>'tenant', p->>'account', p->>'dimension', t);
  if q.account is null or q.reported_at >= (p->>'at')::timestamptz then
    return;
  end if;
  update quotas set reported_at = (p->>'at')::timestamptz, blocked_until = greatest(blocked_until, (p->>'blocked_until')::timestamptz)
  where tenant_id = q.tenant_id and account = q.account and dimension = q.dimension;
  spent := q.capacity - (p->>'remaining')::float8;
  if spent > q.used and q.kind <> 'interval' then
    perform shelfline_spend_v1(q.tenant_id, q.account, q.dimension, spent - q.used, t, null);
  end if;
end $f$;
