"""Single parts of shops, changed one at a time. Every rule of the shop's file holds here as well."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from pydantic import TypeAdapter

from common.auth.tokens import Role
from common.database.engine import DataRefused
from common.errors import Conflict, NotFound, Refuse, Usage
from common.interface.desk import Desk
from common.interface.shop_views import (
    CanvasView,
    ImageView,
    MaskFields,
    MaskView,
    MockupView,
    NumberedName,
    SizeView,
    TemplateView,
    UploadedPicture,
)
from common.shops import pictures
from common.shops.canvas import CanvasConfig, SizeConfig
from common.shops.fault import Fault
from common.shops.mask import Mask
from common.shops.mockup import Mockup, MockupImage
from common.shops.shop import FACTS
from common.shops.store import Shops, masks_of, said
from common.shops.tables import CANVASES, IMAGES, MASKS, MOCKUPS, SIZES, TEMPLATES, Row, Table
from common.shops.template import ProductTemplate

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PARENTS: Final = {
    "canvas_configs": TEMPLATES,
    "size_configs": CANVASES,
    "mockups": TEMPLATES,
    "mockup_images": MOCKUPS,
    "mask_data": IMAGES,
}
_NAMES: Final = {
    "product_templates": "product template", "canvas_configs": "canvas", "size_configs": "size", "mockups": "mock-up",
    "mockup_images": "image", "mask_data": "set of masks",
}  # fmt: skip


class PartRefused(Refuse):
    """What was sent breaks rules of shops; the message lists all of them."""

    reason = "bad_shop_part"


class ShopParts(Desk):
    """The parts of the tenant's shops."""

    def templates(self) -> list[TemplateView]:
        """The templates that are sold, of every shop."""
        with self.transaction() as connection:
            return [TemplateView(**row) for row in TEMPLATES.of(connection, self.tenant)]

    def template(self, number: int) -> TemplateView:
        """A template. Raises NotFound."""
        with self.transaction() as connection:
            return TemplateView(**self._row(connection, TEMPLATES, number))

    def add_template(self, shop: int, template: ProductTemplate) -> TemplateView:
        """Add a template to a shop."""
        number = self._save(TEMPLATES, shop, template, template.faults())
        return self.template(number)

    def change_template(self, number: int, template: ProductTemplate) -> TemplateView:
        """Say everything of a template anew; its canvases and mock-ups stay."""
        self._change(TEMPLATES, number, template, template.faults())
        return self.template(number)

    def canvases(self, template: int | None = None) -> list[CanvasView]:
        """Canvases with their sizes, of one template or of all."""
        with self.transaction() as connection:
            return self._canvases(connection, self._of(connection, CANVASES, template))

    def canvas(self, template: int, number: int) -> CanvasView:
        """A canvas of a template. Raises NotFound."""
        with self.transaction() as connection:
            return self._canvases(connection, [self._row(connection, CANVASES, number, template)])[0]

    def add_canvas(self, template: int, canvas: CanvasConfig) -> CanvasView:
        """Add a canvas to a template."""
        return self.canvas(template, self._save(CANVASES, template, canvas, canvas.faults()))

    def change_canvas(self, template: int, number: int, canvas: CanvasConfig) -> CanvasView:
        """Say everything of a canvas anew; its sizes stay."""
        self._change(CANVASES, number, canvas, canvas.faults(), parent=template)
        return self.canvas(template, number)

    def sizes(self, canvas: int | None = None) -> list[SizeView]:
        """Sizes of one canvas or of all."""
        with self.transaction() as connection:
            return [SizeView(**row) for row in self._of(connection, SIZES, canvas)]

    def size(self, canvas: int, number: int) -> SizeView:
        """A size of a canvas. Raises NotFound."""
        with self.transaction() as connection:
            return SizeView(**self._row(connection, SIZES, number, canvas))

    def add_size(self, canvas: int, size: SizeConfig) -> SizeView:
        """Add a size to a canvas."""
        return self.size(canvas, self._save(SIZES, canvas, size, size.faults()))

    def change_size(self, canvas: int, number: int, size: SizeConfig) -> SizeView:
        """Say everything of a size anew."""
        self._change(SIZES, number, size, size.faults(), parent=canvas)
        return self.size(canvas, number)

    def mockups(self) -> list[MockupView]:
        """The mock-ups of all templates, with their pictures and masks."""
        with self.transaction() as connection:
            return self._mockups(connection, MOCKUPS.of(connection, self.tenant))

    def mockup(self, number: int) -> MockupView:
        """A mock-up. Raises NotFound."""
        with self.transaction() as connection:
            return self._mockups(connection, [self._row(connection, MOCKUPS, number)])[0]

    def add_mockup(self, template: int, mockup: Mockup, images: Sequence[MockupImage] = ()) -> MockupView:
        """Add a mock-up to a template, with its pictures and masks or without, all of it or nothing."""
        faults = [fault for each in images for fault in (*self._image_faults(each), *each.mask_faults())]
        with self.transaction() as connection:
            number = self._save(MOCKUPS, template, mockup, [*mockup.faults(), *faults], connection=connection)
            Shops(connection).save_images(self.tenant, number, images)
        return self.mockup(number)

    def change_mockup(self, number: int, mockup: Mockup) -> MockupView:
        """Say everything of a mock-up anew; its pictures stay."""
        self._change(MOCKUPS, number, mockup, mockup.faults())
        return self.mockup(number)

    def keep_picture(self, name: str, picture: BinaryIO) -> UploadedPicture:
        """Store a picture or a watermark, to be named by its `file_path`. Raises Usage for what is none."""
        self.require(Role.OPERATOR)
        size = pictures.size_of(picture, name)
        if size is None:
            raise Usage(
                f"{name!r} cannot be read as a picture; save it as PNG or JPEG.", reason="not_an_image"
            )
        path = pictures.keep(self.services.objects, self.tenant, name, picture)
        return UploadedPicture(filename=name, file_path=path, width=size[0], height=size[1])

    def images(self, mockup: int) -> list[ImageView]:
        """The pictures of a mock-up in their order."""
        return self.mockup(mockup).images

    def image(self, number: int) -> ImageView:
        """A picture with its masks. Raises NotFound."""
        with self.transaction() as connection:
            return self._images(connection, [self._row(connection, IMAGES, number)])[0]

    def add_image(self, mockup: int, image: MockupImage) -> ImageView:
        """Add a picture behind those that the mock-up has."""
        return self.image(self._save(IMAGES, mockup, image, self._image_faults(image)))

    def change_image(self, number: int, image: MockupImage) -> ImageView:
        """Say everything of a picture anew; its masks stay, and have to lie on it."""
        with self.transaction() as connection:
            [held] = Shops(connection).images(self.tenant, [self._row(connection, IMAGES, number)])
        faults = [fault for mask in held.masks for fault in mask.faults(image.width, image.height)]
        self._change(IMAGES, number, image, [*self._image_faults(image), *faults])
        return self.image(number)

    def mark(self, images: Sequence[int], name: str, path: str) -> list[ImageView]:
        """Put a watermark over pictures, or with "" none."""
        self.require(Role.OPERATOR)
        self._refuse(self._path_faults("watermark_path", path))
        with self.transaction() as connection:
            for number in images:
                row = self._row(connection, IMAGES, number) | {"watermark": name, "watermark_path": path}
                IMAGES.change(connection, self.tenant, number, row)
                self._touched(connection, IMAGES, row)
        return [self.image(number) for number in images]

    def masks_of_image(self, image: int) -> MaskView:
        """The masks of a picture. Raises NotFound when it has none."""
        with self.transaction() as connection:
            self._row(connection, IMAGES, image)
            rows = MASKS.of(connection, self.tenant, [image])
        if not rows:
            raise NotFound(f"The image {image} has no masks yet; send them.", reason="no_mask_data")
        return _mask_view(rows[0])

    def masks(self, number: int) -> MaskView:
        """A set of masks. Raises NotFound."""
        with self.transaction() as connection:
            return _mask_view(self._row(connection, MASKS, number))

    def set_masks(self, image: int, fields: MaskFields) -> MaskView:
        """Give a picture its masks, in place of those that it has. Raises PartRefused."""
        self.require(Role.OPERATOR)
        masks = _parts(fields)
        with self.transaction() as connection:
            row = self._row(connection, IMAGES, image)
            self._refuse(_mask_faults(masks, row))
            Shops(connection).save_masks(self.tenant, image, masks)
            self._touched(connection, IMAGES, row)
        return self.masks_of_image(image)

    def change_masks(self, number: int, fields: MaskFields) -> MaskView:
        """Say a set of masks anew."""
        return self.set_masks(self.masks(number).image_id, fields)

    def remove(self, table: Table, number: int, parent: int | None = None) -> None:
        """Take a part out. Raises NotFound when there is none, or it was taken out before."""
        self.require(Role.OPERATOR)
        with self.transaction() as connection:
            row = self._row(connection, table, number, parent)
            if not table.remove(connection, self.tenant, number):
                raise self._none(table, number)
            self._touched(connection, table, row)

    def taxonomies(self) -> list[NumberedName]:
        """The kinds of goods that the loaded shops name."""
        return self._facts("taxonomies")

    def sections(self) -> list[NumberedName]:
        """The sections of the loaded shops."""
        return self._facts("sections")

    def _facts(self, fact: str) -> list[NumberedName]:
        assert fact in FACTS
        with self.transaction() as connection:
            shops = Shops(connection).all(self.tenant)
        return [
            NumberedName(id=each.id, name=each.name, shop=shop.name)
            for shop in shops
            for each in shop.facts.get(fact, ())
        ]

    def _save(
        self,
        table: Table,
        parent: int,
        part: object,
        faults: Iterable[Fault],
        connection: "Connection | None" = None,
    ) -> int:
        """Add a part under its parent, in this transaction or in one of its own."""
        if connection is None:
            with self.transaction() as own:
                return self._save(table, parent, part, faults, own)
        self.require(Role.OPERATOR)
        if table is TEMPLATES:
            shop = Shops(connection).shop(self.tenant, parent)
            assert isinstance(part, ProductTemplate)
            self._refuse([*faults, *shop.unknown(part)])
        else:
            self._row(connection, _PARENTS[table.name], parent)
            self._refuse(faults)
        name = getattr(part, "name", "")
        if name and any(row["name"] == name for row in table.of(connection, self.tenant, [parent])):
            raise _taken(table, name)
        number = table.save(connection, self.tenant, parent, said(table, part))
        self._touched(connection, table, {table.parent: parent})
        return number

    def _change(
        self, table: Table, number: int, part: Any, faults: Iterable[Fault], parent: int | None = None
    ) -> None:
        self.require(Role.OPERATOR)
        try:
            with self.transaction() as connection:
                row = self._row(connection, table, number, parent)
                shop = self._shop(connection, table, row)
                unknown = (
                    Shops(connection).shop(self.tenant, shop).unknown(part) if table is TEMPLATES else ()
                )
                self._refuse([*faults, *unknown])
                values = said(table, part) | ({"is_active": row["is_active"]} if table.is_kept else {})
                table.change(connection, self.tenant, number, values)
                Shops(connection).changed(self.tenant, shop)
        except DataRefused as error:
            if error.is_taken:
                raise _taken(table, part.name) from error
            raise

    def _of(self, connection: "Connection", table: Table, parent: int | None) -> list[Row]:
        if parent is None:
            return table.of(connection, self.tenant)
        self._row(connection, _PARENTS[table.name], parent)
        return table.of(connection, self.tenant, [parent])

    def _row(self, connection: "Connection", table: Table, number: int, parent: int | None = None) -> Row:
        row = table.get(connection, self.tenant, number)
        if row is None or (parent is not None and row[table.parent] != parent):
            raise self._none(table, number)
        return row

    def _none(self, table: Table, number: int) -> NotFound:
        return NotFound(f"There is no {_NAMES[table.name]} {number} here.", reason="no_shop_part")

    def _shop(self, connection: "Connection", table: Table, row: Row) -> int:
        """The shop to which a row belongs, whatever it is."""
        while table is not TEMPLATES:
            number, table = row[table.parent], _PARENTS[table.name]
            row = self._row(connection, table, number)
        return int(row[TEMPLATES.parent])

    def _touched(self, connection: "Connection", table: Table, row: Row) -> None:
        Shops(connection).changed(self.tenant, self._shop(connection, table, row))

    def _refuse(self, faults: Iterable[Fault]) -> None:
        errors = [each for each in faults if each.is_error]
        if errors:
            raise PartRefused("; ".join(f"{each.field}: {each.detail}" for each in errors))

    def _image_faults(self, image: MockupImage) -> list[Fault]:
        paths = [*self._path_faults("file_path", image.file_path or "-")]
        if image.watermark or image.watermark_path:
            paths += self._path_faults("watermark_path", image.watermark_path or "-")
        return [*image.faults(), *paths]

    def _path_faults(self, field: str, path: str) -> list[Fault]:
        """Only a picture of the tenant's own may be named."""
        if not path or (path.startswith(pictures.folder_of(self.tenant)) and ".." not in path):
            return []
        return [
            Fault(
                field, "no_picture", f"{path!r} was not uploaded; upload it and name the path of its answer."
            )
        ]

    def _canvases(self, connection: "Connection", rows: Sequence[Row]) -> list[CanvasView]:
        return _CANVASES.validate_python(Shops(connection).canvases(self.tenant, rows), from_attributes=True)

    def _mockups(self, connection: "Connection", rows: Sequence[Row]) -> list[MockupView]:
        return _MOCKUPS.validate_python(Shops(connection).mockups(self.tenant, rows), from_attributes=True)

    def _images(self, connection: "Connection", rows: Sequence[Row]) -> list[ImageView]:
        return _IMAGES.validate_python(Shops(connection).images(self.tenant, rows), from_attributes=True)


_CANVASES: Final = TypeAdapter(list[CanvasView])
_MOCKUPS: Final = TypeAdapter(list[MockupView])
_IMAGES: Final = TypeAdapter(list[ImageView])


def _parts(fields: MaskFields) -> tuple[Mask, ...]:
    try:
        return fields.parts()
    except ValueError:
        raise PartRefused("is_cropped and alignment: write one for all masks, or one for each.") from None


def _mask_faults(masks: Sequence[Mask], image: Row) -> Iterable[Fault]:
    drawn = MockupImage(filename="a.png", width=image["width"], height=image["height"], masks=tuple(masks))
    return [*drawn.faults(), *drawn.mask_faults()]


def _mask_view(row: Row) -> MaskView:
    masks = masks_of(row)
    return MaskView(
        id=row["id"],
        image_id=row["image_id"],
        masks=[list(mask.polygon) for mask in masks],
        points=sum(len(mask.polygon) for mask in masks),
        is_cropped=row["is_cropped"],
        alignment=row["alignment"],
    )


def _taken(table: Table, name: str) -> Conflict:
    return Conflict(
        f"There is a {_NAMES[table.name]} {name!r} already; change that one, or choose another name.",
        reason="name_taken",
    )
