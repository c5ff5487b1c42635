"""Values as Postgres writes an array: for `cast(%s as bigint[])`, `cast(%s as text[])` and arguments of such a type."""

from collections.abc import Iterable

from common.boundary import clean_text


def array(values: Iterable[int | str | None]) -> str:
    """The array of these values; None is NULL. Text loses what Postgres cannot hold: NUL and lone surrogates."""
    return "{" + ",".join([str(value) if type(value) is int else _element(value) for value in values]) + "}"


def _element(value: int | str | None) -> str:
    if value is None:
        return "NULL"
    if not isinstance(value, str):
        return str(int(value))
    # Always quoted: bare, it may be a NULL, a nested array, or lose the blanks at its ends.
    text = clean_text(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
