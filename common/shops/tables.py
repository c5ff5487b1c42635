"""Rows of the shops' tables, the same way for each: a table, the column of its parent, what it says.

Values travel as one JSON document, which Postgres turns into its columns' types itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from common.database.array import array
from common.database.engine import as_json
from common.shops.canvas import CanvasConfig, SizeConfig
from common.shops.mockup import Mockup, MockupImage
from common.shops.shop import plain
from common.shops.template import ProductTemplate

if TYPE_CHECKING:
    from sqlalchemy import Connection

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One of them. Names are constants of ours, so they may stand in statements."""

    name: str
    parent: str
    """The column that says to what a row belongs."""
    columns: tuple[str, ...]
    key: str | None = None
    """The column that is unique under a parent, by which a row that comes back is found."""
    is_kept: bool = True
    """A row that is removed becomes inactive."""

    def save(self, connection: "Connection", tenant: str, parent: int, values: Mapping[str, Any]) -> int:
        """Add a row, or bring the one with its key up to date; its id. Raises DataRefused for another's parent."""
        columns = ", ".join(self.columns)
        sql = (
            f"insert into {self.name} (tenant_id, {self.parent}, {columns}) "  # noqa: S608
            f"select :tenant, :parent, {columns} from jsonb_populate_record(null::{self.name}, cast(:document as jsonb)) "
        )
        if self.key:
            sets = ", ".join(f"{each} = excluded.{each}" for each in self.columns)
            unique = ", ".join(dict.fromkeys(("tenant_id", self.parent, self.key)))
            sql += f"on conflict ({unique}) do update set {sets}, updated_at = shelfline_now() "
        values = {"tenant": tenant, "parent": parent, "document": as_json(plain(values))}
        return int(run(connection, sql + "returning id", **values)[0]["id"])

    def change(self, connection: "Connection", tenant: str, number: int, values: Mapping[str, Any]) -> bool:
        """Set all columns of a row; False when there is none."""
        sets = ", ".join(f"{each} = d.{each}" for each in self.columns)
        sql = (
            f"update {self.name} t set {sets}, updated_at = shelfline_now() "  # noqa: S608
            f"from jsonb_populate_record(null::{self.name}, cast(:document as jsonb)) d "
            "where t.tenant_id = :tenant and t.id = :id returning t.id"
        )
        return bool(run(connection, sql, tenant=tenant, id=number, document=as_json(plain(values))))

    def remove(self, connection: "Connection", tenant: str, number: int) -> bool:
        """Make a row inactive, or delete it where nothing is kept; False when there is none."""
        if self.is_kept:
            sql = f"update {self.name} set is_active = false, updated_at = shelfline_now() where"  # noqa: S608
            sql += " is_active and"
        else:
            sql = f"delete from {self.name} where"  # noqa: S608
        return bool(
            run(connection, f"{sql} tenant_id = :tenant and id = :id returning id", tenant=tenant, id=number)
        )

    def get(self, connection: "Connection", tenant: str, number: int) -> Row | None:
        """A row, active or not."""
        sql = f"select * from {self.name} where tenant_id = :tenant and id = :id"  # noqa: S608
        found = run(connection, sql, tenant=tenant, id=number)
        return found[0] if found else None

    def of(self, connection: "Connection", tenant: str, parents: Sequence[int] | None = None) -> list[Row]:
        """The active rows under these parents, or under any, in the order in which they came."""
        active = "and is_active" if self.is_kept else ""
        under = "" if parents is None else f"and {self.parent} = any(cast(:parents as bigint[]))"
        sql = f"select * from {self.name} where tenant_id = :tenant {active} {under} order by id"  # noqa: S608
        given = {} if parents is None else {"parents": array(parents)}
        return run(connection, sql, tenant=tenant, **given)


def _said(kind: type, *others: str) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name not in ("id", *others))


TEMPLATES: Final = Table(
    "product_templates", "shop_id", _said(ProductTemplate, "canvases", "mockups"), key="name"
)
CANVASES: Final = Table("canvas_configs", "template_id", _said(CanvasConfig, "sizes"), key="name")
SIZES: Final = Table("size_configs", "canvas_id", _said(SizeConfig), key="name")
MOCKUPS: Final = Table("mockups", "template_id", _said(Mockup, "images"), key="name")
IMAGES: Final = Table("mockup_images", "mockup_id", _said(MockupImage, "masks"), is_kept=False)
MASKS: Final = Table(
    "mask_data", "image_id", ("masks", "is_cropped", "alignment"), key="image_id", is_kept=False
)


def run(connection: "Connection", sql: str, **values: Any) -> list[Row]:
    """The rows of a statement with `:names`."""
    from sqlalchemy import text

    result = connection.execute(text(sql), values)
    return [dict(row) for row in result.mappings()] if result.returns_rows else []
