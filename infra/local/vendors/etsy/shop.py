"""The one shop: its seller, sections, profiles and policies, and the few kinds of goods that Etsy knows here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("shop.json")


@dataclass(frozen=True)
class Shop:
    """What `shop.json` says, in the shapes of Etsy's answers."""

    facts: Mapping[str, Any]

    @classmethod
    def read(cls, file: Path = FILE) -> "Shop":
        """The shop of a file."""
        return cls(json.loads(file.read_text(encoding="utf-8")))

    @property
    def id(self) -> int:
        """Its number."""
        return int(self.facts["shop_id"])

    @property
    def user_id(self) -> int:
        """Its seller's number."""
        return int(self.facts["user_id"])

    @property
    def currency(self) -> str:
        """ISO 4217."""
        return str(self.facts["currency_code"])

    def knows(self, field: str, number: int) -> bool:
        """Whether `number` is one that this field of a listing may have."""
        if field == "taxonomy_id":
            return any(node["id"] == number for node in self._nodes())
        return any(each[field] == number for each in self.facts[_LISTS[field]])

    def itself(self) -> dict[str, Any]:
        """Answer of getShop."""
        names = ("shop_id", "user_id", "shop_name", "currency_code")
        return {name: self.facts[name] for name in names}

    def sections(self) -> dict[str, Any]:
        """Answer of getShopSections."""
        return _results(
            {**each, "user_id": self.user_id, "active_listing_count": 0} for each in self.facts["sections"]
        )

    def shipping_profiles(self) -> dict[str, Any]:
        """Answer of getShopShippingProfiles."""
        rest = {
            "user_id": self.user_id,
            "is_deleted": False,
            "shipping_profile_destinations": [],
            "shipping_profile_upgrades": [],
            "origin_postal_code": None,
            "profile_type": "manual",
            "domestic_handling_fee": 0,
            "international_handling_fee": 0,
        }
        return _results({**each, **rest} for each in self.facts["shipping_profiles"])

    def return_policies(self) -> dict[str, Any]:
        """Answer of getShopReturnPolicies."""
        return _results({**each, "shop_id": self.id} for each in self.facts["return_policies"])

    def processing_profiles(self, limit: int, offset: int) -> dict[str, Any]:
        """Answer of getShopReadinessStateDefinitions."""
        known = [
            {
                **each,
                "shop_id": self.id,
                "processing_days_display_label": (
                    f"{each['min_processing_days']}-{each['max_processing_days']} days"
                ),
            }
            for each in self.facts["processing_profiles"]
        ]
        return {"count": len(known), "results": known[offset : offset + limit]}

    def taxonomy(self) -> dict[str, Any]:
        """Answer of getSellerTaxonomyNodes."""
        return _results(_node(each, 0, None, ()) for each in self.facts["taxonomy"])

    def _nodes(self) -> Iterator[Mapping[str, Any]]:
        waiting = list(self.facts["taxonomy"])
        while waiting:
            node = waiting.pop()
            waiting += node["children"]
            yield node


_LISTS = {
    "shop_section_id": "sections",
    "shipping_profile_id": "shipping_profiles",
    "return_policy_id": "return_policies",
    "readiness_state_id": "processing_profiles",
}
REFERENCES = ("taxonomy_id", *_LISTS)
"""Fields of a listing that name something of the shop's."""


def _node(node: Mapping[str, Any], level: int, parent: int | None, path: tuple[int, ...]) -> dict[str, Any]:
    here = (*path, node["id"])
    return {
        "id": node["id"],
        "level": level,
        "name": node["name"],
        "parent_id": parent,
        "children": [_node(child, level + 1, node["id"], here) for child in node["children"]],
        "full_path_taxonomy_ids": list(here),
    }


def _results(results: Any) -> dict[str, Any]:
    listed = list(results)
    return {"count": len(listed), "results": listed}
