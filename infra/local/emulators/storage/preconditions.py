"""Conditions on an object's or a bucket's live version, and the one place where they are decided.

Source: https://cloud.google.com/storage/docs/request-preconditions. A read whose "not match" condition
fails is answered 304, everything else that fails 412.

Names are taken as documented. Uploads by google-cloud-storage 3.17 send `ifMetaGenerationNotMatch`, with a
capital G, which is no parameter of the API and has no effect here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

from . import errors


class Versioned(Protocol):
    """What a condition is about."""

    @property
    def generation(self) -> int: ...
    @property
    def metageneration(self) -> int: ...
    @property
    def etag(self) -> str: ...


@dataclass(frozen=True)
class Preconditions:
    """What must hold for a request to be carried out; None demands nothing.

    Generation 0 means "no live object".
    """

    generation_match: int | None = None
    generation_not_match: int | None = None
    metageneration_match: int | None = None
    metageneration_not_match: int | None = None
    etag_match: str | None = None
    etag_not_match: str | None = None

    @classmethod
    def of_request(cls, query: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """From the JSON API's parameters ifGenerationMatch etc. and the headers If-Match, If-None-Match."""
        return cls(
            generation_match=_number(query.get("ifGenerationMatch")),
            generation_not_match=_number(query.get("ifGenerationNotMatch")),
            metageneration_match=_number(query.get("ifMetagenerationMatch")),
            metageneration_not_match=_number(query.get("ifMetagenerationNotMatch")),
            etag_match=headers.get("if-match"),
            etag_not_match=headers.get("if-none-match"),
        )

    @classmethod
    def of_source(cls, query: Mapping[str, str]) -> Self:
        """From ifSourceGenerationMatch etc.: what must hold for the object that is copied."""
        return cls(
            generation_match=_number(query.get("ifSourceGenerationMatch")),
            generation_not_match=_number(query.get("ifSourceGenerationNotMatch")),
            metageneration_match=_number(query.get("ifSourceMetagenerationMatch")),
            metageneration_not_match=_number(query.get("ifSourceMetagenerationNotMatch")),
        )

    @classmethod
    def of_xml_headers(cls, headers: Mapping[str, str]) -> Self:
        """From the XML API's request headers."""
        return cls(
            generation_match=_number(headers.get("x-goog-if-generation-match")),
            metageneration_match=_number(headers.get("x-goog-if-metageneration-match")),
            etag_match=headers.get("if-match"),
            etag_not_match=headers.get("if-none-match"),
        )

    def check(self, live: Versioned | None, *, reading: bool = False) -> None:
        """Raise 412, or 304 for a read, unless all demanded holds; live is None if there is no object."""
        if not self._matches(live):
            raise errors.precondition_failed()
        if not self._differs(live):
            raise errors.not_modified() if reading else errors.precondition_failed("If-None-Match")

    def _matches(self, live: Versioned | None) -> bool:
        if self.generation_match is not None and self.generation_match != (live.generation if live else 0):
            return False
        if self.metageneration_match is not None and (
            not live or live.metageneration != self.metageneration_match
        ):
            return False
        return self.etag_match is None or (live is not None and _lists(self.etag_match, live.etag))

    def _differs(self, live: Versioned | None) -> bool:
        if live is None:  # "if no live object exists, the precondition fails"
            return self.generation_not_match is None and self.metageneration_not_match is None
        if (
            live.generation == self.generation_not_match
            or live.metageneration == self.metageneration_not_match
        ):
            return False
        return self.etag_not_match is None or not _lists(self.etag_not_match, live.etag)


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise errors.invalid(f"Invalid value '{text}': a generation is a decimal number.") from None


def _lists(header: str, etag: str) -> bool:
    """Whether an If-Match or If-None-Match header names this ETag, or any with `*`."""
    return any(one.strip().strip('"') in ("*", etag) for one in header.split(","))
