"""Listing a bucket: prefix, delimiter, offsets and pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, Self

from . import errors
from .names import after_name, after_prefix
from .page_tokens import decode_page_token, encode_page_token
from .records import ObjectRecord

_LARGEST_PAGE = 1000
_SCANNED_AT_ONCE = 500
_SCANNED_FOR_PREFIXES = 32  # with a delimiter most rows read ahead may lie below a prefix, and be skipped


class ObjectScan(Protocol):
    """The part of `Objects` that listing needs."""

    def scan(self, bucket: str, start: str, end: str | None, limit: int) -> list[ObjectRecord]:
        """Up to `limit` objects in the order of their names, from `start` (included) to `end` (excluded)."""
        ...


def page_size(query: Mapping[str, str]) -> int:
    """maxResults, at most 1,000; raises 400 unless it is a positive number."""
    given = query.get("maxResults", str(_LARGEST_PAGE))
    if not given.isdecimal() or int(given) < 1:
        raise errors.invalid(f"Invalid value '{given}' for maxResults: it must be at least 1.")
    return min(int(given), _LARGEST_PAGE)


@dataclass(frozen=True)
class ListRequest:
    """What to list. start: first name of the page; end: first name behind the list, None for no bound."""

    bucket: str
    prefix: str
    delimiter: str
    start: str
    end: str | None
    size: int
    trailing_delimiter: bool

    @classmethod
    def of_query(cls, bucket: str, query: Mapping[str, str]) -> Self:
        """From the parameters of the API; raises 400 for bad ones, 501 for matchGlob and softDeleted."""
        for name in ("matchGlob", "softDeleted", "filter"):
            if query.get(name) not in (None, "", "false"):
                raise errors.not_covered(f"The parameter {name}")
        prefix = query.get("prefix", "")
        token = query.get("pageToken")
        begins = decode_page_token(token) if token else query.get("startOffset", "")
        ends = [end for end in (after_prefix(prefix), query.get("endOffset")) if end]
        return cls(
            bucket=bucket,
            prefix=prefix,
            delimiter=query.get("delimiter", ""),
            start=max(prefix, begins),
            end=min(ends) if ends else None,
            size=page_size(query),
            trailing_delimiter=query.get("includeTrailingDelimiter") == "true",
        )

    def common_prefix(self, name: str) -> str | None:
        """The name up to the first delimiter after the prefix; None if it has none there."""
        at = name.find(self.delimiter, len(self.prefix)) if self.delimiter else -1
        return name[: at + len(self.delimiter)] if at >= 0 else None


@dataclass
class Page:
    """One page: objects and common prefixes together are at most the page's size."""

    records: list[ObjectRecord] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    next_token: str | None = None

    @property
    def length(self) -> int:
        """Entries on it."""
        return len(self.records) + len(self.prefixes)


def list_page(objects: ObjectScan, request: ListRequest) -> Page:
    """One page of a bucket's objects, in the order of their names."""
    page = Page()
    start: str | None = request.start
    while start is not None and page.length < request.size:
        ahead = _SCANNED_FOR_PREFIXES if request.delimiter else _SCANNED_AT_ONCE
        wanted = min(request.size - page.length, ahead)
        records = objects.scan(request.bucket, start, request.end, wanted)
        start = _fill(page, request, records) if records else None
    if start is not None and objects.scan(request.bucket, start, request.end, 1):
        page.next_token = encode_page_token(start)
    return page


def _fill(page: Page, request: ListRequest, records: list[ObjectRecord]) -> str | None:
    """Add records up to the first below a common prefix; where to go on, None at the end of all names."""
    for record in records:
        prefix = request.common_prefix(record.name)
        if prefix is None:
            page.records.append(record)
            continue
        page.prefixes.append(prefix)
        if request.trailing_delimiter and record.name == prefix:
            page.records.append(record)
        return after_prefix(prefix)  # one seek instead of reading everything below it
    return after_name(records[-1].name)
