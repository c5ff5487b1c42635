"""The drafts of a shop, or its listings in another state: all pages of them, and those that bear a mark.

Etsy pages by offset over a list, the newest first, that may change meanwhile: a draft that is deleted moves one unseen into
a page that was read, one that is made moves one into the next page again. So a reading counts only when every page told
the same number of drafts and as many different ones were read; "not found" in it is still no proof by itself, because a
creation under way may show later.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from common.errors import GiveUp, Retry
from functions.push.etsy.answers import HeldListing, Page
from functions.push.etsy.marks import has_mark

HIGHEST_OFFSET = 12_000
"""Beyond it Etsy is said to answer no more; it is not documented."""
DRIFT = timedelta(minutes=5)
"""How far Etsy's clock, by which a draft was made, may be behind ours."""
MOST_READINGS = 3


def all_of(page: Callable[[int], Page]) -> list[HeldListing]:
    """Every listing of a list. page: gives what follows an offset.

    Raises Retry when the list keeps changing, GiveUp when it is too long to be read.
    """
    for _ in range(MOST_READINGS):
        found, counts = _reading(page)
        if counts == {len(found)}:
            return list(found.values())
    raise Retry(
        f"The list of drafts changed under {MOST_READINGS} readings; look again.",
        reason="etsy_paging",
        after=5,
    )


def marked(drafts: Iterable[HeldListing], mark: str, since: datetime) -> list[HeldListing]:
    """Those that bear the mark and were made since then, the oldest first; more than one is an alarm."""
    made = [draft for draft in drafts if draft.created_at >= since - DRIFT]
    return sorted((draft for draft in made if has_mark(draft.description, mark)), key=lambda each: each.id)


def _reading(page: Callable[[int], Page]) -> tuple[dict[int, HeldListing], set[int]]:
    """The drafts by their numbers, and how many there were by each page's word."""
    found: dict[int, HeldListing] = {}
    counts: set[int] = set()
    offset = 0
    while True:
        answer = page(offset)
        if answer.count > HIGHEST_OFFSET:
            raise GiveUp(
                f"The shop has {answer.count} listings in this state, more than Etsy lets us read; delete some.",
                reason="etsy_too_many_drafts",
            )
        found |= {draft.id: draft for draft in answer.listings}
        counts.add(answer.count)
        offset += len(answer.listings)
        if not answer.listings or offset >= answer.count:
            return found, counts
