"""What a request is expected to cost in complexity points, before monday.com says what it did cost.

An estimate is booked before the call and corrected by the field `complexity` of the answer, so a wrong one costs a little
pace, not correctness. monday.com counts what a request could return, not what it returns.

Sources: MUTATION: API reference, "Best practices" (creating an item costs about 10,000); the same is assumed of the other
mutations, for which no figure is published. FIELD and OBJECT: the vendor's community post "Complexity field weights".
The figures of the look-ups are not published: they are assumptions on the safe side.
"""

from functions.push.monday.limits import Plan

OBJECT = 10
FIELD = 1
MUTATION = 10_000 + OBJECT + FIELD
"""One aliased mutation that answers with an id."""
LOOK_UP = 100_000
"""A page of items found by the values of a column; the weight that the forerunner of that query had."""
HELD_LINES = 10
"""Subitems of an item that are reckoned with."""
HELD_COLUMNS = 40
"""Columns of an item, or of a subitem, that are reckoned with where none are named."""
BOARD = 20_000
JOB = 1_000
IDENTITY = 100


def of_items(items: int, columns: int = HELD_COLUMNS, line_columns: int = HELD_COLUMNS) -> int:
    """Reading so many items with their columns and their subitems."""
    value = OBJECT + 4 * FIELD
    line = OBJECT + 3 * FIELD + line_columns * value
    return items * (3 * OBJECT + 6 * FIELD + columns * value + HELD_LINES * line)


def within(estimate: int, plan: Plan, *, is_write: bool) -> int:
    """The estimate, at most what the plan allows in a minute: a guess must not make a request impossible."""
    return min(estimate, plan.writes if is_write else plan.reads)
