"""Which header means which of our columns."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from common.errors import Usage
from common.intake.vocabulary import Assignment, HeaderMapping, Vocabulary

_MAPPED = -1  # better than any name


@dataclass(frozen=True)
class Columns:
    """The columns of a flow, and what people call them.

    Headers are compared by their letters and digits only, in any case: "Part_Number" is "part number".
    Raises ValueError when one header would mean two columns, or a column is named that is not ours.
    """

    names: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our column → other headers for it, the best first."""
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    """Our column → another of ours that serves for it too when no header means it."""
    required: tuple[str, ...] = ()
    _ranks: dict[str, tuple[int, str]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        known = {*self.synonyms, *self.fallbacks, *self.fallbacks.values(), *self.required}
        if unknown := known - set(self.names):
            raise ValueError(f"Not among the columns: {', '.join(sorted(unknown))}.")
        for name in self.names:
            for rank, header in enumerate((name, *self.synonyms.get(name, ()))):
                _, other = self._ranks.setdefault(folded(header), (rank, name))
                if other != name:
                    raise ValueError(f"The header {header!r} would mean both {other} and {name}.")

    def rank(self, header: str) -> tuple[int, str] | None:
        """(how good the name is, 0 the best; our column), or None for a header nobody declared."""
        return self._ranks.get(folded(header))

    @property
    def known(self) -> str:
        """See Vocabulary.known."""
        return ", ".join(self.names)

    def check_mapping(self, mapping: HeaderMapping) -> None:
        """See Vocabulary.check_mapping: only columns of ours, and nothing twice."""
        wanted = [ours for ours in mapping.values() if ours is not None]
        if unknown := sorted(set(wanted) - set(self.names)):
            raise Usage(f"The column mapping names {', '.join(unknown)}; there are only: {self.known}.")
        if len(set(wanted)) != len(wanted) or len({folded(theirs) for theirs in mapping}) != len(mapping):
            raise Usage("The column mapping names a header or a column twice; each may stand there once.")

    def recognised(self, headers: Sequence[str], mapping: HeaderMapping) -> int:
        """See Vocabulary.recognised."""
        return len(self.assign(headers, mapping).places)

    def assign(self, headers: Sequence[str], mapping: HeaderMapping) -> Assignment:
        """See Vocabulary.assign: by the user's mapping first, else by the best synonym present."""
        mapped = {folded(theirs): ours for theirs, ours in mapping.items()}
        best: dict[str, tuple[int, int]] = {}
        for place, header in enumerate(headers):
            rank, meant = _meaning(header, self, mapped)
            if meant and (meant not in best or (rank, place) < best[meant]):
                best[meant] = (rank, place)
        places = {ours: place for ours, (_, place) in best.items()}
        used = set(places.values())
        for ours, other in self.fallbacks.items():
            if ours not in places and other in places:
                places[ours] = places[other]
        unused = tuple(header for place, header in enumerate(headers) if place not in used and header.strip())
        return Assignment(places, unused)

    def check_headers(self, headers: Sequence[str], found: Assignment, mapping: HeaderMapping) -> None:
        """See Vocabulary.check_headers: a column is known, those required or mapped are there, and none is doubled."""
        shown = ", ".join(repr(header) for header in headers[:30]) or "none"
        there = {folded(header) for header in headers}
        if absent := [theirs for theirs in mapping if folded(theirs) not in there]:
            raise Usage(f"The column mapping names {', '.join(absent)}, but the file's headers are: {shown}.")
        used = {headers[place].strip().casefold() for place in found.places.values()}
        spelt = [header.strip().casefold() for header in headers]
        if doubled := sorted(header for header in used if spelt.count(header) > 1):
            raise Usage(f"Two columns of the file are headed {', '.join(doubled)}; rename one of them.")
        example = f'{{"{headers[0] if headers else "Their header"}": "{(self.required or self.names)[0]}"}}'
        advice = f"Rename a header, or give a column mapping such as {example}."
        if not found.places:
            raise Usage(f"No known column in the file; its headers are: {shown}. {advice}")
        if missing := [name for name in self.required if name not in found.places]:
            raise Usage(
                f"The file has no column for {', '.join(missing)}; its headers are: {shown}. {advice}"
            )


def _meaning(header: str, columns: Columns, mapped: HeaderMapping) -> tuple[int, str | None]:
    if folded(header) in mapped:
        return _MAPPED, mapped[folded(header)]
    return columns.rank(header) or (0, None)


def folded(header: str) -> str:
    """What headers are compared by: letters and digits, in NFKC, without case."""
    return "".join(each for each in unicodedata.normalize("NFKC", header).casefold() if each.isalnum())


def read_mapping(path: Path, columns: Vocabulary) -> HeaderMapping:
    """The column mapping in a JSON file: {"their header": "our column"}, null for a header to leave out.

    Raises Usage when it cannot be read, is no such object, or names a column that is not ours.
    """
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise Usage(f"The column mapping {path} cannot be opened ({error.strerror}).") from error
    except ValueError as error:
        raise Usage(f"The column mapping {path} is not JSON: {error}; correct it there.") from error
    if not isinstance(content, dict) or not all(isinstance(each, str | None) for each in content.values()):
        raise Usage(f'The column mapping {path} must be one JSON object like {{"Their header": "pn"}}.')
    columns.check_mapping(content)
    return content
