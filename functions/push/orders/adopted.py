"""What a baseline has found on the boards, kept in our own tables and told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from common.database.engine import as_json, call
from common.pipeline.item import Run
from functions.push.monday.board_items import KeyedItem

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST_NAMED = 20
"""Items of a board that are told by name; the others are counted."""
_KEYS = "(select jsonb_array_elements_text(cast(%s as jsonb)))"
_KNOWN = "select shelfline_keys_read_v1(%s, cast(%s as jsonb))"
_ORDERS = """
insert into orders as o (tenant_id, key, scope, order_number, board_id, monday_item_id, document, run_id)
select s.tenant_id, s.key, s.scope, s.target_doc->'values'->>'AAG ORDER NUMBER', %s, x.item, s.target_doc, %s
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, item text)
join snapshots s on s.tenant_id = %s and s.flow = 'orders' and s.target = 'monday' and s.key = x.key
where s.target_doc is not null and s.deleted_at is null
on conflict (tenant_id, key) do update set scope = excluded.scope, order_number = excluded.order_number, board_id = excluded.board_id,
  monday_item_id = excluded.monday_item_id, document = excluded.document, run_id = excluded.run_id, promoted_at = shelfline_now(),
  deleted_at = null
"""
_NO_LINES = f"delete from order_lines where tenant_id = %s and key in {_KEYS}"  # noqa: S608
_LINES = """
insert into order_lines (tenant_id, key, size, quantity, monday_subitem_id)
select o.tenant_id, o.key, l.key, l.value::bigint, x.lines->>l.key
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, lines jsonb)
join orders o on o.tenant_id = %s and o.key = x.key and o.run_id = %s
cross join lateral jsonb_each_text(o.document->'lines') l
"""
_BOOKS = """
select r.created_by as by, (select coalesce(sum(read), 0) from order_scopes s where s.run_id = r.id) as rows,
  (select coalesce(sum(unchanged), 0) from order_scopes s where s.run_id = r.id) as orders from runs r where r.id = %s
"""
_TELL = (
    "insert into events (tenant_id, stream, step, kind, body) values (%s, %s, 'push', %s, cast(%s as jsonb))"
)


@dataclass(frozen=True)
class Taken:
    """What came of the items of a board.

    adopted: known from now on; not_in_source: with a key that the source lacks; without_key: people's own;
    doubled: with a key that another item has too. named: the first of those that a person should look at.
    """

    items: int = 0
    adopted: int = 0
    not_in_source: int = 0
    without_key: int = 0
    doubled: int = 0
    named: tuple[Mapping[str, str], ...] = field(default=())

    @classmethod
    def counted(
        cls,
        *,
        items: int,
        adopted: int,
        without_key: int,
        not_in_source: Sequence[KeyedItem],
        doubled: Sequence[KeyedItem],
    ) -> Self:
        """Of one page."""
        named = [_named("not_in_source", item) for item in not_in_source]
        named += [_named("doubled", item) for item in doubled]
        return cls(items, adopted, len(not_in_source), without_key, len(doubled), tuple(named[:_MOST_NAMED]))

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> Self:
        """What `as_json` wrote; nothing for None."""
        return cls(**{**document, "named": tuple(document["named"])}) if document else cls()

    def as_json(self) -> dict[str, Any]:
        """For the cursor and for events."""
        return asdict(self)

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            self.items + other.items,
            self.adopted + other.adopted,
            self.not_in_source + other.not_in_source,
            self.without_key + other.without_key,
            self.doubled + other.doubled,
            (*self.named, *other.named)[:_MOST_NAMED],
        )


def known_keys(connection: "Connection", run: Run, keys: Sequence[str]) -> set[str]:
    """Those of the keys that the source has."""
    return set(connection.exec_driver_sql(_KNOWN, (run.id, as_json(list(keys)))).scalars())


def remember(connection: "Connection", run: Run, board: str, items: Sequence[KeyedItem]) -> None:
    """Know that these items of a board stand for orders that the baseline has adopted."""
    if not items:
        return
    sizes = [
        {line.removeprefix(f"{item.key}/"): subitem for line, subitem in item.lines.items()} for item in items
    ]
    rows = [
        {"key": item.key, "item": item.id, "lines": lines} for item, lines in zip(items, sizes, strict=True)
    ]
    connection.exec_driver_sql(_ORDERS, (board, run.id, as_json(rows), run.tenant))
    connection.exec_driver_sql(_NO_LINES, (run.tenant, as_json([item.key for item in items])))
    connection.exec_driver_sql(_LINES, (as_json(rows), run.tenant, run.id))


def tell_board(connection: "Connection", run: Run, board: str, taken: Taken) -> None:
    """What was found on one board."""
    _tell(connection, run, "board_adopted", {"board": board, **taken.as_json()})


def tell_end(connection: "Connection", run: Run, totals: Taken) -> None:
    """Record the baseline: who set it, over how many orders, and what the boards held of them."""
    found = connection.exec_driver_sql(_BOOKS, (run.id,)).mappings().one()
    body = {"by": found["by"], "rows": int(found["rows"]), "orders": int(found["orders"])}
    _tell(connection, run, "baseline_recorded", body | totals.as_json())
    call(connection, "shelfline_forget_rows_v1", run.id)


def _tell(connection: "Connection", run: Run, kind: str, body: Mapping[str, Any]) -> None:
    connection.exec_driver_sql(_TELL, (run.tenant, run.id, kind, as_json(dict(body))))


def _named(what: str, item: KeyedItem) -> dict[str, str]:
    return {"what": what, "item": item.id, "name": item.name, "key": item.key}
