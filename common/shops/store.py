"""Shops in Postgres: loaded as a whole from a file, read as the steps need them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from common.database.engine import as_json
from common.errors import Conflict, NotFound
from common.shops.canvas import CanvasConfig, SizeConfig
from common.shops.mask import Mask
from common.shops.mockup import Mockup, MockupImage
from common.shops.shop import Named, Shop
from common.shops.tables import CANVASES, IMAGES, MASKS, MOCKUPS, SIZES, TEMPLATES, Row, Table, run
from common.shops.template import ProductTemplate

if TYPE_CHECKING:
    from sqlalchemy import Connection

Part = TypeVar("Part", CanvasConfig, SizeConfig, Mockup)

_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended('shops/' || :tenant, 0))"
_SHOP: Final = "select * from shops where tenant_id = :tenant and name = :name"
_SHOPS: Final = "select * from shops where tenant_id = :tenant order by name"
_SHOP_BY_ID: Final = "select * from shops where tenant_id = :tenant and id = :id"
_SAME_ACCOUNT: Final = (
    "select name from shops where tenant_id = :tenant and etsy_shop_id = :number and name <> :name"
)
_SAVE: Final = """
insert into shops as s (tenant_id, name, etsy_shop_id, facts, version, content_hash)
values (:tenant, :name, :number, cast(:facts as jsonb), 1, :content_hash)
on conflict (tenant_id, name) do update set etsy_shop_id = excluded.etsy_shop_id, facts = excluded.facts, version = s.version + 1,
  content_hash = excluded.content_hash, updated_at = shelfline_now()
returning id, version
"""
_KEEP: Final = """
insert into shop_versions (tenant_id, shop_id, version, file, content_hash, document, loaded_by)
values (:tenant, :shop, :version, :file, :content_hash, cast(:document as jsonb), :by)
returning version, file, content_hash, loaded_at, loaded_by
"""
_VERSIONS: Final = """
select distinct on (shop_id) shop_id, version, file, content_hash, loaded_at, loaded_by from shop_versions
where tenant_id = :tenant order by shop_id, version desc
"""
_TOUCH: Final = (
    "update shops set content_hash = '', updated_at = shelfline_now() where tenant_id = :tenant and id = :id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedVersion:
    """A load of a shop's file."""

    version: int
    """From 1, without gaps."""
    file: str
    content_hash: str
    """SHA-256 of the file and of where its pictures lie, in hexadecimal digits."""
    loaded_at: datetime
    loaded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTemplate:
    """A template of a shop as a step needs it."""

    shop: Shop
    """Without its templates."""
    template: ProductTemplate
    """With its canvases, sizes and mock-ups."""

    def canvas(self, chosen: str | int | None = None) -> CanvasConfig | None:
        """A canvas by its name or id, or the first; None when there is none. Raises NotFound."""
        return _one(self.template.canvases, chosen, "canvas", self.template.name)

    def size(self, canvas: CanvasConfig | None, chosen: str | int | None = None) -> SizeConfig | None:
        """A size of a canvas by its name or id, or the first. Raises NotFound."""
        return _one(
            canvas.sizes if canvas else (), chosen, "size", canvas.name if canvas else self.template.name
        )

    def mockup(self, chosen: str | int | None = None) -> Mockup | None:
        """A mock-up by its name or id, or the first. Raises NotFound."""
        return _one(self.template.mockups, chosen, "mock-up", self.template.name)


