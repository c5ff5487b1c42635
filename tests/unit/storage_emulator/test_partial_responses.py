"""The `fields` parameter."""

import pytest

from infra.local.emulators.storage.errors import StorageError
from infra.local.emulators.storage.partial import select

DOCUMENT = {
    "kind": "k",
    "items": [{"name": "a", "size": "1", "metadata": {"x": "1", "y": "2"}}, {"name": "b", "size": "2"}],
}


@pytest.mark.parametrize(
    ("fields", "selected"),
    [
        (None, DOCUMENT),
        ("kind", {"kind": "k"}),
        ("kind,nextPageToken", {"kind": "k"}),
        ("items/name", {"items": [{"name": "a"}, {"name": "b"}]}),
        ("items(name, metadata/x)", {"items": [{"name": "a", "metadata": {"x": "1"}}, {"name": "b"}]}),
        ("items(metadata(x,y)),kind", {"items": [{"metadata": {"x": "1", "y": "2"}}, {}], "kind": "k"}),
        ("*", DOCUMENT),
    ],
)
def test_only_the_fields_asked_for_are_answered(fields: str | None, selected: object) -> None:
    assert select(DOCUMENT, fields) == selected


@pytest.mark.parametrize("fields", ["items(", "items(name", "a)", ",", "a/", "a,,b"])
def test_a_malformed_selection_is_refused(fields: str) -> None:
    with pytest.raises(StorageError, match="field selection"):
        select(DOCUMENT, fields)
