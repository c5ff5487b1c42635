"""The entries of a shop's file: templates, canvases, sizes, mock-ups, pictures, masks."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, TypeVar

import yaml

from common.shops.canvas import CanvasConfig, SizeConfig
from common.shops.family import DEFAULT_FAMILY
from common.shops.fault import Fault
from common.shops.mask import Mask, Point
from common.shops.mockup import FIRST_NUMBER, Mockup, MockupImage
from common.shops.reading import Reading, named
from common.shops.template import ProductTemplate

Number = TypeVar("Number", int, Decimal)
_ONE: Final = Decimal(1)
_TEMPLATE: Final = tuple(ProductTemplate.__dataclass_fields__)[:-4]
_OWN: Final = (*_TEMPLATE, "canvases", "mockups")
_CANVAS: Final = ("name", "width", "height", "dpi", "is_stretch", "spacing", "sizes")
_SIZE: Final = ("name", "width", "height")
_MOCKUP: Final = ("name", "starting_name", "images")
_IMAGE: Final = ("file", "width", "height", "image_type", "watermark", "masks")
_MASK: Final = ("polygon", "is_cropped", "alignment")


def template(reading: Reading, defaults: dict[str, int | None]) -> ProductTemplate:
    """A template; what is wrong with it and everything in it is told. defaults: of the shop, by field."""
    reading.fields.tell_unknown(_OWN)
    for name in ("price", "taxonomy_id"):
        if not reading.has(name):
            reading.error(name, "missing", f"{name} is left out, and Etsy wants it; write it.")
    made = ProductTemplate(
        name=reading.needed("name", "what the shop calls it"),
        template_title=reading.needed("template_title", "what stands in titles behind the design's words"),
        description=reading.needed("description", "what a listing says"),
        title=reading.text("title"),
        price=_or(reading.decimal("price"), _ONE),
        taxonomy_id=_or(reading.whole("taxonomy_id"), 1),
        family=reading.text("family", DEFAULT_FAMILY),
        type=reading.text("type", "physical"),
        quantity=_or(reading.whole("quantity"), 100),
        who_made=reading.text("who_made", "i_did"),
        when_made=reading.text("when_made", "made_to_order"),
        tags=reading.texts("tags"),
        materials=reading.texts("materials"),
        shop_section_id=reading.whole("shop_section_id"),
        shipping_profile_id=reading.whole("shipping_profile_id") or defaults.get("shipping_profile_id"),
        return_policy_id=reading.whole("return_policy_id") or defaults.get("return_policy_id"),
        readiness_state_id=reading.whole("readiness_state_id") or defaults.get("readiness_state_id"),
        production_partner_ids=reading.wholes("production_partner_ids"),
        item_weight=reading.decimal("item_weight"),
        item_weight_unit=reading.text("item_weight_unit") or None,
        item_length=reading.decimal("item_length"),
        item_width=reading.decimal("item_width"),
        item_height=reading.decimal("item_height"),
        item_dimensions_unit=reading.text("item_dimensions_unit") or None,
        processing_min=reading.whole("processing_min"),
        processing_max=reading.whole("processing_max"),
        is_taxable=reading.flag("is_taxable"),
        is_supply=reading.flag("is_supply"),
        should_auto_renew=reading.flag("should_auto_renew"),
        canvases=tuple(_canvases(reading)),
        mockups=tuple(_mockups(reading)),
    )
    reading.tell(each for each in made.faults() if not _is_told(reading, each.field))
    return made


def tell_twice(readings: list[Reading], what: str) -> None:
    """Say which names stand there twice: names are keys."""
    lines: dict[str, int] = {}
    for reading in readings:
        name = reading.text("name").casefold()
        if name and name in lines:
            detail = f"Two {what} have this name, in line {lines[name]} and line {reading.fields.line_at('name')}; rename one."
            reading.error("name", "duplicate", detail)
        elif name:
            lines[name] = reading.fields.line_at("name")


def _canvases(parent: Reading) -> Iterator[CanvasConfig]:
    readings = _within(parent, "canvases")
    tell_twice(readings, "canvases")
    for reading in readings:
        reading.fields.tell_unknown(_CANVAS)
        made = CanvasConfig(
            name=reading.needed("name", "what it is called"),
            width=_inches(reading, "width"),
            height=_inches(reading, "height"),
            dpi=_or(reading.whole("dpi"), 300),
            is_stretch=bool(reading.flag("is_stretch")),
            spacing=_or(reading.decimal("spacing"), Decimal("0.125")),
            sizes=tuple(_sizes(reading)),
        )
        reading.tell(made.faults())
        yield made


def _sizes(parent: Reading) -> Iterator[SizeConfig]:
    readings = _within(parent, "sizes")
    tell_twice(readings, "sizes")
    for reading in readings:
        reading.fields.tell_unknown(_SIZE)
        made = SizeConfig(
            name=reading.needed("name", "what it is called"),
            width=_inches(reading, "width"),
            height=_inches(reading, "height"),
        )
        reading.tell(made.faults())
        yield made


def _mockups(parent: Reading) -> Iterator[Mockup]:
    readings = _within(parent, "mockups")
    tell_twice(readings, "mock-ups")
    for reading in readings:
        reading.fields.tell_unknown(_MOCKUP)
        made = Mockup(
            name=reading.needed("name", "what it is called"),
            starting_name=_or(reading.whole("starting_name"), FIRST_NUMBER),
            images=tuple(_images(reading)),
        )
        if not made.images:
            reading.error("images", "missing", "A mock-up without a picture shows nothing; list its images.")
        reading.tell(each for each in made.faults() if not _is_told(reading, each.field))
        yield made


def _images(parent: Reading) -> Iterator[MockupImage]:
    for reading in _within(parent, "images", "file"):
        reading.fields.tell_unknown(_IMAGE)
        width, height = _pixels(reading, "width"), _pixels(reading, "height")
        made = MockupImage(
            filename=reading.needed("file", "the picture's path beside this file"),
            width=width,
            height=height,
            image_type=reading.text("image_type", "background"),
            watermark=reading.text("watermark"),
            masks=tuple(_masks(reading, width, height)),
        )
        told = [each for each in made.faults() if not _is_told(reading, each.field)]
        reading.tell(told or _picture_faults(reading, made))
        yield made


def _picture_faults(reading: Reading, image: MockupImage) -> Iterator[Fault]:
    """What is wrong with the picture itself, and its watermark, where they are looked at."""
    if reading.size_of is None or not image.filename:
        return
    size = reading.size_of(image.filename)
    if size is None:
        yield Fault(
            "file", "no_picture", f"There is no picture {image.filename} beside this file; put it there."
        )
    elif size != (image.width, image.height):
        detail = f"{image.filename} has {size[0]} × {size[1]} pixels; write that, and draw its masks on it."
        yield Fault("width", "other_size", detail)
    if image.watermark and reading.size_of(image.watermark) is None:
        yield Fault(
            "watermark",
            "no_picture",
            f"There is no picture {image.watermark} beside this file; put it there.",
        )


def _masks(parent: Reading, width: int, height: int) -> Iterator[Mask]:
    for reading in _within(parent, "masks", ""):
        reading.fields.tell_unknown(_MASK)
        made = Mask(
            polygon=tuple(_points(reading)),
            is_cropped=bool(reading.flag("is_cropped")),
            alignment=reading.text("alignment", "center"),
        )
        reading.tell(made.faults(width, height))
        yield made


def _points(reading: Reading) -> Iterator[Point]:
    for number, node in enumerate(reading.fields.sequence("polygon"), 1):
        try:
            x, y = (float(each.value) for each in node.value)
            yield x, y
        except (AttributeError, TypeError, ValueError):
            detail = f"Point {number} is no pair of numbers; write it as [120, 80]."
            reading.error("polygon", "not_a_point", detail)


def _within(parent: Reading, name: str, key: str = "name") -> list[Reading]:
    """The entries of a list, each called by its place and its own name below its parent's."""

    def entry(node: yaml.MappingNode, number: int) -> str:
        own = named(node, key, f"{name}[{number}]")
        return f"{parent.fields.entry} / {own}" if parent.fields.entry else own

    return list(parent.list_of(name, entry))


def _inches(reading: Reading, name: str) -> Decimal:
    return _or(reading.decimal(name), _ONE) if _is_given(reading, name, "inches") else _ONE


def _pixels(reading: Reading, name: str) -> int:
    return _or(reading.whole(name), 1) if _is_given(reading, name, "pixels") else 1


def _is_given(reading: Reading, name: str, unit: str) -> bool:
    if not reading.has(name):
        reading.error(name, "missing", f"{name} is left out; write it in {unit}.")
    return reading.has(name)


def _or(value: Number | None, otherwise: Number) -> Number:
    return otherwise if value is None else value


def _is_told(reading: Reading, name: str) -> bool:
    """Whether a field that has to be there is not, which was told already."""
    return name in ("name", "file", "template_title", "description") and not reading.has(name)
