"""A shop's pictures are fetched once for the designs that follow each other, within a bound."""

import pytest

from common.errors import NotFound
from functions.stage.designs.base_pictures import BasePictures
from tests.fakes.object_store import FakeObjectStore


def test_a_picture_is_fetched_once() -> None:
    store = FakeObjectStore()
    store.put("a", b"12345")
    pictures = BasePictures(store)
    assert pictures.get("a") == b"12345"
    store.delete("a")
    assert pictures.get("a") == b"12345"


def test_what_was_not_wanted_for_longest_makes_room() -> None:
    store = FakeObjectStore()
    for name in "abc":
        store.put(name, b"12345")
    pictures = BasePictures(store, most=10)
    for name in "abac":  # b goes for c
        pictures.get(name)
    for name in "abc":
        store.delete(name)
    assert (pictures.get("a"), pictures.get("c")) == (b"12345", b"12345")
    with pytest.raises(NotFound):
        pictures.get("b")


def test_one_that_is_too_large_is_not_kept() -> None:
    store = FakeObjectStore()
    store.put("a", b"12345")
    pictures = BasePictures(store, most=4)
    assert pictures.get("a") == b"12345"
    store.delete("a")
    with pytest.raises(NotFound):
        pictures.get("a")
