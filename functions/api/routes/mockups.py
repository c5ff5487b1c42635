"""Mock-ups, their pictures and masks, one at a time."""

from dataclasses import replace
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Depends, File, UploadFile

from common.errors import Refuse
from common.interface.shop_parts import ShopParts
from common.interface.shop_views import (
    ImageFields,
    ImageView,
    MaskFields,
    MaskView,
    MockupFields,
    MockupView,
    UploadedPicture,
)
from common.shops.mockup import MockupImage
from common.shops.tables import IMAGES, MASKS, MOCKUPS
from functions.api.serving import Body, Id, served_by

router = APIRouter(prefix="/mockups", tags=["mock-ups"])
TheParts = Annotated[ShopParts, Depends(served_by(ShopParts))]
ThePicture = Annotated[UploadFile, File(description="PNG, JPEG or WebP.")]


class MockupBody(Body, MockupFields):
    """A mock-up, all of it but its pictures."""


class NewMockup(MockupBody):
    """A mock-up for a product template, by the template's id."""

    product_template_id: int


class ImageBody(Body, ImageFields):
    """A picture that was uploaded, all of it but its masks."""


class ImageWithMasks(ImageBody):
    """A picture and its masks."""

    mask_data: MaskFields | None = None

    def whole(self) -> MockupImage:
        """As the shop has it. Raises Refuse."""
        try:
            return replace(self.part(), masks=self.mask_data.parts() if self.mask_data else ())
        except ValueError:
            raise Refuse(
                "is_cropped and alignment: write one for all masks, or one for each.", reason="bad_shop_part"
            ) from None


class MockupGroup(NewMockup):
    """A mock-up with its pictures and masks."""

    images: list[ImageWithMasks]


class MaskBody(Body, MaskFields):
    """The masks of a picture, all of them."""


class Watermark(Body):
    """A watermark that was uploaded; "" takes it away. watermark: what to call it."""

    watermark_path: str
    watermark: str = "watermark.png"


@router.get("/", summary="The mock-ups of every template")
def mockups(parts: TheParts) -> list[MockupView]:
    """With their pictures and masks."""
    return parts.mockups()


@router.post("/", status_code=201, summary="Add a mock-up (operator)")
def add_mockup(parts: TheParts, body: NewMockup) -> MockupView:
    """Without pictures."""
    return parts.add_mockup(body.product_template_id, body.part())


@router.post("/group", status_code=201, summary="Add a mock-up with its pictures and masks (operator)")
def add_group(parts: TheParts, body: MockupGroup) -> MockupView:
    """All of it or nothing. The pictures were uploaded before."""
    return parts.add_mockup(body.product_template_id, body.part(), [each.whole() for each in body.images])


@router.post("/upload", status_code=201, summary="Upload a picture or a watermark (operator)")
def upload(parts: TheParts, file: ThePicture) -> UploadedPicture:
    """It belongs to nothing yet: name its `file_path` in what uses it."""
    return parts.keep_picture(PurePath(file.filename or "").name, file.file)


@router.get("/by-id/{number}", summary="A mock-up")
def mockup(parts: TheParts, number: Id) -> MockupView:
    """With its pictures and masks."""
    return parts.mockup(number)


@router.put("/update/{number}", summary="Change a mock-up (operator)")
def change_mockup(parts: TheParts, number: Id, body: MockupBody) -> MockupView:
    """Its pictures stay."""
    return parts.change_mockup(number, body.part())


@router.delete("/delete/{number}", status_code=204, summary="Use a mock-up no more (operator)")
def remove_mockup(parts: TheParts, number: Id) -> None:
    """What was made with it stays."""
    parts.remove(MOCKUPS, number)


@router.post("/images/{mockup}/create", status_code=201, summary="Add a picture to a mock-up (operator)")
def add_image(parts: TheParts, mockup: Id, body: ImageBody) -> ImageView:
    """Behind those that it has."""
    return parts.add_image(mockup, body.part())


@router.get("/images/{mockup}/list", summary="The pictures of a mock-up")
def images(parts: TheParts, mockup: Id) -> list[ImageView]:
    """In their order, each with its masks."""
    return parts.images(mockup)


@router.get("/images/{number}", summary="A picture of a mock-up")
def image(parts: TheParts, number: Id) -> ImageView:
    """With its masks."""
    return parts.image(number)


@router.put("/images/{number}", summary="Change a picture (operator)")
def change_image(parts: TheParts, number: Id, body: ImageBody) -> ImageView:
    """Its masks stay, and have to lie on it."""
    return parts.change_image(number, body.part())


@router.delete("/images/{number}", status_code=204, summary="Take a picture out (operator)")
def remove_image(parts: TheParts, number: Id) -> None:
    """With its masks."""
    parts.remove(IMAGES, number)


@router.put("/images/{number}/watermark", summary="Put an uploaded watermark over a picture (operator)")
def mark_image(parts: TheParts, number: Id, body: Watermark) -> ImageView:
    """An empty path takes it away."""
    return parts.mark([number], body.watermark if body.watermark_path else "", body.watermark_path)[0]


@router.put("/images/{number}/watermark-upload", summary="Upload a watermark for a picture (operator)")
def upload_mark(parts: TheParts, number: Id, file: ThePicture) -> ImageView:
    """It lies over the picture from now on."""
    kept = parts.keep_picture(PurePath(file.filename or "").name, file.file)
    return parts.mark([number], kept.filename, kept.file_path)[0]


@router.put("/{mockup}/update-watermark", summary="Put a watermark over all pictures of a mock-up (operator)")
def mark_mockup(parts: TheParts, mockup: Id, body: Watermark) -> MockupView:
    """An empty path takes it away."""
    numbers = [each.id for each in parts.images(mockup)]
    parts.mark(numbers, body.watermark if body.watermark_path else "", body.watermark_path)
    return parts.mockup(mockup)


@router.post("/images/{number}/mask-data", status_code=201, summary="Give a picture its masks (operator)")
def set_masks(parts: TheParts, number: Id, body: MaskBody) -> MaskView:
    """In place of those that it has."""
    return parts.set_masks(number, body)


@router.get("/images/{number}/mask-data", summary="The masks of a picture")
def masks_of_image(parts: TheParts, number: Id) -> MaskView:
    """Polygons in its pixels."""
    return parts.masks_of_image(number)


@router.get("/mask-data/{number}", summary="A set of masks")
def masks(parts: TheParts, number: Id) -> MaskView:
    """Polygons in the pixels of its picture."""
    return parts.masks(number)


@router.put("/mask-data/{number}", summary="Change a set of masks (operator)")
def change_masks(parts: TheParts, number: Id, body: MaskBody) -> MaskView:
    """All of it."""
    return parts.change_masks(number, body)


@router.delete("/mask-data/{number}", status_code=204, summary="Take a set of masks out (operator)")
def remove_masks(parts: TheParts, number: Id) -> None:
    """Designs are shown on its picture no more."""
    parts.remove(MASKS, number)
