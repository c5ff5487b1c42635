"""Which conditions hold for which live version."""

from dataclasses import dataclass

import pytest

from infra.local.emulators.storage.errors import StorageError
from infra.local.emulators.storage.preconditions import Preconditions


@dataclass(frozen=True)
class Version:
    generation: int = 7
    metageneration: int = 2
    etag: str = "e"


def status(preconditions: Preconditions, live: Version | None, *, reading: bool = False) -> int:
    try:
        preconditions.check(live, reading=reading)
    except StorageError as error:
        return error.status
    return 200


@pytest.mark.parametrize(
    ("preconditions", "with_object", "without_object"),
    [
        (Preconditions(), 200, 200),
        (Preconditions(generation_match=0), 412, 200),
        (Preconditions(generation_match=7), 200, 412),
        (Preconditions(generation_match=8), 412, 412),
        (Preconditions(generation_not_match=0), 200, 412),
        (Preconditions(generation_not_match=7), 412, 412),
        (Preconditions(metageneration_match=2), 200, 412),
        (Preconditions(metageneration_match=3), 412, 412),
        (Preconditions(metageneration_not_match=3), 200, 412),
        (Preconditions(etag_match="e"), 200, 412),
        (Preconditions(etag_match='"x", "e"'), 200, 412),
        (Preconditions(etag_match="*"), 200, 412),
        (Preconditions(etag_match="x"), 412, 412),
        (Preconditions(etag_not_match="*"), 412, 200),
        (Preconditions(etag_not_match="x"), 200, 200),
    ],
)
def test_a_write_happens_only_if_everything_demanded_holds(
    preconditions: Preconditions, with_object: int, without_object: int
) -> None:
    assert status(preconditions, Version()) == with_object
    assert status(preconditions, None) == without_object


def test_a_read_of_something_unchanged_is_not_an_error() -> None:
    assert status(Preconditions(generation_not_match=7), Version(), reading=True) == 304
    assert status(Preconditions(etag_not_match="e"), Version(), reading=True) == 304
    assert status(Preconditions(generation_match=8), Version(), reading=True) == 412


def test_a_generation_must_be_a_number() -> None:
    with pytest.raises(StorageError) as raised:
        Preconditions.of_request({"ifGenerationMatch": "new"}, {})
    assert raised.value.status == 400
