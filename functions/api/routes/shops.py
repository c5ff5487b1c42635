"""The shops and their files."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from common.customers.limits import LARGEST_FILE
from common.errors import Usage
from common.interface.customers import BookProblemView
from common.interface.shops import CheckedShop, LoadedShop, ShopList, ShopRefused, Shops
from functions.api.problems import problem
from functions.api.serving import served_by

router = APIRouter(prefix="/shops", tags=["shops"])
TheShops = Annotated[Shops, Depends(served_by(Shops))]
_MOST_PICTURES = 500
_BINARY = {"type": "string", "format": "binary"}
_TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": _BINARY, "pictures": {"type": "array", "items": _BINARY}},
                    "required": ["file"],
                }
            }
        },
    }
}


@dataclass(frozen=True)
class SentShop:
    """A file as it arrived, and the pictures that came with it, by their names."""

    content: bytes
    file: str
    pictures: Mapping[str, BinaryIO]


async def _sent(request: Request) -> AsyncIterator[SentShop]:
    """The form's file and pictures; these lie on disk until the request has been served."""
    async with request.form(max_files=1 + _MOST_PICTURES) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Usage("The form has no file; send the shop's YAML as its field `file`.", reason="no_file")
        pictures = {
            each.filename or "": each.file
            for each in form.getlist("pictures")
            if isinstance(each, UploadFile)
        }
        content = await file.read(LARGEST_FILE + 1)  # one byte more tells that it is too large
        yield SentShop(content, PurePath(file.filename or "shop.yaml").name, pictures)


TheSent = Annotated[SentShop, Depends(_sent)]


@router.post("/check", summary="Everything that is wrong with a shop's file", openapi_extra=_TAKES)
def check(shops: TheShops, sent: TheSent) -> CheckedShop:
    """Nothing is stored. Pictures are looked at when some are sent, each under the name that the file gives it."""
    return shops.check(sent.content, sent.file, sent.pictures)


@router.post("", summary="Load a shop's file (operator)", response_model=LoadedShop, openapi_extra=_TAKES)
def load(shops: TheShops, sent: TheSent) -> LoadedShop | JSONResponse:
    """The shop is as the file says from now on; the same again changes nothing.

    A file with an error is refused as a whole, with all its problems. A picture that was sent before need not come again.
    """
    try:
        return shops.load(sent.content, sent.file, sent.pictures)
    except ShopRefused as error:
        problems = [BookProblemView(**each.as_json()).model_dump() for each in error.problems]
        return problem(400, error.reason, "The shop's file has errors", str(error), problems=problems)


@router.get("", summary="The shops as they are now")
def show(shops: TheShops) -> ShopList:
    """With their templates, canvases, sizes and mock-ups."""
    return shops.show()
