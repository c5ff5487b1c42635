"""The catalogue of parts that the pipeline has filled."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from common.auth.tokens import Role
from common.database.engine import as_json
from common.errors import NotFound
from common.interface.desk import Desk, View, rows, single

if TYPE_CHECKING:
    from sqlalchemy import Connection

Order = Literal["relevance", "name", "date_desc", "date_asc"]
_MOST_SHOWN = 100
_SEPARATOR = " > "

_PARTS = """
from parts p left join manufacturers m on m.tenant_id = p.tenant_id and m.id = p.manufacturer_id
left join categories c on c.tenant_id = p.tenant_id and c.id = p.category_id
where p.tenant_id = :tenant
"""
_COLUMNS = """
select p.id, p.part_number, p.key, p.source_product_id as product_id, m.name as manufacturer, c.full_name as category,
  p.description, p.lifecycle_status, p.version, p.enriched_at, p.created_at, p.updated_at
"""
_FILTERS = """
  and (cast(:query as text) is null or position(lower(:query) in lower(p.part_number)) > 0
    or position(lower(:query) in lower(coalesce(p.description, ''))) > 0
    or exists (select from part_numbers n where n.tenant_id = p.tenant_id and n.part_id = p.id
      and position(lower(:query) in lower(n.name)) > 0))
  and (cast(:manufacturer as text) is null or lower(m.name) = lower(:manufacturer))
  and (cast(:category as text) is null or starts_with(lower(c.full_name), lower(:category)))
  and (cast(:lifecycle as text) is null or lower(p.lifecycle_status) = lower(:lifecycle))
  and (cast(:attribute as text) is null or exists (select from part_attributes a where a.tenant_id = p.tenant_id and a.part_id = p.id
    and lower(a.name) = lower(:attribute) and (cast(:attribute_value as text) is null or lower(a.value_text) = lower(:attribute_value))))
"""
_ORDERS: Mapping[Order, str] = {
    "relevance": "case when lower(p.part_number) = lower(:query) then 0 "
    "when starts_with(lower(p.part_number), lower(:query)) then 1 else 2 end, p.part_number, p.id",
    "name": "p.part_number, p.id",
    "date_desc": "p.updated_at desc, p.id desc",
    "date_asc": "p.updated_at, p.id",
}
_ONE = f"{_COLUMNS}, p.provenance {_PARTS} and (p.id = cast(:number as bigint) or p.source_product_id = :id) order by p.id limit 1"
_BY_NUMBER = f"{_COLUMNS} {_PARTS} and lower(p.part_number) = lower(:number) order by m.name nulls last, p.id limit :limit"
_LISTS: Mapping[str, str] = {
    "attributes": "select name, value_text as value, unit, source, source_url, notes from part_attributes",
    "documents": "select url, type, description, source from part_documents",
    "sellers": "select name, type, offer, source from part_sellers",
    "extras": "select name, value, source, source_url from part_extras",
    "other_numbers": "select name, source, source_url, notes from part_numbers",
}
_ATTRIBUTES = """
select name, count(*) as parts, coalesce(jsonb_agg(distinct unit) filter (where unit is not null), '[]') as units from part_attributes
where tenant_id = :tenant and (cast(:query as text) is null or position(lower(:query) in lower(name)) > 0)
group by name order by count(*) desc, name limit :limit
"""
_CATEGORIES = """
select id, parent_id, path, depth, name, full_name from categories
where tenant_id = :tenant order by full_name limit :limit
"""
_NEW_CATEGORY = """
insert into categories (tenant_id, parent_id, path, depth, name, full_name)
values (:tenant, cast(:parent as uuid), cast(:path as jsonb), :depth, :name, :full_name)
on conflict (tenant_id, full_name) do update set name = excluded.name
returning id, parent_id, path, depth, name, full_name
"""


class PartView(View):
    """A part of the catalogue. product_id: the source's; id: ours."""

    id: int
    part_number: str
    key: str
    product_id: str | None
    manufacturer: str | None
    category: str | None
    description: str | None
    lifecycle_status: str | None
    version: int
    enriched_at: datetime | None
    created_at: datetime
    updated_at: datetime


class PartDetails(PartView):
    """Everything the catalogue holds of a part. provenance: field → where it came from."""

    provenance: dict[str, Any]
    attributes: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    sellers: list[dict[str, Any]]
    extras: list[dict[str, Any]]
    other_numbers: list[dict[str, Any]]


