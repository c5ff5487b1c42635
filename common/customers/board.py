"""Which orders a board takes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRule:
    """A board, and whose orders of which seasons it takes; nothing said of either means all."""

    board: str
    """The board's id: digits."""
    seasons: tuple[str, ...] = ()
    """Folded."""
    customers: tuple[str, ...] = ()
    """Canonical names."""
    line: int = 0
    """Where it begins in the file, from 1."""

    def takes(self, customer: str, seasons: Collection[str]) -> bool:
        """Whether it takes orders of the customer (canonical) in any of the seasons (folded)."""
        return (not self.customers or customer in self.customers) and (
            not self.seasons or any(season in self.seasons for season in seasons)
        )

    def as_json(self) -> dict[str, Any]:
        """The rule as a JSON object, for `from_json`."""
        return {
            "board": self.board,
            "seasons": list(self.seasons),
            "customers": list(self.customers),
            "line": self.line,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The rule that `as_json` wrote."""
        return cls(
            board=document["board"],
            seasons=tuple(document["seasons"]),
            customers=tuple(document["customers"]),
            line=document["line"],
        )
