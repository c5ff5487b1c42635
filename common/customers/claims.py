"""Who claims which name: two customers must not share one."""

from collections.abc import Iterable

from common.customers.entry import Entry
from common.customers.names import fold
from common.customers.problem import Findings


def tell_conflicts(entries: Iterable[Entry], findings: Findings) -> None:
    """Name both customers and both lines wherever an entry claims a name, in any spelling, that is taken."""
    owners: dict[str, tuple[Entry, int]] = {}
    for entry in entries:
        told: set[str] = set()
        for key, name in entry.names:
            folded = fold(name.value)
            owner, line = owners.setdefault(folded, (entry, name.line))
            if owner is not entry and folded not in told:
                told.add(folded)
                mine, theirs = entry.customer, owner.customer
                detail = (
                    f"{folded} names both {theirs.canonical} (line {line}) and {mine.canonical} (line {name.line}); "
                    f"leave it with one of them."
                )
                findings.error(name.line, mine.canonical, key, "conflict", detail)
