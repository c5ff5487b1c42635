"""What a page of another origin may do: a bucket's `cors` rules on the XML API, everything on the JSON API.

Source: https://cloud.google.com/storage/docs/cross-origin
"""

from collections.abc import Mapping, Sequence
from typing import Any

Rule = Mapping[str, Any]

EVERYTHING: Rule = {
    "origin": ["*"],
    "method": ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"],
    "responseHeader": ["*"],
    "maxAgeSeconds": 3600,
}
"""What the JSON API allows, and the rule that buckets made with --bucket begin with."""

_EXPOSED_BY_STAR = (
    "Content-Type, Content-Range, ETag, Location, Range, X-Goog-Generation, X-Goog-Hash, "
    "X-Goog-Metageneration, X-Goog-Stored-Content-Length, X-GUploader-UploadID"
)


def preflight_headers(rules: Sequence[Rule], headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that answer a preflight (OPTIONS) request; none if no rule allows what it asks for."""
    origin = headers.get("origin", "")
    method = headers.get("access-control-request-method", "")
    wanted = [
        name.strip() for name in headers.get("access-control-request-headers", "").split(",") if name.strip()
    ]
    for rule in rules:
        if _fits(rule, origin, method) and all(_allows_header(rule, name) for name in wanted):
            return {
                **_allowed_origin(rule, origin),
                "Access-Control-Allow-Methods": ",".join(rule.get("method", [])),
                "Access-Control-Allow-Headers": ",".join(wanted),
                "Access-Control-Max-Age": str(rule.get("maxAgeSeconds", 3600)),
            }
    return {}


def answer_headers(rules: Sequence[Rule], headers: Mapping[str, str], method: str) -> dict[str, str]:
    """The headers that let a page read an answer; none if no rule fits, or no page has asked."""
    origin = headers.get("origin")
    rule = next((rule for rule in rules if origin and _fits(rule, origin, method)), None)
    if rule is None or origin is None:
        return {}
    exposed = ", ".join(name for name in rule.get("responseHeader", []) if name != "*")
    if "*" in rule.get("responseHeader", []):
        exposed = _EXPOSED_BY_STAR
    return {
        **_allowed_origin(rule, origin),
        **({"Access-Control-Expose-Headers": exposed} if exposed else {}),
    }


def _fits(rule: Rule, origin: str, method: str) -> bool:
    methods = rule.get("method", [])
    return _matches_origin(rule, origin) and (method in methods or "*" in methods)


def _matches_origin(rule: Rule, origin: str) -> bool:
    return any(one in ("*", origin) for one in rule.get("origin", []))


def _allowed_origin(rule: Rule, origin: str) -> dict[str, str]:
    if "*" in rule.get("origin", []):
        return {"Access-Control-Allow-Origin": "*"}
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def _allows_header(rule: Rule, name: str) -> bool:
    allowed = [one.lower() for one in rule.get("responseHeader", [])]
    return (
        "*" in allowed or name.lower() in allowed or name.lower() in ("accept", "content-language", "origin")
    )
