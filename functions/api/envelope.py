"""The form in which the paths under /workflow and /manual answer."""

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Envelope(BaseModel, Generic[T]):
    """An answer, and a sentence about it. Errors are problem documents, not envelopes."""

    status: Literal["success"] = "success"
    message: str
    data: T


def told(data: T, message: str = "ok") -> Envelope[T]:
    """An answer in its envelope."""
    return Envelope[T](message=message, data=data)
