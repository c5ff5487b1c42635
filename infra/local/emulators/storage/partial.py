"""Partial responses: the `fields` parameter, e.g. `items(name,metadata/color),nextPageToken`.

Source: https://cloud.google.com/storage/docs/json_api#partial-response
"""

import re
from typing import Any

from . import errors

_TOKEN = re.compile(r"[^(),/\s]+|[(),/]")
_Tree = dict[str, "_Tree"]


def select(document: Any, fields: str | None) -> Any:
    """The document with only the fields asked for; all of it for None.

    Raises 400 for a malformed selection.
    """
    if not fields:
        return document
    tokens = _TOKEN.findall(fields)
    tree = _selection(tokens)
    if tokens:
        raise errors.invalid(f"Invalid field selection {fields}")
    return _pick(document, tree)


def _selection(tokens: list[str]) -> _Tree:
    """Read `a,b/c,d(e,f)` from the front of `tokens`, up to a closing bracket or the end."""
    tree: _Tree = {}
    while tokens:
        _path(tokens, tree)
        if not tokens or tokens[0] != ",":
            break
        tokens.pop(0)
    return tree


def _path(tokens: list[str], tree: _Tree) -> None:
    if not tokens or tokens[0] in "(),/":
        raise errors.invalid("Invalid field selection")
    branch = tree.setdefault(tokens.pop(0), {})
    if tokens and tokens[0] == "/":
        tokens.pop(0)
        _path(tokens, branch)
    elif tokens and tokens[0] == "(":
        tokens.pop(0)
        branch.update(_selection(tokens))
        if not tokens or tokens.pop(0) != ")":
            raise errors.invalid("Invalid field selection")


def _pick(document: Any, tree: _Tree) -> Any:
    if not tree:
        return document
    if isinstance(document, list):
        return [_pick(item, tree) for item in document]
    if not isinstance(document, dict):
        return document
    if "*" in tree:
        return {name: _pick(value, tree["*"]) for name, value in document.items()}
    return {name: _pick(document[name], branch) for name, branch in tree.items() if name in document}
