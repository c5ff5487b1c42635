"""Whether a board still holds what a change was reviewed against. Pure."""

from collections.abc import Iterator
from typing import Any

from functions.push.orders.holding import Holding
from functions.push.orders.work import PushOrder

Drift = dict[str, Any]
"""{column title, "name" or "line <size>": {expected, found}}; empty for none."""


def drift(order: PushOrder, holding: Holding) -> Drift:
    """Where the board holds something else than what was reviewed.

    What holds already what we would write is no drift: it is our own earlier try, or a person who was faster. Only what is
    ours is looked at: columns that people keep, and groups that they sort items into, are theirs.
    """
    if not order.before:  # nothing was reviewed of what the board holds: it was found by its key
        return {}
    return dict((*_name(order, holding), *_values(order, holding), *_lines(order, holding)))


def _name(order: PushOrder, holding: Holding) -> Iterator[tuple[str, Any]]:
    if holding.item.name not in (order.before["name"], order.wanted["name"]):
        yield "name", _between(order.before["name"], holding.item.name)


def _values(order: PushOrder, holding: Holding) -> Iterator[tuple[str, Any]]:
    before, wanted = order.before["values"], order.wanted["values"]
    for title in {**before, **wanted}:
        if not any(holding.has_value(title, values.get(title)) for values in (before, wanted)):
            yield title, _between(before.get(title), holding.value(title))


def _lines(order: PushOrder, holding: Holding) -> Iterator[tuple[str, Any]]:
    before, wanted = order.before["lines"], order.wanted["lines"]
    for size in before:
        if not any(holding.has_line(size, lines.get(size)) for lines in (before, wanted)):
            yield f"line {size}", _between(before[size], holding.quantity(size))


def _between(expected: object, found: object) -> dict[str, object]:
    return {"expected": expected, "found": found}
