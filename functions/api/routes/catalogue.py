"""Look-ups in the catalogue, under the paths of the first version's users."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from common.interface.answers import Name
from common.interface.catalogue import (
    AttributeName,
    Catalogue,
    CategoryView,
    Order,
    PartDetails,
    PartPage,
    PartView,
)
from functions.api.envelope import Envelope, told
from functions.api.serving import Body, served_by

router = APIRouter(prefix="/manual", tags=["catalogue"])
TheCatalogue = Annotated[Catalogue, Depends(served_by(Catalogue))]
Limit = Annotated[int, Query(ge=1, le=1000)]


class CreateCategory(Body):
    """A category, below another or at the top."""

    name: Name
    parent_id: UUID | None = None


@router.get("/partnumbers/search/", summary="Parts by a piece of their number")
def search_numbers(
    catalogue: TheCatalogue, q: Annotated[str, Query(min_length=1)], limit: Limit = 50
) -> Envelope[PartPage]:
    """The best match first."""
    return told(catalogue.search(query=q, limit=limit))


@router.get("/product/{product_id}/details/", summary="Everything about a part")
def product_details(catalogue: TheCatalogue, product_id: str) -> Envelope[PartDetails]:
    """By our id or the source's."""
    return told(catalogue.details(product_id))


@router.get("/partnumber/{part_number:path}/product/", summary="The parts of a number, one a maker")
def product_of_number(catalogue: TheCatalogue, part_number: str) -> Envelope[list[PartView]]:
    """404 when the catalogue has none."""
    return told(catalogue.of_number(part_number))


@router.get("/products/", summary="Parts of the catalogue")
def products(
    catalogue: TheCatalogue, limit: Limit = 50, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0
) -> Envelope[PartPage]:
    """At most 100 at once, by number."""
    return told(catalogue.search(order="name", limit=limit, offset=offset))


@router.get("/categories/", summary="The categories")
def categories(catalogue: TheCatalogue) -> Envelope[list[CategoryView]]:
    """By full name."""
    return told(catalogue.categories())


@router.post("/categories/", status_code=201, summary="Add a category (operator)")
def add_category(catalogue: TheCatalogue, body: CreateCategory) -> Envelope[CategoryView]:
    """One that exists is answered as it is."""
    return told(catalogue.add_category(body.name, body.parent_id))


@router.get("/attributes/", summary="The attributes that parts have")
def attributes(
    catalogue: TheCatalogue, q: str | None = None, limit: Limit = 100
) -> Envelope[list[AttributeName]]:
    """The commonest first. An attribute is made by using it."""
    return told(catalogue.attributes(q, limit))


@router.get("/search/advanced/", summary="Parts by everything")
def search(
    catalogue: TheCatalogue,
    q: str | None = None,
    manufacturer: str | None = None,
    category: str | None = None,
    lifecycle_status: str | None = None,
    attribute: str | None = None,
    attribute_value: str | None = None,
    sort: Literal["relevance", "name", "date_desc", "date_asc"] = "relevance",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Envelope[PartPage]:
    """All conditions together."""
    order: Order = sort
    found = catalogue.search(
        query=q,
        manufacturer=manufacturer,
        category=category,
        lifecycle=lifecycle_status,
        attribute=attribute,
        attribute_value=attribute_value,
        order=order,
        limit=page_size,
        offset=(page - 1) * page_size,
    )
    return told(found)
