"""A GraphQL request as bytes, the same for the same content in any process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COMPLEXITY = "complexity { before query after reset_in_x_seconds }"
"""Asked for in every document: the only report of what a request cost."""


@dataclass(frozen=True)
class Query:
    """A question, which changes nothing. estimate: expected complexity points."""

    text: str
    variables: Mapping[str, Any]
    estimate: int

    def body(self) -> bytes:
        """The request."""
        return request_body(self.text, self.variables)


def request_body(text: str, variables: Mapping[str, Any]) -> bytes:
    """The body of a POST. Values travel as variables only, so nothing that people wrote can become part of a document."""
    return json_text({"query": text, "variables": variables}).encode("ascii")


def json_text(value: object) -> str:
    """JSON in the one form that all requests use: sorted, without blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
