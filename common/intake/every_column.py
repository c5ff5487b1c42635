"""Headers that are taken as they are: every column of a file is kept, in its order, under its own header."""

import unicodedata
from collections.abc import Sequence

from common.errors import Usage
from common.intake.vocabulary import Assignment, HeaderMapping

_LONGEST = 300  # characters of a header
_SHOWN = 30


class EveryColumn:
    """A Vocabulary without a list: a column is called what its header says, or what the user's mapping makes of it.

    Headers are one when they differ only in case, in spaces or in their Unicode form; two of one file are refused. A
    column without a header is left out.
    """

    @property
    def known(self) -> str:
        """See Vocabulary.known."""
        return "every key that the column mapping does not leave out"

    def check_mapping(self, mapping: HeaderMapping) -> None:
        """See Vocabulary.check_mapping."""
        wanted = [spelled(ours) for ours in mapping.values() if ours is not None]
        if any(not ours or len(ours) > _LONGEST for ours in wanted):
            raise Usage(
                f"The column mapping needs names of 1 to {_LONGEST} characters; null leaves a header out."
            )
        if len({folded(ours) for ours in wanted}) != len(wanted) or len({folded(t) for t in mapping}) != len(
            mapping
        ):
            raise Usage("The column mapping names a header or a column twice; each may stand there once.")

    def recognised(self, headers: Sequence[str], mapping: HeaderMapping) -> int:
        """See Vocabulary.recognised. Only the mapping tells; without one the division into most columns is right."""
        mapped = {folded(theirs) for theirs in mapping}
        return sum(folded(header) in mapped for header in headers)

    def assign(self, headers: Sequence[str], mapping: HeaderMapping) -> Assignment:
        """See Vocabulary.assign."""
        mapped = {folded(theirs): ours for theirs, ours in mapping.items()}
        places: dict[str, int] = {}
        first: dict[str, int] = {}
        unused = []
        for place, header in enumerate(headers):
            ours = mapped.get(folded(header), header)
            if ours is None or not spelled(ours):
                unused.append(header if header.strip() else f"column {place + 1}, which has no header")
                continue
            if (other := first.setdefault(folded(ours), place)) != place:
                raise _doubled(spelled(ours), headers, other, place)
            places[spelled(ours)] = place
        return Assignment(places, tuple(unused))

    def check_headers(self, headers: Sequence[str], found: Assignment, mapping: HeaderMapping) -> None:
        """See Vocabulary.check_headers."""
        shown = ", ".join(repr(header) for header in headers[:_SHOWN]) or "none"
        there = {folded(header) for header in headers}
        if absent := [theirs for theirs in mapping if folded(theirs) not in there]:
            raise Usage(f"The column mapping names {', '.join(absent)}, but the file's headers are: {shown}.")
        if not found.places:
            raise Usage(f"No column of the file is left to read; its headers are: {shown}.")
        if long := [name for name in found.places if len(name) > _LONGEST]:
            raise Usage(
                f"The header {long[0][:60]!r}… has over {_LONGEST} characters; is the first line the headers?"
            )


def spelled(header: str) -> str:
    """A header without stray spaces and line breaks, its accents composed (NFC)."""
    return " ".join(unicodedata.normalize("NFC", header).split())


def folded(header: str) -> str:
    """What headers are compared by."""
    return spelled(header).casefold()


def _doubled(name: str, headers: Sequence[str], first: int, second: int) -> Usage:
    return Usage(
        f"Two columns mean {name!r}: the {first + 1}. ({headers[first]!r}) and the {second + 1}. ({headers[second]!r}); "
        "rename one of them, or leave one out by a column mapping.",
        reason="doubled_header",
    )
