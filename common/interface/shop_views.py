"""The parts of a shop as the interface takes and shows them. Lengths are inches where nothing else is said."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, Field

from common.interface.desk import View
from common.shops.canvas import CanvasConfig, SizeConfig
from common.shops.mask import Mask
from common.shops.mockup import Mockup, MockupImage
from common.shops.template import ProductTemplate

Alignment = Literal["left", "center", "right"]
Polygon = list[tuple[float, float]]


class TemplateFields(BaseModel):
    """A product template; what is not said here is as a listing at Etsy has it."""

    name: str
    template_title: str
    """What stands in a listing's title behind the words of the design."""
    description: str
    price: Decimal
    taxonomy_id: int
    title: str = ""
    family: str = "wrap"
    """How its designs are laid out."""
    type: str = "physical"
    quantity: int = 100
    who_made: str = "i_did"
    when_made: str = "made_to_order"
    tags: list[str] = []
    materials: list[str] = []
    shop_section_id: int | None = None
    shipping_profile_id: int | None = None
    return_policy_id: int | None = None
    readiness_state_id: int | None = None
    production_partner_ids: list[int] = []
    item_weight: Decimal | None = None
    item_weight_unit: str | None = None
    item_length: Decimal | None = None
    item_width: Decimal | None = None
    item_height: Decimal | None = None
    item_dimensions_unit: str | None = None
    processing_min: int | None = None
    processing_max: int | None = None
    is_taxable: bool | None = None
    is_supply: bool | None = None
    should_auto_renew: bool | None = None

    def part(self) -> ProductTemplate:
        """As the shop has it."""
        return ProductTemplate(**_said(self, TemplateFields))


class SizeFields(BaseModel):
    """A size of designs on a canvas."""

    name: str
    width: Decimal
    height: Decimal

    def part(self) -> SizeConfig:
        """As the shop has it."""
        return SizeConfig(**_said(self, SizeFields))


class CanvasFields(BaseModel):
    """What designs of a template are printed on. dpi: dots an inch."""

    name: str
    width: Decimal
    height: Decimal
    dpi: int = 300
    is_stretch: bool = False
    spacing: Decimal = Decimal("0.125")

    def part(self) -> CanvasConfig:
        """As the shop has it."""
        return CanvasConfig(**_said(self, CanvasFields))


class MaskFields(BaseModel):
    """Where a design is shown on one picture: polygons in its pixels, and for each how the design is fitted."""

    masks: list[Polygon] = Field(min_length=1)
    is_cropped: bool | list[bool] = False
    """For all, or one for each."""
    alignment: Alignment | list[Alignment] = "center"

    def parts(self) -> tuple[Mask, ...]:
        """As a picture has them. Raises ValueError when a list is not as long as the list of masks."""
        together = zip(self.masks, self._each(self.is_cropped), self._each(self.alignment), strict=True)
        return tuple(
            Mask(polygon=tuple(polygon), is_cropped=is_cropped, alignment=alignment)
            for polygon, is_cropped, alignment in together
        )

    def _each(self, value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value] * len(self.masks)


class ImageFields(BaseModel):
    """A picture that was uploaded. width, height: the pixels on which its masks are drawn."""

    filename: str
    file_path: str
    """As the upload answered it."""
    width: int
    height: int
    image_type: str = "background"
    watermark: str = ""
    watermark_path: str = ""

    def part(self) -> MockupImage:
        """As the shop has it, without masks."""
        return MockupImage(**_said(self, ImageFields))


class MockupFields(BaseModel):
    """A set of pictures for one template. starting_name: the first number of its designs."""

    name: str
    starting_name: int = 100

    def part(self) -> Mockup:
        """As the shop has it, without images."""
        return Mockup(**_said(self, MockupFields))


class TemplateView(TemplateFields, View):
    """A template of a shop."""

    id: int
    shop_id: int
    is_active: bool


class SizeView(SizeFields, View):
    """A size."""

    id: int
    is_active: bool


class CanvasView(CanvasFields, View):
    """A canvas with its sizes."""

    id: int
    is_active: bool
    sizes: list[SizeView] = []


class MaskView(View):
    """The masks of one picture. points: how many corners they have together."""

    id: int
    image_id: int
    masks: list[Polygon]
    points: int
    is_cropped: list[bool]
    alignment: list[Alignment]


class MaskShown(View):
    """One mask of a picture."""

    polygon: Polygon
    is_cropped: bool
    alignment: Alignment


class ImageView(ImageFields, View):
    """A picture with its masks."""

    id: int
    masks: list[MaskShown]


class MockupView(MockupFields, View):
    """A mock-up with its pictures in their order."""

    id: int
    is_active: bool
    images: list[ImageView]


class UploadedPicture(View):
    """A picture that is kept now, and by what to name it."""

    filename: str
    file_path: str
    width: int
    height: int


class NumberedName(View):
    """Something of a shop's by Etsy's number. shop: which shop's."""

    id: int
    name: str
    shop: str


def _said(given: BaseModel, kind: type[BaseModel]) -> dict[str, Any]:
    """The fields of one class, lists as tuples."""
    values = {name: getattr(given, name) for name in kind.model_fields}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
