"""Whether a number of items is cheaper to write by aliased mutations or by an import. Pure.

Counted are requests, because the calls of a day bind first. An import answers with counts, not with ids, so the ids have to
be fetched by the key column afterwards. It writes items only: subitems go by mutations either way.
"""

from dataclasses import dataclass
from typing import Literal

from functions.push.monday.documents import MOST_MUTATIONS
from functions.push.monday.lookup import KEYS_A_CALL

MOST_ROWS = 10_000
"""Rows of one file of `ingest_items`; also what a board holds."""
LARGEST_FILE = 150 * 1024 * 1024
"""Bytes of one file."""
MOST_AN_HOUR = 19_000
"""Items that all imports of an account create or update in an hour."""
EXPECTED_POLLS = 6
"""Questions after the state of one import. An assumption: how long an import takes is not published."""
_START_AND_UPLOAD = 2


@dataclass(frozen=True)
class Route:
    """The cheaper way. calls: requests in all, the look-up of ids among them. files: of an import."""

    way: Literal["mutations", "import"]
    calls: int
    files: int = 0


def route(items: int, *, a_call: int = MOST_MUTATIONS, polls: int = EXPECTED_POLLS) -> Route:
    """The cheaper way to create or change so many items of one group of a board. a_call: mutations that a request carries."""
    mutations, imported = calls_by_mutations(items, a_call), calls_by_import(items, polls=polls)
    if imported < mutations:
        return Route("import", imported, _ceiling(items, MOST_ROWS))
    return Route("mutations", mutations)


def calls_by_mutations(items: int, a_call: int = MOST_MUTATIONS) -> int:
    """Requests of so many mutations each; their answers name the ids."""
    return _ceiling(items, a_call)


def calls_by_import(items: int, *, polls: int = EXPECTED_POLLS) -> int:
    """Start, upload and polls of each file, then the look-up of the ids, 100 a request."""
    files = _ceiling(items, MOST_ROWS)
    return files * (_START_AND_UPLOAD + polls) + _ceiling(items, KEYS_A_CALL)


def crossover(*, polls: int = EXPECTED_POLLS) -> int:
    """The smallest number of items from which on an import never takes more requests than mutations would."""
    last_dearer = max(
        items
        for items in range(MOST_ROWS + 1)
        if calls_by_import(items, polls=polls) > calls_by_mutations(items)
    )
    return last_dearer + 1


def hours(items: int) -> int:
    """In how many hours so many items can be imported; an hour's allowance is shared with everybody's imports."""
    return _ceiling(items, MOST_AN_HOUR)


def _ceiling(number: int, size: int) -> int:
    return -(-number // size)
