"""Applies the buckets' lifecycle rules, in virtual time."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from infra.local.clock import SharedClock

from . import errors
from .buckets import Buckets
from .lifecycle_rules import rule_deletes
from .names import after_name
from .objects import Objects
from .preconditions import Preconditions
from .records import Address, ObjectRecord

_BATCH = 500


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
        start = after_name(batch[-1].name)
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
