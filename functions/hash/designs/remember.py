"""New designs and what they look like, written in the transaction that records them.

A design is unique by its content: of two uploads of one picture at the same moment one makes it, the other finds it. Both
its row and its place in the index stand before anything is decided, so that of two near copies at least one sees the other.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.pipeline.item import Run
from common.pipeline.outcome import Outcome
from common.settings.designs import DesignSettings
from functions.hash.designs.document import hashed_design
from functions.hash.designs.fingerprint import FINGERPRINT_VERSION
from functions.hash.designs.near_duplicates import HashedDesign, Near
from functions.hash.designs.near_in_postgres import PostgresNearDuplicates
from functions.hash.designs.presets import chosen, comparison_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_READ = """
update upload_files f set file_hash = x.file_hash, content_hash = x.content_hash, size = x.size, is_read = true
from jsonb_to_recordset(cast(%s as jsonb)) as x(file bigint, file_hash text, content_hash text, size bigint)
where f.tenant_id = %s and f.id = x.file
"""
# Whoever comes second leaves the row as it is, unless nobody works on it any more: its item was cancelled or has failed, or
# its listing was taken back.
_MAKE = """
insert into designs as d (tenant_id, trial, run_id, content_hash, file_id, item_id, filename, object_name, size, kind, width, height,
  has_alpha, is_flat, notes, phash, dhash, is_digital, description)
select %s, %s, %s, x.content_hash, x.file, x.item, x.filename, x.object, x.size, x.kind, x.width, x.height, x.has_alpha, x.is_flat,
  x.notes, x.phash, x.dhash, x.is_digital, x.description
from jsonb_to_recordset(cast(%s as jsonb)) as x(content_hash text, file bigint, item bigint, filename text, object text, size bigint,
  kind text, width integer, height integer, has_alpha boolean, is_flat boolean, notes jsonb, phash text, dhash text, is_digital boolean,
  description text)
where %s = '' or not exists (
  select from designs known where known.tenant_id = %s and known.trial = '' and known.content_hash = x.content_hash)
order by x.content_hash
on conflict (tenant_id, trial, content_hash) do nothing
"""
_TAKE_OVER = """
update designs d set run_id = %s, item_id = x.item, file_id = x.file, state = 'hashed', updated_at = shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(content_hash text, file bigint, item bigint)
where d.tenant_id = %s and d.trial = '' and d.content_hash = x.content_hash and d.item_id <> x.item
  and (d.state = 'withdrawn' or d.state in ('hashed', 'near', 'unique', 'stored')
    and exists (select from items i where i.id = d.item_id and i.state in ('failed', 'cancelled')))
"""
_OWN = """
select d.id, d.content_hash from designs d where d.tenant_id = %s and d.trial = %s
  and d.item_id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint)
"""
_MATCHES = """
insert into design_matches (tenant_id, design_id, other_id, variant, phash_distance, dhash_distance)
select %s, x.design, x.other, x.variant, x.phash, x.dhash
from jsonb_to_recordset(cast(%s as jsonb)) as x(design uuid, other uuid, variant text, phash integer, dhash integer)
join designs o on o.tenant_id = %s and o.id = x.other
on conflict (tenant_id, design_id, other_id) do update set variant = excluded.variant, phash_distance = excluded.phash_distance,
  dhash_distance = excluded.dhash_distance, found_at = excluded.found_at
"""


def trial_of(run: Run) -> str:
    """What marks the rows that a run in mode TEST makes for itself; "" for rows that stay."""
    return "" if run.may_write else run.id


def mark_read(connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
    """Keep what the files hold by our own reading: from now on they are known by it."""
    read = [outcome.writes["read"] for outcome in recorded if "read" in outcome.writes]
    if read and run.may_write:
        connection.exec_driver_sql(_READ, (as_json(read), run.tenant))


def remember(connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
    """Make the designs that are new, and keep what they are near copies of."""
    if not recorded:
        return
    rows = _first_of_each(recorded)
    trial = trial_of(run)
    new = [_row(outcome) for outcome in rows if "design" in (outcome.data or {})]
    if new:
        values = (run.tenant, trial, run.id, as_json(new), trial, run.tenant)
        connection.exec_driver_sql(_MAKE, values)
    if run.may_write:
        taken = [_named(outcome) for outcome in rows]
        connection.exec_driver_sql(_TAKE_OVER, (run.id, as_json(taken), run.tenant))
    _compare(connection, run, rows)


def _compare(connection: "Connection", run: Run, rows: Sequence[Outcome]) -> None:
    told = {outcome.data["content_hash"]: outcome.data for outcome in rows if outcome.data}
    items = as_json([outcome.item.id for outcome in rows])
    own = connection.exec_driver_sql(_OWN, (run.tenant, trial_of(run), items)).all()
    designs = [
        hashed_design(row.id, row.content_hash, told[row.content_hash]["design"])
        for row in own
        if "design" in told.get(row.content_hash, {})
    ]
    if not designs:
        return
    matches = as_json([_match(near) for near in _near(connection, run, designs)])
    connection.exec_driver_sql(_MATCHES, (run.tenant, matches, run.tenant))


def _near(connection: "Connection", run: Run, designs: Sequence[HashedDesign]) -> list[Near]:
    """In mode TEST the index of what stays is only asked; the run has one of its own for its own."""
    settings = DesignSettings.of(run.settings)
    most = settings.design_near_most
    by = comparison_of(chosen(settings))
    index = PostgresNearDuplicates(connection, run.tenant, FINGERPRINT_VERSION)
    if run.may_write:
        index.index(designs)
        return index.near(designs, by, most=most)
    trial = PostgresNearDuplicates(connection, run.tenant, trial_version(run.id))
    trial.index(designs)
    return [*index.near(designs, by, most=most), *trial.near(designs, by, most=most)]


def trial_version(run_id: str) -> int:
    """The version of fingerprints under which a run in mode TEST keeps its own: below zero, where no real one is."""
    return -1 - (zlib.crc32(run_id.encode()) >> 1)


def _first_of_each(recorded: Sequence[Outcome]) -> list[Outcome]:
    """Of files that show the same the one that was uploaded first."""
    found: dict[str, Outcome] = {}
    for outcome in sorted(recorded, key=lambda each: int(each.item.data["file"])):
        if outcome.data:
            found.setdefault(outcome.data["content_hash"], outcome)
    return list(found.values())


def _named(outcome: Outcome) -> dict[str, Any]:
    data: Mapping[str, Any] = outcome.data or {}
    return {"content_hash": data["content_hash"], "file": outcome.item.data["file"], "item": outcome.item.id}


def _row(outcome: Outcome) -> dict[str, Any]:
    data, item = outcome.data or {}, outcome.item
    told = data["design"]
    return {
        **_named(outcome),
        "filename": item.data["filename"],
        "object": item.data["object"],
        "size": data["size"],
        **{name: told[name] for name in ("kind", "width", "height", "has_alpha", "is_flat", "notes")},
        "phash": told["hashes"]["phash"],
        "dhash": told["hashes"]["dhash"],
        "is_digital": bool(item.data["choices"].get("is_digital")),
        "description": item.data["choices"].get("description"),
    }


def _match(near: Near) -> dict[str, Any]:
    return {
        "design": str(near.design),
        "other": str(near.other),
        "variant": near.variant,
        "phash": near.phash_distance,
        "dhash": near.dhash_distance,
    }
