"""What the stand-in was asked, for tests and reports."""

from collections import Counter
from typing import Any


class Counters:
    """Counts calls; kept through a restart."""

    def __init__(self, kept: dict[str, Any] | None) -> None:
        """`kept` is what `facts` said before a restart."""
        kept = kept or {}
        self.totals: Counter[str] = Counter(kept.get("totals", {}))
        """calls, queries, mutations, replayed, conflicts, locked, unauthorised, rate_limited, points."""
        self.fields: Counter[str] = Counter(kept.get("fields", {}))
        """Root fields executed, by name."""
        self.rate_limited: Counter[str] = Counter(kept.get("rate_limited", {}))
        """Calls refused for a limit, by code."""
        self.peak_writes: Counter[str] = Counter(kept.get("peak_concurrent_writes", {}))
        """The most writes at once that met at a board, refused ones too."""

    def limited(self, code: str) -> None:
        """A call was refused for a limit."""
        self.totals["rate_limited"] += 1
        self.rate_limited[code] += 1

    def facts(self) -> dict[str, Any]:
        """Everything, as JSON."""
        return {
            "totals": dict(self.totals),
            "fields": dict(self.fields),
            "rate_limited": dict(self.rate_limited),
            "peak_concurrent_writes": dict(self.peak_writes),
        }
