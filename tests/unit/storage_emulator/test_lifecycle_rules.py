"""Which objects a lifecycle rule deletes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.emulators.storage.errors import StorageError
from infra.local.emulators.storage.lifecycle_rules import check_rules, rule_deletes
from infra.local.emulators.storage.records import ObjectRecord

CREATED = "2030-01-10T12:00:00.000Z"
OBJECT = ObjectRecord(
    "b", "tmp/a.png", 1, 1, 0, "", "", 0, CREATED, CREATED, "", {"customTime": "2030-01-05T00:00:00Z"}
)
NOW = datetime(2030, 1, 20, 12, tzinfo=UTC)


def deletes(condition: dict[str, Any], action: str = "Delete") -> bool:
    return rule_deletes({"action": {"type": action}, "condition": condition}, OBJECT, NOW)


@pytest.mark.parametrize(
    "condition",
    [
        {"age": 10},
        {"age": 0},
        {"createdBefore": "2030-01-11"},
        {"customTimeBefore": "2030-01-06"},
        {"daysSinceCustomTime": 15},
        {"matchesPrefix": ["x/", "tmp/"], "matchesSuffix": [".png"]},
        {"matchesStorageClass": ["STANDARD"], "isLive": True},
    ],
)
def test_a_rule_applies_when_all_its_conditions_hold(condition: dict[str, Any]) -> None:
    assert deletes(condition)


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"age": 11},
        {"createdBefore": "2030-01-10"},
        {"daysSinceCustomTime": 16},
        {"age": 10, "matchesPrefix": ["x/"]},
        {"age": 10, "numNewerVersions": 3},
    ],
)
def test_a_rule_does_not_apply_otherwise(condition: dict[str, Any]) -> None:
    assert not deletes(condition)


def test_other_actions_delete_nothing() -> None:
    assert not deletes({"age": 1}, "SetStorageClass")


@pytest.mark.parametrize("condition", [{"age": "old"}, {"createdBefore": "soon"}, {"matchesPrefix": 1}])
def test_a_rule_that_cannot_be_read_is_refused_when_it_is_set(condition: dict[str, Any]) -> None:
    with pytest.raises(StorageError, match="lifecycle condition"):
        check_rules({"rule": [{"action": {"type": "Delete"}, "condition": condition}]})
