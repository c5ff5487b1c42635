"""What is to be made of each design of a chunk: for which shop, from which template, under which number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json, call
from common.errors import NotFound
from common.pipeline.item import Claim, Item
from common.shops.mockup import FIRST_NUMBER, Mockup
from common.shops.store import Shops, StoredTemplate
from common.uploads.choices import Choices

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DESIGNS = """
select * from designs where tenant_id = %s and id in (select jsonb_array_elements_text(cast(%s as jsonb))::uuid)
"""
_NUMBERED = """
update designs d set number = x.number, shop = x.shop, template = x.template, updated_at = shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(design uuid, number bigint, shop text, template text)
where d.tenant_id = %s and d.id = x.design
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be made of one design."""

    design: Any
    """Its row."""
    choices: Choices
    sold: StoredTemplate | None = None
    """None without a shop or a template: the design is stored, and not listed."""
    mockup: Mockup | None = None
    number: int = 0
    """Of the design among those of its template; 0 without one."""
    without: str = ""
    """Why it is not sold: no_shop or no_template."""
    missing: NotFound | None = None
    """What was chosen and is not there."""

    @property
    def is_digital(self) -> bool:
        """Whether it is sold as a file: as the upload says, else as its template says."""
        if self.choices.is_digital is not None or self.sold is None:
            return bool(self.choices.is_digital)
        return self.sold.template.is_digital


def plans_of(connection: "Connection", claim: Claim) -> dict[int, Plan]:
    """Item id → what is to be made of its design. A design keeps the number that it was given first."""
    items = [item for item in claim.items if item.data.get("operation") != "delete"]
    ids = as_json([item.data["design_id"] for item in items])
    rows = {str(row.id): row for row in connection.exec_driver_sql(_DESIGNS, (claim.run.tenant, ids))}
    chooser = _Chooser(Shops(connection), claim.run.tenant)
    plans = {item.id: chooser.plan(item, rows[item.data["design_id"]]) for item in items}
    return _numbered(connection, claim, plans)


class _Chooser:
    """Finds what was chosen; what was not said is taken where a shop has only one of it."""

    def __init__(self, shops: Shops, tenant: str) -> None:
        self._shops = shops
        self._tenant = tenant
        self._all: Sequence[Any] | None = None
        self._found: dict[tuple[str, str], StoredTemplate] = {}

    def plan(self, item: Item, design: Any) -> Plan:
        choices = Choices.parse(item.data["choices"])
        try:
            sold, without = self._sold(choices)
            mockup = sold.mockup(choices.mockup) if sold else None
        except NotFound as error:
            return Plan(design=design, choices=choices, missing=error)
        return Plan(design=design, choices=choices, sold=sold, mockup=mockup, without=without)

    def _sold(self, choices: Choices) -> tuple[StoredTemplate | None, str]:
        shop = choices.shop or self._only([each.name for each in self._shops_there()])
        if shop is None:
            return None, "no_shop"
        sold_there = {one.name: one.templates for one in self._shops_there()}
        if shop not in sold_there:
            raise NotFound(
                f"There is no shop {shop!r}; write its file and load that: `shelfline shops load FILE`.",
                reason="no_shop",
            )
        templates = [each.name for each in sold_there[shop]]
        template = choices.product_template or self._only(templates)
        if template is None:
            return None, "no_template"
        if (shop, template) not in self._found:
            self._found[shop, template] = self._shops.template(self._tenant, shop, template)
        return self._found[shop, template], ""

    def _shops_there(self) -> Sequence[Any]:
        if self._all is None:
            self._all = self._shops.all(self._tenant)
        return self._all

    def _only(self, names: Sequence[str]) -> str | None:
        return names[0] if len(names) == 1 else None


def _numbered(connection: "Connection", claim: Claim, plans: Mapping[int, Plan]) -> dict[int, Plan]:
    """The plans with their numbers. In mode TEST none is taken: nothing is called by it."""
    numbered: dict[int, Plan] = {}
    kept = []
    for item_id, plan in sorted(plans.items()):
        number = _number_of(connection, claim, plan)
        numbered[item_id] = replace(plan, number=number)
        if plan.sold and claim.run.may_write:
            template = plan.sold.template.name
            kept.append(
                {
                    "design": str(plan.design.id),
                    "number": number,
                    "shop": plan.sold.shop.name,
                    "template": template,
                }
            )
    if kept:
        connection.exec_driver_sql(_NUMBERED, (as_json(kept), claim.run.tenant))
    return numbered


def _number_of(connection: "Connection", claim: Claim, plan: Plan) -> int:
    if plan.sold is None:
        return 0
    starting = plan.mockup.starting_name if plan.mockup else FIRST_NUMBER
    if not claim.run.may_write:
        return starting
    named = (plan.design.shop, plan.design.template)
    if plan.design.number is not None and named == (plan.sold.shop.name, plan.sold.template.name):
        return int(plan.design.number)
    sold = (plan.sold.shop.id, plan.sold.template.name)
    return int(call(connection, "shelfline_take_design_numbers_v1", claim.run.tenant, *sold, 1, starting))
