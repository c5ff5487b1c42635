"""Product templates, canvases and sizes, one at a time."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.interface.shop_parts import ShopParts
from common.interface.shop_views import (
    CanvasFields,
    CanvasView,
    NumberedName,
    SizeFields,
    SizeView,
    TemplateFields,
    TemplateView,
)
from common.shops.tables import CANVASES, SIZES, TEMPLATES
from functions.api.serving import Body, Id, served_by

router = APIRouter(prefix="/settings", tags=["shop settings"])
TheParts = Annotated[ShopParts, Depends(served_by(ShopParts))]


class TemplateBody(Body, TemplateFields):
    """A product template, all of it."""


class NewTemplate(TemplateBody):
    """A product template for a shop, by the shop's id."""

    shop_id: int


class CanvasBody(Body, CanvasFields):
    """A canvas, all of it."""


class SizeBody(Body, SizeFields):
    """A size, all of it."""


@router.get("/taxonomies", summary="The kinds of goods that the loaded shops name")
def taxonomies(parts: TheParts) -> list[NumberedName]:
    """By Etsy's numbers."""
    return parts.taxonomies()


@router.get("/shop-sections", summary="The sections of the loaded shops")
def sections(parts: TheParts) -> list[NumberedName]:
    """By Etsy's numbers."""
    return parts.sections()


@router.get("/product-template", summary="The product templates of every shop")
def templates(parts: TheParts) -> list[TemplateView]:
    """Those that are sold."""
    return parts.templates()


@router.post("/product-template", status_code=201, summary="Add a product template (operator)")
def add_template(parts: TheParts, body: NewTemplate) -> TemplateView:
    """It is held to the same rules as in a shop's file."""
    return parts.add_template(body.shop_id, body.part())


@router.get("/product-template/{number}", summary="A product template")
def template(parts: TheParts, number: Id) -> TemplateView:
    """Also one that is sold no more."""
    return parts.template(number)


@router.put("/product-template/{number}", summary="Change a product template (operator)")
def change_template(parts: TheParts, number: Id, body: TemplateBody) -> TemplateView:
    """What is not said is the default again. Canvases and mock-ups stay."""
    return parts.change_template(number, body.part())


@router.delete("/product-template/{number}", status_code=204, summary="Sell a template no more (operator)")
def remove_template(parts: TheParts, number: Id) -> None:
    """The numbers of its designs are kept for when it comes back."""
    parts.remove(TEMPLATES, number)


@router.get("/canvas-config", summary="The canvases of every template")
def all_canvases(parts: TheParts) -> list[CanvasView]:
    """With their sizes."""
    return parts.canvases()


@router.get("/size-config", summary="The sizes of every canvas")
def all_sizes(parts: TheParts) -> list[SizeView]:
    """In the order in which they came."""
    return parts.sizes()


@router.get("/{template}/canvas-config", summary="The canvases of a template")
@router.get("/{template}/canvas-config/get-list-with-relations", summary="The same: sizes are always there")
def canvases(parts: TheParts, template: Id) -> list[CanvasView]:
    """With their sizes."""
    return parts.canvases(template)


@router.post("/{template}/canvas-config", status_code=201, summary="Add a canvas (operator)")
def add_canvas(parts: TheParts, template: Id, body: CanvasBody) -> CanvasView:
    """To a template."""
    return parts.add_canvas(template, body.part())


@router.get("/{template}/canvas-config/{number}", summary="A canvas")
@router.get("/{template}/canvas-config/{number}/with-relations", summary="The same: sizes are always there")
def canvas(parts: TheParts, template: Id, number: Id) -> CanvasView:
    """With its sizes."""
    return parts.canvas(template, number)


@router.put("/{template}/canvas-config/{number}", summary="Change a canvas (operator)")
def change_canvas(parts: TheParts, template: Id, number: Id, body: CanvasBody) -> CanvasView:
    """Its sizes stay."""
    return parts.change_canvas(template, number, body.part())


@router.delete("/{template}/canvas-config/{number}", status_code=204, summary="Take a canvas out (operator)")
def remove_canvas(parts: TheParts, template: Id, number: Id) -> None:
    """Designs are rendered on it no more."""
    parts.remove(CANVASES, number, template)


@router.get("/{template}/{canvas}/size-config", summary="The sizes of a canvas")
@router.get("/{template}/{canvas}/size-config/get-list-with-relations", summary="The same")
def sizes(parts: TheParts, template: Id, canvas: Id) -> list[SizeView]:
    """In the order in which they came."""
    return parts.sizes(parts.canvas(template, canvas).id)


@router.post("/{template}/{canvas}/size-config", status_code=201, summary="Add a size (operator)")
def add_size(parts: TheParts, template: Id, canvas: Id, body: SizeBody) -> SizeView:
    """To a canvas."""
    return parts.add_size(parts.canvas(template, canvas).id, body.part())


@router.get("/{template}/{canvas}/size-config/{number}", summary="A size")
@router.get("/{template}/{canvas}/size-config/{number}/with-relations", summary="The same")
def size(parts: TheParts, template: Id, canvas: Id, number: Id) -> SizeView:
    """Of a canvas."""
    return parts.size(parts.canvas(template, canvas).id, number)


@router.put("/{template}/{canvas}/size-config/{number}", summary="Change a size (operator)")
def change_size(parts: TheParts, template: Id, canvas: Id, number: Id, body: SizeBody) -> SizeView:
    """All of it."""
    return parts.change_size(parts.canvas(template, canvas).id, number, body.part())


@router.delete(
    "/{template}/{canvas}/size-config/{number}", status_code=204, summary="Take a size out (operator)"
)
def remove_size(parts: TheParts, template: Id, canvas: Id, number: Id) -> None:
    """Designs are rendered in it no more."""
    parts.remove(SIZES, number, parts.canvas(template, canvas).id)
