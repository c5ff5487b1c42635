# SQL is generated here: names are quoted, values are bound or quoted
"""Rows on their way into a table: each with its number, its typed columns c0, c1, ..., and what is wrong
with it.
"""

from collections.abc import Sequence

from infra.local.emulators.bigquery.decoding import (
    JsonDecoder,
    TextMembers,
    json_paths,
    problem_of_text,
    typed_from_text,
    unknown_key,
)
from infra.local.emulators.bigquery.fields import Field


def stage_json(
    source: str, fields: Sequence[Field], decoder: JsonDecoder, *, ignore_unknown: bool, kept: str = ""
) -> str:
    """SQL over `source`, whose column `document` is JSON, or NULL where it could not be read.

    kept: a column of the source that a staged row keeps, e.g. its number.
    """
    kept = f"{kept}, " if kept else ""
    members = TextMembers(fields, document="document", texts="texts")
    others = [field for field in fields if not members.takes(field)]
    parts = {field: f"parts[{place}]" for place, field in enumerate(others, start=1)}
    typed, problems = "", []
    for index, field in enumerate(fields):
        if field in parts:
            typed += f", {decoder.typed(parts[field], field)} AS c{index}"
            column = None if field.fields else f"c{index}"
            problems.append(decoder.problem(parts[field], field, field.name, typed=column))
        else:
            typed += f", {members.typed(field)} AS c{index}"
            problems.append(members.problem(field, f"c{index}"))
    no_object = "document IS NULL OR (keys = 0 AND json_type(document) <> 'OBJECT')"
    checks = f"WHEN {no_object} THEN 'JSON parsing error: the row is no JSON object'"
    if not ignore_unknown:
        key = unknown_key("document", fields)
        known = f"list_count(parts) + {members.count()}"
        checks += f" WHEN keys > {known} AND {key} IS NOT NULL THEN 'no such field: ' || {key} || '.'"
    problem = f"CASE {checks} ELSE coalesce({', '.join([*problems, 'NULL'])}) END"
    extracted = f"json_extract(document, {json_paths(others) if others else '[]::VARCHAR[]'}) AS parts"
    if len(others) < len(fields):
        extracted += f", {members.extracted()} AS texts"
    keys = "coalesce(len(json_keys(document)), 0) AS keys"
    columns = "".join(f", c{index}" for index in range(len(fields)))
    objects = f"SELECT {kept}document, {keys}, {extracted} FROM ({source})"
    rows = f"SELECT *{typed} FROM ({objects})"
    return f"SELECT {kept}{problem} AS problem{columns} FROM ({rows})"


def stage_text(source: str, fields: Sequence[Field]) -> str:
    """SQL over `source`, whose columns t0, t1, ... are cells as text."""
    typed = "".join(
        f", {typed_from_text(f't{index}', field)} AS c{index}" for index, field in enumerate(fields)
    )
    problems = [problem_of_text(f"t{index}", field, f"c{index}") for index, field in enumerate(fields)]
    columns = "".join(f", c{index}" for index in range(len(fields)))
    problem = f"coalesce({', '.join([*problems, 'NULL'])})"
    return f"SELECT {problem} AS problem{columns} FROM (SELECT *{typed} FROM ({source}))"


def staged_columns(fields: Sequence[Field]) -> str:
    """The columns of a staged row, in the order of the fields."""
    return ", ".join(f"c{index}" for index in range(len(fields)))