class Shops:
    """The shops as they are now, by a connection of the caller's."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def template(self, tenant: str, shop: str, name: str) -> StoredTemplate:
        """A template that is sold, with everything in it. Raises NotFound (no_shop, no_template)."""
        found = self._row(_SHOP, f"There is no shop {shop!r}", "no_shop", tenant=tenant, name=shop)
        rows = [row for row in TEMPLATES.of(self._connection, tenant, [found["id"]]) if row["name"] == name]
        if not rows:
            raise NotFound(
                f"The shop {shop} sells no {name!r}; add it to its file, and load that: `shelfline shops load FILE`.",
                reason="no_template",
            )
        return StoredTemplate(shop=_shop(found), template=self._whole(tenant, rows)[0])

    def template_by_id(self, tenant: str, number: int) -> StoredTemplate:
        """The same by the template's id, also when it is sold no more."""
        row = TEMPLATES.get(self._connection, tenant, number)
        if row is None:
            raise NotFound(f"There is no template {number}.", reason="no_template")
        found = self._row(_SHOP_BY_ID, "There is no such shop", "no_shop", tenant=tenant, id=row["shop_id"])
        return StoredTemplate(shop=_shop(found), template=self._whole(tenant, [row])[0])

    def all(self, tenant: str) -> list[Shop]:
        """Every shop with its templates and everything in them, by name."""
        shops = run(self._connection, _SHOPS, tenant=tenant)
        rows = TEMPLATES.of(self._connection, tenant)
        parents = [row["shop_id"] for row in rows]
        templates = list(zip(parents, self._whole(tenant, rows), strict=True))
        return [
            replace(_shop(each), templates=tuple(made for parent, made in templates if parent == each["id"]))
            for each in shops
        ]

    def shop(self, tenant: str, number: int) -> Shop:
        """A shop by its id, without its templates. Raises NotFound."""
        return _shop(self._row(_SHOP_BY_ID, "There is no such shop", "no_shop", tenant=tenant, id=number))

    def versions(self, tenant: str) -> Mapping[int, LoadedVersion]:
        """The newest load of each shop, by the shop's id."""
        rows = run(self._connection, _VERSIONS, tenant=tenant)
        return {row.pop("shop_id"): LoadedVersion(**row) for row in rows}

    def load(
        self, tenant: str, shop: Shop, *, content: bytes, file: str, by: str
    ) -> tuple[Shop, LoadedVersion, bool]:
        """Make the tables say what a file says: (the shop as stored, its version, whether that changed anything).

        content: the bytes it was read from. The same again changes nothing, unless something was changed otherwise
        meanwhile. What the file does not name any more becomes inactive. Raises Conflict when another shop of the
        tenant has its account at Etsy.
        """
        run(self._connection, _LOCK, tenant=tenant)  # two files loaded at once come one after the other
        self._check_account(tenant, shop)
        content_hash = _hash(content, shop)
        before = run(self._connection, _SHOP, tenant=tenant, name=shop.name)
        if before and before[0]["content_hash"] == content_hash:
            return self._stored(tenant, before[0]["id"]), self.versions(tenant)[before[0]["id"]], False
        facts = as_json(
            {fact: [[each.id, each.name] for each in known] for fact, known in shop.facts.items()}
        )
        values = {
            "name": shop.name,
            "number": shop.etsy_shop_id,
            "facts": facts,
            "content_hash": content_hash,
        }
        [saved] = run(self._connection, _SAVE, tenant=tenant, **values)
        self._save_templates(tenant, saved["id"], shop.templates)
        values = {
            "shop": saved["id"],
            "version": saved["version"],
            "file": file,
            "content_hash": content_hash,
        }
        [kept] = run(
            self._connection, _KEEP, tenant=tenant, **values, document=as_json(shop.as_json()), by=by
        )
        return self._stored(tenant, saved["id"]), LoadedVersion(**kept), True

    def changed(self, tenant: str, shop: int) -> None:
        """Say that a shop was changed by something else than its file: loading that again brings it back."""
        run(self._connection, _TOUCH, tenant=tenant, id=shop)

    def save_images(self, tenant: str, mockup: int, images: Sequence[MockupImage]) -> None:
        """Replace all images of a mock-up, in this order, with their masks."""
        for row in IMAGES.of(self._connection, tenant, [mockup]):
            IMAGES.remove(self._connection, tenant, row["id"])
        for image in images:
            number = IMAGES.save(self._connection, tenant, mockup, said(IMAGES, image))
            self.save_masks(tenant, number, image.masks)

    def save_masks(self, tenant: str, image: int, masks: Sequence[Mask]) -> int:
        """Replace the masks of an image; the id of their row."""
        values = {
            "masks": [each.polygon for each in masks],
            "is_cropped": [each.is_cropped for each in masks],
            "alignment": [each.alignment for each in masks],
        }
        return MASKS.save(self._connection, tenant, image, values)

    def canvases(self, tenant: str, rows: Sequence[Row]) -> list[CanvasConfig]:
        """Rows of canvases with their sizes."""
        sizes = _by_parent(SIZES, SIZES.of(self._connection, tenant, [row["id"] for row in rows]))
        return [
            CanvasConfig(
                **_values(CANVASES, row),
                sizes=tuple(SizeConfig(**_values(SIZES, each)) for each in sizes.get(row["id"], ())),
            )
            for row in rows
        ]

    def mockups(self, tenant: str, rows: Sequence[Row]) -> list[Mockup]:
        """Rows of mock-ups with their images, each with its own masks."""
        found = IMAGES.of(self._connection, tenant, [row["id"] for row in rows])
        parents = _by_parent(IMAGES, found)
        made = {each.id: each for each in self.images(tenant, found)}
        return [
            Mockup(
                **_values(MOCKUPS, row), images=tuple(made[each["id"]] for each in parents.get(row["id"], ()))
            )
            for row in rows
        ]

    def images(self, tenant: str, rows: Sequence[Row]) -> list[MockupImage]:
        """Rows of images with their masks."""
        found = MASKS.of(self._connection, tenant, [row["id"] for row in rows])
        masks = {row["image_id"]: masks_of(row) for row in found}
        return [MockupImage(**_values(IMAGES, row), masks=masks.get(row["id"], ())) for row in rows]

    def _stored(self, tenant: str, number: int) -> Shop:
        return next(each for each in self.all(tenant) if each.id == number)

    def _check_account(self, tenant: str, shop: Shop) -> None:
        others = run(self._connection, _SAME_ACCOUNT, tenant=tenant, number=shop.etsy_shop_id, name=shop.name)
        if others:
            raise Conflict(
                f"The shop {others[0]['name']} has Etsy's shop {shop.etsy_shop_id} already; call it so in the file, or "
                "correct the number.",
                reason="shop_account_taken",
            )

    def _save_templates(self, tenant: str, shop: int, templates: Sequence[ProductTemplate]) -> None:
        kept = []
        for each in templates:
            number = TEMPLATES.save(self._connection, tenant, shop, said(TEMPLATES, each))
            kept.append(number)
            self._save_canvases(tenant, number, each.canvases)
            self._save_mockups(tenant, number, each.mockups)
        self._remove_others(TEMPLATES, tenant, shop, kept)

    def _save_canvases(self, tenant: str, template: int, canvases: Sequence[CanvasConfig]) -> None:
        kept = []
        for each in canvases:
            number = CANVASES.save(self._connection, tenant, template, said(CANVASES, each))
            kept.append(number)
            sizes = [SIZES.save(self._connection, tenant, number, said(SIZES, size)) for size in each.sizes]
            self._remove_others(SIZES, tenant, number, sizes)
        self._remove_others(CANVASES, tenant, template, kept)

    def _save_mockups(self, tenant: str, template: int, mockups: Sequence[Mockup]) -> None:
        kept = []
        for each in mockups:
            number = MOCKUPS.save(self._connection, tenant, template, said(MOCKUPS, each))
            kept.append(number)
            self.save_images(tenant, number, each.images)
        self._remove_others(MOCKUPS, tenant, template, kept)

    def _remove_others(self, table: Table, tenant: str, parent: int, kept: Sequence[int]) -> None:
        for row in table.of(self._connection, tenant, [parent]):
            if row["id"] not in kept:
                table.remove(self._connection, tenant, row["id"])

    def _whole(self, tenant: str, rows: Sequence[Row]) -> list[ProductTemplate]:
        """Rows of templates with everything in them, in a fixed number of statements."""
        numbers = [row["id"] for row in rows]
        canvas_rows = CANVASES.of(self._connection, tenant, numbers)
        mockup_rows = MOCKUPS.of(self._connection, tenant, numbers)
        canvases = list(zip(canvas_rows, self.canvases(tenant, canvas_rows), strict=True))
        mockups = list(zip(mockup_rows, self.mockups(tenant, mockup_rows), strict=True))
        return [
            ProductTemplate(
                **_values(TEMPLATES, row),
                canvases=tuple(made for each, made in canvases if each["template_id"] == row["id"]),
                mockups=tuple(made for each, made in mockups if each["template_id"] == row["id"]),
            )
            for row in rows
        ]

    def _row(self, sql: str, message: str, reason: str, **values: Any) -> Row:
        found = run(self._connection, sql, **values)
        if not found:
            raise NotFound(
                f"{message}; write its file and load that: `shelfline shops load FILE`.", reason=reason
            )
        return found[0]


