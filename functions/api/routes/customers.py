"""The customer book."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from common.customers.limits import LARGEST_FILE
from common.errors import Usage
from common.interface.customers import (
    BookProblemView,
    BookRefused,
    BookView,
    CheckedBook,
    Customers,
    FoundCustomer,
    LoadedBook,
)
from functions.api.problems import problem
from functions.api.serving import served_by

router = APIRouter(prefix="/customers", tags=["customers"])
TheCustomers = Annotated[Customers, Depends(served_by(Customers))]
_FILE_FORM = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
_TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": {**_FILE_FORM, "required": ["file"]}},
            "application/yaml": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}


@dataclass(frozen=True)
class SentBook:
    """A book as it arrived."""

    content: bytes
    file: str


async def _sent(
    request: Request,
    name: Annotated[str, Query(max_length=200, description="What to call a text that is no file.")] = "",
) -> SentBook:
    """The file of a form, or the body itself. One byte above what a book may have is as good as all of it."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return SentBook(await _body(request), name or "customers.yaml")
    async with request.form(max_files=1) as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile):
            raise Usage("The form has no file; send the book as its field `file`.", reason="no_file")
        content = await sent.read(LARGEST_FILE + 1)
        return SentBook(content, PurePath(sent.filename or "customers.yaml").name)


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for piece in request.stream():
        content += piece[: LARGEST_FILE + 1 - len(content)]
    return bytes(content)


TheBook = Annotated[SentBook, Depends(_sent)]


@router.post("/check", summary="Everything that is wrong with a customer book", openapi_extra=_TAKES)
def check(customers: TheCustomers, sent: TheBook) -> CheckedBook:
    """Nothing is stored. Each problem has its line, its customer, and what to do about it."""
    return customers.check(sent.content, sent.file)


@router.post("", summary="Load a customer book (operator)", response_model=LoadedBook, openapi_extra=_TAKES)
def load(customers: TheCustomers, sent: TheBook) -> LoadedBook | JSONResponse:
    """A new version, valid for runs that start after it; the same content again changes nothing.

    A book with an error is refused as a whole, with all its problems.
    """
    try:
        return customers.load(sent.content, sent.file)
    except BookRefused as error:
        problems = [BookProblemView(**each.as_json()).model_dump() for each in error.problems]
        return problem(400, error.reason, "The customer book has errors", str(error), problems=problems)


@router.get("", summary="The valid customer book")
def show(customers: TheCustomers) -> BookView:
    """Customers in the order of the file, and the boards' rules, of which the first that matches counts."""
    return customers.show()


@router.get("/find", summary="Who is meant by a name, in any spelling")
def find(customers: TheCustomers, name: str) -> FoundCustomer:
    """A name that nobody has is a customer of its own, with the status unknown."""
    return customers.find(name)
