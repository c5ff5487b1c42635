"""Words of the command line that mean a pair, a list or a file."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.errors import Usage

_UNIT = re.compile(r"[^\W\d_][^:]*|[%°Ω][^:]*")
"""What may stand after the last colon as a unit: "12:30" and "1:10" have none."""
_TYPE = re.compile(r"[A-Za-z][A-Za-z_-]*")


def pair(text: str, what: str = "NAME=VALUE") -> tuple[str, str]:
    """The two sides of the first "=". Raises Usage when there is none, or no name."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise Usage(f"{text!r} is not {what}.", reason="bad_pair")
    return name.strip(), value.strip()


def settings(texts: Sequence[str] | None) -> dict[str, str]:
    """NAME=VALUE, each name once. Raises Usage for anything else."""
    found: dict[str, str] = {}
    for name, value in (pair(text) for text in texts or ()):
        if name in found:
            raise Usage(f"{name} is set twice; say it once.", reason="bad_pair")
        found[name] = value
    return found


def attribute(text: str) -> dict[str, str]:
    """NAME=VALUE or NAME=VALUE:UNIT as {name, value, unit?}.

    The unit is what stands after the last colon, if it begins with a letter, "%" or "°" and is no address;
    a colon at the very end says that there is none. Raises Usage for an empty name or value.
    """
    name, value = pair(text, "NAME=VALUE or NAME=VALUE:UNIT")
    before, colon, after = value.rpartition(":")
    unit = after.strip()
    if colon and not unit:
        found = {"name": name, "value": before.strip()}
    elif colon and _UNIT.fullmatch(unit):
        found = {"name": name, "value": before.strip(), "unit": unit}
    else:
        found = {"name": name, "value": value}
    if not found["value"]:
        raise Usage(f"{text!r} has no value.", reason="bad_pair")
    return found


def document(text: str) -> dict[str, str]:
    """URL or URL:TYPE as {url, type?}. Raises Usage for what is no http address."""
    before, colon, after = text.strip().rpartition(":")
    has_type = bool(colon) and _TYPE.fullmatch(after) is not None
    url = before if has_type else text.strip()
    if not url.lower().startswith(("http://", "https://")) or any(map(str.isspace, url)):
        raise Usage(f"{text!r} is not URL or URL:TYPE; an URL begins with https://.", reason="bad_document")
    return {"url": url, "type": after} if has_type else {"url": url}


def json_file(file: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises Usage when there is none."""
    try:
        value = json.loads(file.read_bytes())
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}.", reason="unreadable_file") from error
    except ValueError as error:
        raise Usage(f"{file} is not JSON: {error}.", reason="unreadable_file") from error
    return json_object(value, str(file))


def json_text(text: str, what: str) -> dict[str, Any]:
    """The JSON object that a text is. Raises Usage when it is none."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Usage(f"{what} is not JSON: {error}.", reason="bad_json") from error
    return json_object(value, what)


def json_object(value: Any, what: str) -> dict[str, Any]:
    """The value, if it is an object. Raises Usage when it is not."""
    if not isinstance(value, dict):
        raise Usage(f'{what} holds no JSON object like {{"name": "value"}}.', reason="bad_json")
    return value
