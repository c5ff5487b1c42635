"""Freezing: effects are planned and bound into a send at once, or not at all."""

from collections.abc import Mapping
from typing import Any

from common.database.engine import Database, DataRefused
from common.errors import Conflict

_TAKEN = "23S01"


def frozen(database: Database, function: str, plan: Mapping[str, Any]) -> Any:
    """What one of the SQL functions that freeze answers. Raises Conflict when an effect has its place elsewhere."""
    try:
        return database.call(function, plan)
    except DataRefused as error:
        if error.state != _TAKEN:
            raise
        raise Conflict(
            f"{plan['target']}: some of these changes are part of another send; finish that one first."
        ) from error
