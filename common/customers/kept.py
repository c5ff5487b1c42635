"""Parts of an entry that other programs read: kept as JSON, as they are in the file."""

import re
from typing import Any

import yaml

from common.customers.fields import Fields, is_null

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_BOOLEANS = {"true": True, "false": False}
_TAG = "tag:yaml.org,2002:"


def kept(fields: Fields | None) -> dict[str, Any]:
    """A mapping as a JSON object; {} for none."""
    return {key.value: _value(fields, key.value, node) for key, node in fields} if fields else {}


def _value(fields: Fields, name: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return kept(fields.nested(node, name))
    if isinstance(node, yaml.SequenceNode):
        return [_value(fields, name, each) for each in node.value]
    return None if is_null(node) else _scalar(node)


def _scalar(node: yaml.Node) -> str | bool | int | float:
    """Numbers and booleans only where JSON would write them so; everything else is the text that stands there."""
    text = str(node.value)
    if node.tag == f"{_TAG}bool" and text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    if node.tag == f"{_TAG}int" and _WHOLE.fullmatch(text):
        return int(text)
    if node.tag == f"{_TAG}float" and _NUMBER.fullmatch(text):
        return float(text)
    return text
