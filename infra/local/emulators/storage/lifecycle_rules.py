"""Lifecycle rules: which objects a bucket's configuration says are to be deleted.

Source: https://cloud.google.com/storage/docs/lifecycle. A rule applies when all of its conditions hold; one
with another action, or with a condition that is not known here, never does.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from . import errors
from .records import ObjectRecord


def _old(record: ObjectRecord, days: Any, now: datetime) -> bool:
    return now - datetime.fromisoformat(record.created) >= timedelta(days=int(days))


def _created_before(record: ObjectRecord, day: Any, _now: datetime) -> bool:
    return datetime.fromisoformat(record.created).date() < date.fromisoformat(day)


def _custom_time(record: ObjectRecord) -> datetime | None:
    given = record.writable.get("customTime")
    return datetime.fromisoformat(given) if given else None


def _custom_time_before(record: ObjectRecord, day: Any, _now: datetime) -> bool:
    moment = _custom_time(record)
    return moment is not None and moment.date() < date.fromisoformat(day)


def _since_custom_time(record: ObjectRecord, days: Any, now: datetime) -> bool:
    moment = _custom_time(record)
    return moment is not None and now - moment >= timedelta(days=int(days))


def _has_prefix(record: ObjectRecord, prefixes: Any, _now: datetime) -> bool:
    return record.name.startswith(tuple(prefixes))


def _has_suffix(record: ObjectRecord, suffixes: Any, _now: datetime) -> bool:
    return record.name.endswith(tuple(suffixes))


def _has_storage_class(record: ObjectRecord, classes: Any, _now: datetime) -> bool:
    return record.writable.get("storageClass", "STANDARD") in classes


_CONDITIONS: dict[str, Callable[[ObjectRecord, Any, datetime], bool]] = {
    "age": _old,
    "createdBefore": _created_before,
    "customTimeBefore": _custom_time_before,
    "daysSinceCustomTime": _since_custom_time,
    "matchesPrefix": _has_prefix,
    "matchesSuffix": _has_suffix,
    "matchesStorageClass": _has_storage_class,
    "isLive": lambda _record, live, _now: bool(live),  # every object is: there is no versioning
}


def rule_deletes(rule: Mapping[str, Any], record: ObjectRecord, now: datetime) -> bool:
    """Whether a rule says that this object is to be deleted."""
    conditions: Mapping[str, Any] = rule.get("condition") or {}
    if (
        (rule.get("action") or {}).get("type") != "Delete"
        or not conditions
        or conditions.keys() - _CONDITIONS.keys()
    ):
        return False
    return all(_CONDITIONS[name](record, value, now) for name, value in conditions.items())


_READERS: dict[str, Callable[[Any], object]] = {
    "age": int,
    "createdBefore": date.fromisoformat,
    "customTimeBefore": date.fromisoformat,
    "daysSinceCustomTime": int,
    "matchesPrefix": tuple,
    "matchesSuffix": tuple,
}


def check_rules(lifecycle: Mapping[str, Any] | None) -> None:
    """Raise 400 for a condition that cannot be read, so that applying the rules later cannot fail."""
    for rule in (lifecycle or {}).get("rule") or []:
        for name, value in (rule.get("condition") or {}).items():
            try:
                _READERS.get(name, str)(value)
            except (TypeError, ValueError):
                raise errors.invalid(f"Invalid value '{value}' for the lifecycle condition {name}.") from None