class PartPage(View):
    """Some parts, and how many there are in all."""

    parts: list[PartView]
    total: int


class CategoryView(View):
    """One category; path: from the root down."""

    id: UUID
    parent_id: UUID | None
    path: list[str]
    depth: int
    name: str
    full_name: str


class AttributeName(View):
    """An attribute that parts have: how many, and in which units."""

    name: str
    parts: int
    units: list[str]


class Catalogue(Desk):
    """The tenant's parts."""

    def search(
        self,
        *,
        query: str | None = None,
        manufacturer: str | None = None,
        category: str | None = None,
        lifecycle: str | None = None,
        attribute: str | None = None,
        attribute_value: str | None = None,
        order: Order = "relevance",
        limit: int = 50,
        offset: int = 0,
    ) -> PartPage:
        """Parts by words in number or description, maker, category (and those below it), status or an attribute."""
        filters = {"query": query, "manufacturer": manufacturer, "category": category, "lifecycle": lifecycle}
        filters |= {"attribute": attribute, "attribute_value": attribute_value, "tenant": self.tenant}
        by = _ORDERS["name" if order == "relevance" and query is None else order]
        with self.transaction() as connection:
            statement = f"{_COLUMNS} {_PARTS} {_FILTERS} order by {by} limit :limit offset :offset"
            found = rows(connection, statement, limit=min(limit, _MOST_SHOWN), offset=offset, **filters)
            total = single(connection, f"select count(*) {_PARTS} {_FILTERS}", **filters)
        return PartPage(parts=[PartView(**row) for row in found], total=int(total))

    def details(self, part_id: str) -> PartDetails:
        """A part by our id or by the source's product id. Raises NotFound."""
        number = int(part_id) if part_id.isascii() and part_id.isdigit() and len(part_id) < 19 else None
        with self.transaction() as connection:
            found = rows(connection, _ONE, tenant=self.tenant, id=part_id, number=number)
            if not found:
                raise NotFound(f"The catalogue has no part {part_id!r}.", reason="unknown_part")
            return PartDetails(**found[0], **self._lists(connection, found[0]["id"]))

    def of_number(self, part_number: str) -> list[PartView]:
        """The parts of that number, one for each maker. Raises NotFound."""
        found = self.rows(_BY_NUMBER, number=part_number.strip(), limit=_MOST_SHOWN)
        if not found:
            raise NotFound(f"The catalogue has no part {part_number!r}.", reason="unknown_part")
        return [PartView(**row) for row in found]

    def attributes(self, query: str | None = None, limit: int = 100) -> list[AttributeName]:
        """The attributes that parts have, the commonest first."""
        return [AttributeName(**row) for row in self.rows(_ATTRIBUTES, query=query, limit=limit)]

    def categories(self, limit: int = 1000) -> list[CategoryView]:
        """The categories in the order of their full names."""
        return [CategoryView(**row) for row in self.rows(_CATEGORIES, limit=limit)]

    def add_category(self, name: str, parent_id: UUID | None = None) -> CategoryView:
        """A category below another or at the top; one that exists is answered as it is. Raises NotFound."""
        self.require(Role.OPERATOR)
        with self.transaction() as connection:
            above = self._path(connection, parent_id)
            path = [*above, " ".join(name.split())]
            values = {
                "parent": str(parent_id) if parent_id else None,
                "path": as_json(path),
                "depth": len(above),
            }
            made = rows(
                connection,
                _NEW_CATEGORY,
                tenant=self.tenant,
                name=path[-1],
                full_name=_SEPARATOR.join(path),
                **values,
            )
        return CategoryView(**made[0])

    def _path(self, connection: "Connection", category_id: UUID | None) -> list[str]:
        if category_id is None:
            return []
        statement = "select path from categories where tenant_id = :tenant and id = cast(:id as uuid)"
        path = single(connection, statement, tenant=self.tenant, id=str(category_id))
        if path is None:
            raise NotFound(f"There is no category {category_id}.", reason="unknown_category")
        return list(path)

    def _lists(self, connection: "Connection", part_id: int) -> dict[str, list[dict[str, Any]]]:
        return {
            name: rows(
                connection,
                f"{select} where tenant_id = :tenant and part_id = :part order by 1",
                tenant=self.tenant,
                part=part_id,
            )
            for name, select in _LISTS.items()
        }