def said(table: Table, thing: object) -> dict[str, Any]:
    """What a part of a shop says, by the columns of its table."""
    return {name: getattr(thing, name) for name in table.columns}


def masks_of(row: Row) -> tuple[Mask, ...]:
    """The masks of a row of mask_data."""
    together = zip(row["masks"], row["is_cropped"], row["alignment"], strict=True)
    return tuple(
        Mask(polygon=tuple((x, y) for x, y in polygon), is_cropped=is_cropped, alignment=alignment)
        for polygon, is_cropped, alignment in together
    )


def _values(table: Table, row: Row) -> dict[str, Any]:
    """A row as what its part is made of; arrays as tuples."""
    values = {name: row[name] for name in ("id", *table.columns)}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _by_parent(table: Table, rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row[table.parent], []).append(row)
    return found


def _shop(row: Row) -> Shop:
    facts = {fact: tuple(Named(*each) for each in known) for fact, known in row["facts"].items()}
    return Shop(id=row["id"], name=row["name"], etsy_shop_id=row["etsy_shop_id"], facts=facts)


def _hash(content: bytes, shop: Shop) -> str:
    """Of the file and of its pictures, which lie where their content says."""
    digest = hashlib.sha256(content)
    for template in shop.templates:
        for mockup in template.mockups:
            for image in mockup.images:
                digest.update(f"\n{image.file_path}\n{image.watermark_path}".encode())
    return digest.hexdigest()


def _one(parts: Sequence[Part], chosen: str | int | None, what: str, where: str) -> Part | None:
    if chosen is None:
        return parts[0] if parts else None
    found = next((each for each in parts if chosen in (each.name, each.id)), None)
    if found is None:
        listed = ", ".join(each.name for each in parts) or "none"
        raise NotFound(
            f"{where} has no {what} {chosen!r}; it has {listed}.", reason=f"no_{what.replace('-', '')}"
        )
    return found
