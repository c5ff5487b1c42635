"""What differs between two documents, field by field."""

from collections.abc import Mapping
from typing import Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """{field: {"old", "new"}} for each field that is not the same; one that is missing counts as None."""
    fields = [*before, *(name for name in after if name not in before)]
    return {
        name: {"old": before.get(name), "new": after.get(name)}
        for name in fields
        if before.get(name) != after.get(name)
    }
