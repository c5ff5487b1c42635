"""Lifecycle rules: deleting objects by age and name, in virtual time.

Source: https://cloud.google.com/storage/docs/lifecycle. A rule applies when all of its conditions hold; one
with another action, or with a condition that is not known here, never does.
"""

import contextlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from infra.local.clock import SharedClock

from . import errors
from .buckets import Buckets
from .objects import Objects
from .preconditions import Preconditions
from .records import Address, ObjectRecord

_BATCH = 500


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


def apply_rules(buckets: Buckets, objects: Objects, clock: SharedClock) -> int:
    """Delete what the buckets' rules say; how many objects that were."""
    now = clock.now()
    deleted = 0
    for bucket in buckets.all():
        rules = (bucket.resource.get("lifecycle") or {}).get("rule") or []
        if rules:
            deleted += _apply(objects, bucket.name, rules, now)
    return deleted


def _apply(objects: Objects, bucket: str, rules: list[Mapping[str, Any]], now: datetime) -> int:
    deleted = 0
    start = ""
    while batch := objects.scan(bucket, start, None, _BATCH):
        start = batch[-1].name + "\0"
        for record in batch:
            if any(rule_deletes(rule, record, now) for rule in rules):
                deleted += _delete(objects, record)
    return deleted


def _delete(objects: Objects, record: ObjectRecord) -> int:
    unchanged = Preconditions(generation_match=record.generation, metageneration_match=record.metageneration)
    with contextlib.suppress(errors.StorageError):  # replaced or deleted since it was looked at
        objects.delete(Address(record.bucket, record.name), unchanged)
        return 1
    return 0
