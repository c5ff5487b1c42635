"""Everything the parts flow has written, in a form that two databases can be compared by.

Left out is what may differ between two runs that did the same: ids, times, tries, tokens, chunks. Rows are told apart by
their natural keys, ids that point to other rows are replaced by theirs.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

Query = Callable[[str], list[Any]]
"""Runs a statement and answers its rows."""

_TIMES = frozenset({"fetched_at", "enriched_at", "until", "at"})

_TABLES: Mapping[str, str] = {
    "runs": """
        select to_jsonb(r) - '{id,settings,options,frozen_at,created_at,started_at,settled_at}'::text[]
          - '{wall_created_at,wall_settled_at}'::text[] from runs r""",
    "figures": """
        select jsonb_build_object('fetched', sum(fetched), 'in_progress', sum(in_progress), 'done', sum(done), 'skipped', sum(skipped),
          'rejected', sum(rejected), 'failed', sum(failed), 'manual', sum(manual), 'waiting', sum(waiting),
          'cancelled', sum(cancelled)) from run_counts group by run_id""",
    "items": """
        select to_jsonb(i) - '{id,run_id,chunk_id,next_step,next_phase,next_lane,next_due,attempts}'::text[] from items i""",
    "manufacturers": """
        select to_jsonb(m) - '{id,alias_of,created_at}'::text[] || jsonb_build_object('alias_of', a.key)
        from manufacturers m left join manufacturers a on a.id = m.alias_of""",
    "categories": """
        select to_jsonb(c) - '{id,parent_id}'::text[] || jsonb_build_object('parent', p.full_name)
        from categories c left join categories p on p.id = c.parent_id""",
    "parts": """
        select to_jsonb(p) - '{id,manufacturer_id,category_id,created_at,updated_at}'::text[]
          || jsonb_build_object('manufacturer', m.key, 'category', c.full_name)
        from parts p left join manufacturers m on m.id = p.manufacturer_id left join categories c on c.id = p.category_id""",
    **{
        table: f"select to_jsonb(t) - 'part_id' || jsonb_build_object('part', p.key) from {table} t join parts p on p.id = t.part_id"
        for table in ("part_attributes", "part_documents", "part_sellers", "part_extras", "part_numbers")
    },
    "snapshots": "select to_jsonb(s) - '{id,considered_at,confirmed_at}'::text[] from snapshots s",
    "staged_changes": """
        select to_jsonb(c) - '{id,run_id,item_id,created_at,approved_at,applied_at}'::text[] from staged_changes c""",
    "manual_tasks": """
        select to_jsonb(t) - '{id,run_id,item_id,created_at,updated_at,lease_until,completed_at}'::text[] from manual_tasks t""",
    "decisions": "select to_jsonb(d) - '{id,run_id,item_id,at}'::text[] from decisions d",
    "part_outcomes": "select to_jsonb(o) - '{id,run_id,item_id,at}'::text[] from part_outcomes o",
    "quarantine": "select to_jsonb(q) - '{id,run_id,created_at,replayed_at}'::text[] from quarantine q",
    "effects": "select jsonb_build_object('key', key, 'target', target, 'state', state, 'content', content_hash) from effects",
    "daily_tasks": "select jsonb_build_object('used', used) from quotas where account = 'router'",
}  # fmt: skip


def dump(query: Query) -> dict[str, list[str]]:
    """{table: its rows as sorted JSON texts}."""
    return {table: sorted(_text(row[0]) for row in query(statement)) for table, statement in _TABLES.items()}


def _text(document: Any) -> str:
    return json.dumps(_timeless(document), sort_keys=True)


def _timeless(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _timeless(each) for name, each in value.items() if name not in _TIMES}
    if isinstance(value, list):
        return [_timeless(each) for each in value]
    return value
