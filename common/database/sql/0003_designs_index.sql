-- The hashes of every design of a tenant, and the exact search among them: which stored designs are within so many bits.
--
-- A hash is cut into bands, each with an index of its own. Two hashes that differ in t bits cannot differ everywhere: with m bands,
-- one of the first (t mod m) + 1 differs in at most t / m bits, or one of the others in one bit less. So each of the first is looked
-- up with up to t / m bits flipped, the others with one less, and what is found is compared whole: nothing within t is missed,
-- whatever the hashes are. Hashes of 256 bits have 11 bands of 23 or 24 bits, so that up to 10 bits nothing is flipped and up to
-- 21 one bit is; hashes of 64 bits have 3 bands of 21 or 22. Three bits flipped are too many look-ups: beyond 32 bits of 256, and
-- 8 of 64, all hashes of the tenant are compared, which is as exact and takes longer.
--
-- Hashes are stored dealt: bit i goes to band i mod m, as functions.hash.designs.dealing does. Neighbouring bits of a picture say
-- much the same, and dealt, each band has some of every region. Distances are the same for dealt hashes.

-- What a band says. The tenant and the version are part of it: hashes of others are not even looked at.
create function shelfline_band_v1(p_tenant text, p_version integer, p_hash bit varying, p_from integer, p_width integer) returns bigint
language sql immutable parallel safe return
  (hashtextextended(p_tenant, p_version) << 24) # substring(p_hash from p_from for p_width)::bit(24)::integer::bigint;

-- Every way to flip up to p_most of the first 24 bits of a band: none at all for -1, no bit for 0, up to 2.
create function shelfline_flips_v1(p_most integer) returns bigint[] language sql immutable parallel safe as $f$
select coalesce(array_agg(flip), '{}') from (
  select 0::bigint as flip where p_most >= 0
  union all select 1::bigint << one from generate_series(0, 23) one where p_most >= 1
  union all select (1::bigint << one) | (1::bigint << two) from generate_series(0, 23) one, generate_series(0, 23) two
    where one < two and p_most >= 2
) x
$f$;

create table design_hashes (
  tenant_id text not null references tenants,
  design_id uuid not null,
  hash_version integer not null,
  content_hash text collate "C" not null check (content_hash ~ '^[0-9a-f]{64}$'),
  phash bit(256) not null,
  dhash bit(256) not null,
  phash_small bit(64) not null,
  dhash_small bit(64) not null,
  is_flat boolean not null,
  indexed_at timestamptz not null default shelfline_now(),
  primary key (tenant_id, design_id, hash_version)
);
comment on column design_hashes.phash is 'dealt to 11 bands: see functions.hash.designs.dealing';
comment on column design_hashes.is_flat is 'it says too little: it is in no band, so no search finds it';

-- What a person has said of two designs, by their content: it holds for these two alone, and outlives every version of the hashes.
create table duplicate_verdicts (
  tenant_id text not null references tenants,
  low_hash text collate "C" not null check (low_hash ~ '^[0-9a-f]{64}$'),
  high_hash text collate "C" not null check (high_hash ~ '^[0-9a-f]{64}$'),
  verdict text not null check (verdict in ('same', 'different')),
  decided_by text not null,
  decided_at timestamptz not null default shelfline_now(),
  primary key (tenant_id, low_hash, high_hash),
  check (low_hash < high_hash)
);

-- index: store or replace the hashes of designs [{design, content, phash, dhash, phash_small, dhash_small, flat}], and hold the
-- tenant's lock until the transaction ends: of two that index and then search, the second finds what the first has stored. The
-- search has to be another statement. Answers how many.
create function shelfline_index_designs_v1(p_tenant text, p_version integer, p_designs jsonb) returns bigint language plpgsql as $f$
declare
  stored bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('design_hashes/' || p_tenant, 0));
  insert into design_hashes as h (tenant_id, design_id, hash_version, content_hash, phash, dhash, phash_small, dhash_small, is_flat)
  select p_tenant, d.design, p_version, d.content, ('x' || d.phash)::bit(256), ('x' || d.dhash)::bit(256),
    ('x' || d.phash_small)::bit(64), ('x' || d.dhash_small)::bit(64), d.flat
  from jsonb_to_recordset(p_designs)
    as d(design uuid, content text, phash text, dhash text, phash_small text, dhash_small text, flat boolean)
  on conflict (tenant_id, design_id, hash_version) do update set content_hash = excluded.content_hash, phash = excluded.phash,
    dhash = excluded.dhash, phash_small = excluded.phash_small, dhash_small = excluded.dhash_small, is_flat = excluded.is_flat;
  get diagnostics stored = row_count;
  return stored;
end $f$;

-- For each of the four hashes: its bands' indexes, and shelfline_within_<hash>_v1(tenant, version, hash, bits), the designs within
-- so many bits of a hash. The planner knows nothing of how bands are spread, so the one good plan is prescribed: all bands' indexes,
-- then the rows they name. So the conditions on tenant and version are written in a way that no other index serves, and a flat
-- design's band is null instead of the indexes being partial, which the planner would rather read whole.
do $make$
declare
  of record;
  bands text;
  flips text;
