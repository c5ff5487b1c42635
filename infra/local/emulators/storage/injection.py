"""Lets planted faults strike; the package's docstring lists operations, attributes and kinds."""

import asyncio
from typing import Any

from infra.local.faults import FaultBook

from . import errors
from .exchange import Exchange


class Injector:
    """Takes the fault that strikes an operation, and arranges what it does."""

    def __init__(self, book: FaultBook) -> None:
        self._book = book

    async def strike(self, exchange: Exchange, operation: str, **attributes: Any) -> None:
        """Raise the error of a status fault, wait for a delay, arrange the others; called before the work."""
        fault = self._book.take(operation, **attributes)
        if fault is None:
            return
        parameters = fault.parameters
        match fault.kind:
            case "status":
                raise errors.planted(
                    int(parameters["status"]),
                    parameters.get("reason"),
                    parameters.get("message"),
                    parameters.get("retry_after"),
                )
            case "delay":
                await asyncio.sleep(float(parameters["seconds"]))
            case "cut":
                exchange.body.cut_after(int(parameters["after"]))
            case "drop":
                exchange.dropped = True
            case "truncate":
                exchange.truncated = True
            case unknown:
                raise errors.invalid(
                    f"Unknown kind of fault '{unknown}': see the emulator's package docstring."
                )
