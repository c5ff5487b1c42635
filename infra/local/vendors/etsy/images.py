"""The images of a listing: decoded, ranked from 1, at most twenty; their looks are known a while after the upload."""

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from PIL import Image, UnidentifiedImageError
from starlette.datastructures import UploadFile
from starlette.responses import Response

from infra.local.vendors.etsy import schema
from infra.local.vendors.etsy.call import Call
from infra.local.vendors.etsy.problems import InTheWay, Invalid, Missing, answer

MOST_IMAGES = 20
LONGEST_ALT_TEXT = 500
_NO_IMAGE = "Either a valid image file or a listing image ID must be provided with this request"
_LOOKS = (
    "hex_code",
    "red",
    "green",
    "blue",
    "hue",
    "saturation",
    "brightness",
    "is_black_and_white",
    "full_height",
    "full_width",
)


class Uploads:
    """Which listings an image is being uploaded to."""

    def __init__(self) -> None:
        self._busy: set[int] = set()

    async def upload(self, call: Call) -> Response:
        """uploadListingImage. Raises InTheWay while another upload to the listing is under way."""
        listing = call.listing()
        with self._alone(listing["listing_id"]):
            async with call.request.form() as form:
                fields = schema.form_of(call.operation, form.multi_items())
                image = await _content(call, listing["listing_id"], fields)
        placed = _placed(call.store.images(listing["listing_id"]), image, fields)
        with call.store.transaction():
            call.store.put_images(placed)
        return answer(shown(call, image), 201)

    @contextmanager
    def _alone(self, listing: int) -> Iterator[None]:
        if listing in self._busy:
            raise InTheWay("Another image is being uploaded to this listing")
        self._busy.add(listing)
        try:
            yield
        finally:
            self._busy.discard(listing)


async def of_listing(call: Call) -> Response:
    """getListingImages."""
    found = [shown(call, each) for each in call.store.images(call.listing()["listing_id"])]
    return answer({"count": len(found), "results": found})


async def delete(call: Call) -> Response:
    """deleteListingImage; those behind it move up."""
    images = call.store.images(call.listing()["listing_id"])
    gone = next((each for each in images if each["listing_image_id"] == call.number("image_id")), None)
    if gone is None:
        raise Missing
    left = [each for each in images if each is not gone]
    with call.store.transaction():
        call.store.put_images([gone | {"rank": None}, *_ranked(left)])
    return Response(status_code=204)


def shown(call: Call, image: Mapping[str, Any]) -> dict[str, Any]:
    """An image as Etsy answers it: without its looks until it has been worked on."""
    ready = call.now >= image["_uploaded"] + call.processing_seconds
    public = {name: value for name, value in image.items() if not name.startswith("_")}
    return public if ready else public | dict.fromkeys(_LOOKS)


async def _content(call: Call, listing: int, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The image that was sent, or the one of the listing's own that was named."""
    if len(fields["alt_text"]) > LONGEST_ALT_TEXT:
        raise Invalid(f"alt_text must have at most {LONGEST_ALT_TEXT} characters")
    if isinstance(fields.get("image"), UploadFile):
        content = await fields["image"].read()
        number = call.store.new_number()
        return _new(call, listing, number, content) | {"alt_text": fields["alt_text"]}
    known = call.store.image(fields["listing_image_id"]) if "listing_image_id" in fields else None
    if known is None or known["listing_id"] != listing:
        raise Invalid(_NO_IMAGE)
    return known | {"alt_text": fields["alt_text"] or known["alt_text"]}


def _new(call: Call, listing: int, number: int, content: bytes) -> dict[str, Any]:
    base = f"https://i.etsystatic.com/{call.shop.id}"
    sizes = ("75x75", "170x135", "570xN", "fullxfull")
    return {
        "listing_id": listing,
        "listing_image_id": number,
        **_looks(content),
        "creation_tsz": int(call.now),
        "created_timestamp": int(call.now),
        **{f"url_{size}": f"{base}/il_{size}.{number}.jpg" for size in sizes},
        "_uploaded": call.now,
        "_sha256": hashlib.sha256(content).hexdigest(),
        "_bytes": len(content),
    }


def _looks(content: bytes) -> dict[str, Any]:
    """Size and mean colour. Raises Invalid for what is no JPEG, PNG or GIF."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "GIF")) as image:
            size = image.size
            mean = image.convert("RGB").resize((1, 1))  # decodes it to the end
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Invalid(_NO_IMAGE) from None
    red, green, blue = mean.tobytes()
    hue, saturation, brightness = mean.convert("HSV").tobytes()
    values = (f"{red:02X}{green:02X}{blue:02X}", red, green, blue)
    shades = (hue * 360 // 255, saturation * 100 // 255, brightness * 100 // 255, red == green == blue)
    return dict(zip(_LOOKS, (*values, *shades, size[1], size[0]), strict=True))


def _placed(
    images: list[dict[str, Any]], image: dict[str, Any], fields: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """All images of the listing with this one at its rank; `image` itself gets its rank. What is replaced has none."""
    others = [each for each in images if each["listing_image_id"] != image["listing_image_id"]]
    rank, gone = fields["rank"], []
    if not 1 <= rank <= len(others) + 1:
        raise Invalid("The ListingImages for this Listing are in an inconsistent order")
    if fields["overwrite"] and rank <= len(others):
        gone = [others.pop(rank - 1) | {"rank": None}]
    if len(others) >= MOST_IMAGES:
        raise Invalid(f"Only {MOST_IMAGES} images are allowed on a listing")
    others.insert(rank - 1, image)
    image["rank"] = rank
    return [*gone, *_ranked(others)]


def _ranked(images: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each | {"rank": rank} for rank, each in enumerate(images, 1)]
