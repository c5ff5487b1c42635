"""One customer as the pipeline knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self, cast

Status = Literal["approved", "review", "unknown"]
"""approved: its orders go on by themselves. review, unknown (in no book): a person looks first."""

SYSTEMS: Final = ("packed_products", "shipped", "master_order_list", "mon_customer_ms")
"""The systems that may call a customer by names of their own, by their keys in the file."""

ORDER_NUMBER: Final = "AAG ORDER NUMBER"
"""The column that every key of an order holds."""

DEFAULT_UNIQUE_KEYS: Final = (
    ORDER_NUMBER,
    "CUSTOMER STYLE",
    "CUSTOMER COLOUR DESCRIPTION",
    "PLANNED DELIVERY METHOD",
    "PO NUMBER",
)
"""What tells one order from another, for customers whose entry says nothing else."""

REVIEW_POSITION: Final = 999
UNKNOWN_POSITION: Final = 1000
MOST_APPROVED: Final = REVIEW_POSITION - 1
"""Approved customers have the positions before; one more would come after those under review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer. Two are the same when everything said of them is."""

    canonical: str
    """Its one name, folded: `names.fold`."""
    status: Status
    position: int
    """Whose turn it is: approved 1 to n in the order of the file, review 999, unknown 1000."""
    unique_keys: tuple[str, ...] = DEFAULT_UNIQUE_KEYS
    """Columns, folded, that tell its orders apart."""
    extra_checks: tuple[str, ...] = ()
    """Further columns, folded, that should agree where the unique keys do."""
    column_mapping: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    """Its own header → our column, folded; None for a header to leave out."""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """System of `SYSTEMS` → what that calls it, as written; systems without a name are left out."""
    aliases: tuple[str, ...] = ()
    """Further names, as written."""
    shipment_key_config: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """As in the file."""
    matching_config: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """As in the file."""
    line: int = 0
    """Where its entry begins in the file, from 1; 0 for one that is in no file."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every name it goes by: canonical, then as written, without repetitions."""
        by_system = (name for names in self.names.values() for name in names)
        return tuple(dict.fromkeys((self.canonical, *self.aliases, *by_system)))

    def as_json(self) -> dict[str, Any]:
        """The customer as a JSON object, for `from_json`."""
        return {
            "canonical": self.canonical,
            "status": self.status,
            "position": self.position,
            "unique_keys": list(self.unique_keys),
            "extra_checks": list(self.extra_checks),
            "column_mapping": dict(self.column_mapping),
            "names": {system: list(names) for system, names in self.names.items()},
            "aliases": list(self.aliases),
            "shipment_key_config": dict(self.shipment_key_config),
            "matching_config": dict(self.matching_config),
            "line": self.line,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The customer that `as_json` wrote."""
        return cls(
            canonical=document["canonical"],
            status=cast(Status, document["status"]),
            position=document["position"],
            unique_keys=tuple(document["unique_keys"]),
            extra_checks=tuple(document["extra_checks"]),
            column_mapping=document["column_mapping"],
            names={system: tuple(names) for system, names in document["names"].items()},
            aliases=tuple(document["aliases"]),
            shipment_key_config=document["shipment_key_config"],
            matching_config=document["matching_config"],
            line=document["line"],
        )


def unknown(canonical: str) -> Customer:
    """Whoever is in no book, under the folded name that came."""
    return Customer(canonical=canonical, status="unknown", position=UNKNOWN_POSITION)
