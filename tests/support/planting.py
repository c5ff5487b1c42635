"""Making a stand-in fail on purpose."""

from typing import Any

import requests

_PATIENCE = 10.0  # seconds


class Faulty:
    """What has a page of faults: an emulator or a stand-in that runs."""

    url: str

    def plant(
        self, operation: str, kind: str, match: Any = None, *, times: int = 1, **parameters: Any
    ) -> None:
        """Have a fault strike the next calls of an operation ("etsy.getListing") that match, so many times."""
        fault = {"operation": operation, "kind": kind, "times": times, "match": match or {}}
        answer = requests.post(
            f"{self.url}/_faults", json=fault | {"parameters": parameters}, timeout=_PATIENCE
        )
        assert answer.status_code == 201, answer.text

    def struck(self) -> list[int]:
        """How often each planted fault has struck."""
        return [fault["struck"] for fault in requests.get(f"{self.url}/_faults", timeout=_PATIENCE).json()]
