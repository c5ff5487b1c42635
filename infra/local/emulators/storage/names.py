"""What a bucket and an object may be called, and the order of names."""

import re
import sys

from . import errors

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_LONGEST_LABEL = 63
_LONGEST_OBJECT_NAME = 1024  # bytes of UTF-8


def check_bucket_name(name: str) -> None:
    """Raise 400 for a name the service would refuse.

    Source: https://cloud.google.com/storage/docs/buckets#naming
    """
    labels_fit = all(0 < len(label) <= _LONGEST_LABEL for label in name.split("."))
    reserved = name.startswith("goog") or "google" in name
    if not _BUCKET.fullmatch(name) or not labels_fit or reserved:
        raise errors.invalid(f"Invalid bucket name: '{name}'")


def check_object_name(name: str) -> None:
    """Raise 400 for a name the service would refuse.

    Source: https://cloud.google.com/storage/docs/objects#naming
    """
    if not name:
        raise errors.required("name")
    wrong = (
        len(name.encode("utf-8", "surrogatepass")) > _LONGEST_OBJECT_NAME
        or any(character in name for character in "\r\n")
        or name in (".", "..")
        or name.startswith(".well-known/acme-challenge/")
        or any(0xD800 <= ord(character) <= 0xDFFF for character in name)
    )
    if wrong:
        raise errors.invalid(f"Disallowed unicode characters or length in object name '{name[:80]!a}'")


def after_prefix(prefix: str) -> str | None:
    """The smallest name that is greater than every name with this prefix; None if there is none.

    Names are ordered by code point, which is also the order of their UTF-8 bytes and thus SQLite's.
    """
    for at in range(len(prefix) - 1, -1, -1):
        point = ord(prefix[at])
        if point < sys.maxunicode:
            following = 0xE000 if point == 0xD7FF else point + 1  # surrogates are no characters
            return prefix[:at] + chr(following)
    return None


def after_name(name: str) -> str:
    """The smallest name greater than this one."""
    return name + "\0"
