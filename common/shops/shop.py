"""A shop: its account at Etsy, what that has, and the templates of what is sold there."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final

from common.shops.fault import Fault, out_of_range
from common.shops.name import name_faults
from common.shops.template import ProductTemplate

FACTS: Final = {
    "taxonomies": "taxonomy_id",
    "sections": "shop_section_id",
    "shipping_profiles": "shipping_profile_id",
    "return_policies": "return_policy_id",
    "readiness_states": "readiness_state_id",
}
"""What a shop has, and the field of a template that names one of it."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something of a shop's, by Etsy's number and its name there."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A shop, as its file says it."""

    name: str
    etsy_shop_id: int
    facts: Mapping[str, tuple[Named, ...]] = field(default_factory=dict, hash=False)
    """By the keys of FACTS. A list that is left out is not compared with what templates name."""
    templates: tuple[ProductTemplate, ...] = ()
    id: int = field(default=0, compare=False)

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with it, its templates apart."""
        yield from name_faults(self.name, "shop")
        yield from out_of_range("shop_id", self.etsy_shop_id, 1, 2**63 - 1)

    def unknown(self, template: ProductTemplate) -> Iterator[Fault]:
        """What a template names that the shop does not have."""
        for fact, name in FACTS.items():
            known = self.facts.get(fact)
            number = getattr(template, name)
            if known and number is not None and number not in {each.id for each in known}:
                listed = ", ".join(f"{each.id} ({each.name})" for each in known)
                detail = f"{number} is none of the shop's {fact.replace('_', ' ')}: {listed}. Correct it, or add it there."
                yield Fault(name, "unknown_id", detail)

    def as_json(self) -> dict[str, Any]:
        """The shop as a JSON object; amounts and inches as texts, numbers of rows only where there are some."""
        document: dict[str, Any] = plain(asdict(self))
        return document


def plain(value: Any) -> Any:
    """A value as JSON has it: tuples as lists, amounts and inches as texts."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items() if (key, each) != ("id", 0)}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value
