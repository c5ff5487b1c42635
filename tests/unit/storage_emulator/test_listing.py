"""Listing and its pages, against a plain model of what a listing is."""

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.emulators.storage.errors import StorageError
from infra.local.emulators.storage.listing import ListRequest, ObjectScan, list_page
from infra.local.emulators.storage.names import after_name, after_prefix
from infra.local.emulators.storage.page_tokens import decode_page_token, encode_page_token
from infra.local.emulators.storage.records import ObjectRecord

NAMES = st.text(st.sampled_from("ab/\ud7ff\U0010ffff"), min_size=1, max_size=5)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


class NamesInOrder(ObjectScan):
    """A bucket that consists of names only."""

    def __init__(self, names: set[str]) -> None:
        self.names = sorted(names)

    def scan(self, bucket: str, start: str, end: str | None, limit: int) -> list[ObjectRecord]:
        chosen = (name for name in self.names if name >= start and (end is None or name < end))
        return [record(bucket, name) for name in itertools.islice(chosen, limit)]


def record(bucket: str, name: str) -> ObjectRecord:
    return ObjectRecord(bucket, name, 1, 1, 0, "", "", 0, "", "", "", {})


def walk(names: set[str], query: Mapping[str, str]) -> tuple[list[str], list[str], list[int]]:
    """Objects, prefixes and the length of each page, following the tokens to the end."""
    objects: list[str] = []
    prefixes: list[str] = []
    lengths: list[int] = []
    token: str | None = None
    while not lengths or token:
        request = ListRequest.of_query("b", {**query, **({"pageToken": token} if token else {})})
        page = list_page(NamesInOrder(names), request)
        objects += [found.name for found in page.records]
        prefixes += page.prefixes
        lengths.append(page.length)
        token = page.next_token
    return objects, prefixes, lengths


def expected(names: set[str], prefix: str, delimiter: str) -> tuple[list[str], list[str]]:
    objects, prefixes = [], set()
    for name in sorted(names):
        if not name.startswith(prefix):
            continue
        at = name.find(delimiter, len(prefix)) if delimiter else -1
        if at < 0:
            objects.append(name)
        else:
            prefixes.add(name[: at + len(delimiter)])
    return objects, sorted(prefixes)


@given(
    names=st.sets(NAMES, max_size=40),
    prefix=st.one_of(st.just(""), NAMES),
    delimiter=st.sampled_from(["", "/", "a", "ab"]),
    size=st.integers(min_value=1, max_value=7),
)
def test_pages_of_any_size_add_up_to_the_whole_listing(
    names: set[str], prefix: str, delimiter: str, size: int
) -> None:
    query = {"prefix": prefix, "delimiter": delimiter, "maxResults": str(size)}
    objects, prefixes, lengths = walk(names, query)
    assert (objects, prefixes) == expected(names, prefix, delimiter)
    assert all(length == size for length in lengths[:-1]), "every page but the last is full"
    assert lengths[-1] > 0 or len(lengths) == 1, "no token leads to an empty page"


@given(names=st.sets(NAMES, max_size=30), start=NAMES, end=NAMES)
def test_offsets_bound_the_names(names: set[str], start: str, end: str) -> None:
    objects, _, _ = walk(names, {"startOffset": start, "endOffset": end})
    assert objects == [name for name in sorted(names) if start <= name < end]


def test_a_placeholder_can_be_listed_beside_its_prefix() -> None:
    names = {"a/", "a/1", "b"}
    assert walk(names, {"delimiter": "/"})[:2] == (["b"], ["a/"])
    assert walk(names, {"delimiter": "/", "includeTrailingDelimiter": "true"})[:2] == (["a/", "b"], ["a/"])


@given(prefix=NAMES, tail=st.text(max_size=2), other=NAMES)
def test_after_prefix_is_the_first_name_behind_all_with_the_prefix(
    prefix: str, tail: str, other: str
) -> None:
    bound = after_prefix(prefix)
    assert bound is None or prefix + tail < bound
    if other > prefix and not other.startswith(prefix):
        assert bound is not None
        assert other >= bound


@given(name=TEXT, other=TEXT)
def test_nothing_lies_between_a_name_and_the_one_after_it(name: str, other: str) -> None:
    assert name < after_name(name)
    assert not name < other < after_name(name)


@given(start=TEXT)
def test_a_page_token_brings_its_name_back(start: str) -> None:
    assert decode_page_token(encode_page_token(start)) == start


@pytest.mark.parametrize("token", ["x", "AAAA", "ä", "gIA=", ""])
def test_a_token_we_did_not_make_is_refused(token: str) -> None:
    with pytest.raises(StorageError, match="pageToken"):
        decode_page_token(token)


@pytest.mark.parametrize("size", ["0", "-1", "many"])
def test_a_page_has_at_least_one_entry(size: str) -> None:
    with pytest.raises(StorageError, match="maxResults"):
        ListRequest.of_query("b", {"maxResults": size})


def test_what_is_not_covered_is_refused_rather_than_ignored() -> None:
    with pytest.raises(StorageError) as raised:
        ListRequest.of_query("b", {"matchGlob": "**.png"})
    assert raised.value.status == 501