begin
  for of in values ('phash', 256, 11), ('dhash', 256, 11), ('phash_small', 64, 3), ('dhash_small', 64, 3) loop
    for band in 0 .. of.column3 - 1 loop
      execute format('create index design_hashes_%1$s_%2$s on design_hashes (
        shelfline_band_v1(tenant_id, hash_version, case when not is_flat then %1$s end, %3$s, %4$s))', of.column1, band, 1 + of.column2 / of.column3 * band + least(band, of.column2 % of.column3),
        of.column2 / of.column3 + (band < of.column2 % of.column3)::integer);
    end loop;
    select string_agg(format('shelfline_band_v1(h.tenant_id, h.hash_version, case when not h.is_flat then h.%1$s end, %2$s, %3$s) = any(array(
        select band # unnest(flips_%4$s) from (select shelfline_band_v1(p_tenant, p_version, p_hash, %2$s, %3$s) offset 0) x(band)))',
        of.column1,
        1 + of.column2 / of.column3 * band + least(band, of.column2 % of.column3),
        of.column2 / of.column3 + (band < of.column2 % of.column3)::integer, band), ' or '),
      string_agg(format('flips_%1$s bigint[] := case when %1$s <= p_within %% %2$s then more else less end;', band, of.column3), ' ')
    into bands, flips from generate_series(0, of.column3 - 1) band;
    execute format($sql$
      create function shelfline_within_%1$s_v1(p_tenant text, p_version integer, p_hash bit varying, p_within integer)
      returns setof design_hashes language plpgsql stable
      set plan_cache_mode = force_generic_plan set jit = off set max_parallel_workers_per_gather = 0
      set enable_seqscan = off set enable_indexscan = off as $f$
      declare
        more bigint[] := shelfline_flips_v1(p_within / %2$s);
        less bigint[] := shelfline_flips_v1(p_within / %2$s - 1);
        %3$s
      begin
        if p_within / %2$s > 2 then
          return query select h.* from design_hashes h where h.tenant_id = p_tenant and h.hash_version = p_version and not h.is_flat
            and bit_count(h.%1$s # p_hash) <= p_within;
        else
          return query select h.* from design_hashes h where h.tenant_id || '' = p_tenant and h.hash_version + 0 = p_version
            and not h.is_flat and (%4$s) and bit_count(h.%1$s # p_hash) <= p_within;
        end if;
      end $f$ $sql$, of.column1, of.column3, flips, bands);
  end loop;
end $make$;

-- near: the stored designs that are near copies of designs [{design, content, variant, phash, dhash}], each variant of a design a way
-- to look at it. A rule of phash, dhash, phash or dhash, phash and dhash says which distances have to be within their bits. A pair
-- that a person has called different is left out. Answers for each design its p_most nearest, and how many there are.
-- shelfline_near_small_designs_v1 does the same with the hashes of 64 bits.
do $make$
declare
  of record;
begin
  for of in values ('', '', 256), ('small_', '_small', 64) loop
    execute format($sql$
      create function shelfline_near_%1$sdesigns_v1(p_tenant text, p_version integer, p_asked jsonb, p_rule text, p_phash_within integer,
        p_dhash_within integer, p_most integer)
      returns table (design uuid, other uuid, other_content text, variant text, phash_distance integer, dhash_distance integer,
        verdict text, matches bigint)
      language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $f$
      #variable_conflict use_column
      begin return query
      with asked as materialized (
        select (a->>'design')::uuid as design, a->>'content' as content, a->>'variant' as variant, place,
          ('x' || (a->>'phash'))::bit(%3$s) as phash, ('x' || (a->>'dhash'))::bit(%3$s) as dhash
        from jsonb_array_elements(p_asked) with ordinality x(a, place)
      ), found as (
        select a.*, h.design_id as other, h.content_hash as other_content, h.phash%2$s as other_phash, h.dhash%2$s as other_dhash
        from asked a cross join lateral shelfline_within_phash%2$s_v1(p_tenant, p_version, a.phash, p_phash_within) h
        where p_rule in ('phash', 'phash or dhash', 'phash and dhash')
        union all
        select a.*, h.design_id, h.content_hash, h.phash%2$s, h.dhash%2$s
        from asked a cross join lateral shelfline_within_dhash%2$s_v1(p_tenant, p_version, a.dhash, p_dhash_within) h
        where p_rule in ('dhash', 'phash or dhash')
      ), measured as (
        select f.*, bit_count(f.phash # f.other_phash)::integer as p, bit_count(f.dhash # f.other_dhash)::integer as d from found f
        where f.other <> f.design
      ), pairs as (
        select distinct on (m.design, m.other) m.design, m.other, m.other_content, m.variant, m.p, m.d, v.verdict, x.distance
        from measured m
        cross join lateral (select case p_rule when 'phash' then p when 'dhash' then d when 'phash and dhash' then greatest(p, d)
          else least(p, d) end) x(distance)
        left join duplicate_verdicts v on v.tenant_id = p_tenant
          and v.low_hash = least(m.content, m.other_content) and v.high_hash = greatest(m.content, m.other_content)
        where (p_rule <> 'phash and dhash' or m.d <= p_dhash_within) and v.verdict is distinct from 'different'
        order by m.design, m.other, x.distance, m.place
      ), ranked as (
        select r.*, row_number() over (partition by r.design order by r.distance, r.other) as rank,
          count(*) over (partition by r.design) as matches
        from pairs r
      )
      select r.design, r.other, r.other_content, r.variant, r.p, r.d, r.verdict, r.matches from ranked r
      where r.rank <= p_most order by r.design, r.rank;
      end $f$ $sql$, of.column1, of.column2, of.column3);
  end loop;
end $make$;
