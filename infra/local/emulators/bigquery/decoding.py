"""What is loaded or inserted, turned into typed columns by generated DuckDB SQL, with the reason when it
cannot be.

Each scalar has one expression from text that gives NULL for what BigQuery would not accept; a value that is
there and comes out NULL is a fault of the row. Rules: "Loading JSON data" and "Loading CSV data" of
BigQuery's guide.
"""

import json
from collections.abc import Sequence

from infra.local.emulators.bigquery.fields import DUCKDB_TYPES, Field
from infra.local.emulators.bigquery.names import literal, quote

_FROM_TEXT = {
    "STRING": "{t}",
    "BYTES": "try(from_base64({t}))",
    "INT64": r"CASE WHEN regexp_full_match({t}, '\s*[+-]?[0-9]+(\.0*)?\s*') THEN try_cast({t} AS BIGINT) END",
    "FLOAT64": "try_cast({t} AS DOUBLE)",
    "NUMERIC": "try_cast({t} AS DECIMAL(38,9))",
    "BIGNUMERIC": "try_cast({t} AS DECIMAL(38,19))",
    "BOOL": "CASE WHEN lower({t}) IN ('true', 't', 'yes', 'y', '1') THEN true "
    "WHEN lower({t}) IN ('false', 'f', 'no', 'n', '0') THEN false END",
    "TIMESTAMP": r"CASE WHEN regexp_matches({t}, '^\s*[0-9]{{4}}-') THEN try_cast({t} AS TIMESTAMPTZ) "
    r"WHEN regexp_full_match({t}, '-?[0-9]+(\.[0-9]+)?([eE][+]?[0-9]+)?') "
    r"THEN to_timestamp(try_cast({t} AS DOUBLE)) END",
    "DATETIME": r"CASE WHEN regexp_matches({t}, '^\s*[0-9]{{4}}-') THEN try_cast({t} AS TIMESTAMP) END",
    "DATE": r"CASE WHEN regexp_full_match({t}, '\s*[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}\s*') "
    r"THEN try_cast({t} AS DATE) END",
    "TIME": r"CASE WHEN regexp_matches({t}, '^\s*[0-9]{{1,2}}:') THEN try_cast({t} AS TIME) END",
    "JSON": "try_cast({t} AS JSON)",
}
# JSON kinds that may not stand for a scalar although their text could be read as one.
_WRONG_KINDS = {
    "STRING": "'OBJECT', 'ARRAY'",
    "INT64": "'BOOLEAN'",
    "FLOAT64": "'BOOLEAN'",
    "NUMERIC": "'BOOLEAN'",
    "BIGNUMERIC": "'BOOLEAN'",
}


def json_paths(fields: Sequence[Field]) -> str:
    """The list of paths that json_extract takes to pull every field out of an object in one pass."""
    return "[" + ", ".join(literal('$."' + field.name.replace('"', '\\"') + '"') for field in fields) + "]"


def unknown_key(document: str, fields: Sequence[Field], depth: int = 0) -> str:
    """SQL for the first key of a JSON object that is no field, or NULL."""
    names = "[" + ", ".join(literal(field.name) for field in fields) + "]"
    key = f"key{depth}"
    return f"list_filter(json_keys({document}), lambda {key}: NOT list_contains({names}, {key}))[1]"


class JsonDecoder:
    """Expressions over JSON values. `json_as_text`: a JSON column comes as a string that holds JSON
    (insertAll).
    """

    def __init__(self, *, ignore_unknown: bool = False, json_as_text: bool = False) -> None:
        self._ignore_unknown = ignore_unknown
        self._json_as_text = json_as_text

    def typed(self, value: str, field: Field, depth: int = 0) -> str:
        """SQL of the field's DuckDB type; NULL where the value is null, missing or not acceptable."""
        if field.repeated:
            item = f"item{depth}"
            inner = self.typed(item, field.element(), depth + 1)
            return f"coalesce(list_transform(json_extract({value}, '$[*]'), lambda {item}: {inner}), [])"
        if field.type == "STRUCT":
            return self._typed_struct(value, field, depth)
        if field.type == "JSON":
            text = f"WHEN 'VARCHAR' THEN try_cast({value} ->> '$' AS JSON) " if self._json_as_text else ""
            return f"(CASE json_type({value}) WHEN 'NULL' THEN NULL {text}ELSE {value} END)"
        expression = _FROM_TEXT[field.type].format(t=f"({value} ->> '$')")
        if wrong := _WRONG_KINDS.get(field.type):
            return f"(CASE WHEN json_type({value}) NOT IN ({wrong}) THEN {expression} END)"
        return f"({expression})"

    def problem(self, value: str, field: Field, path: str, typed: str | None = None, depth: int = 0) -> str:
        """SQL for what is wrong with a value, as text, or NULL. `typed` is a column that already holds its
        typed form.
        """
        if field.repeated:
            return self._repeated_problem(value, field, path, depth)
        there = f"({value} IS NOT NULL AND json_type({value}) <> 'NULL')"
        # Most rows end at this first check; what follows is then not even computed.
        checks = [f"WHEN {typed} IS NOT NULL THEN NULL"] if typed else []
        if field.required:
            checks.append(
                f"WHEN NOT {there} OR {value} IS NULL THEN {literal(f'Missing required field: {path}.')}"
            )
        if field.type == "STRUCT":
            bad_kind = literal(f"Field: {path}; a record must be a JSON object")
            checks.append(f"WHEN {there} AND json_type({value}) <> 'OBJECT' THEN {bad_kind}")
            checks.append(f"WHEN {there} THEN {self._struct_problem(value, field, path, depth)}")
        else:
            typed = typed or self.typed(value, field, depth)
            checks.append(
                f"WHEN {there} AND {typed} IS NULL "
                f"THEN {_conversion_problem(field, path)} || ({value} ->> '$')"
            )
        return f"(CASE {' '.join(checks)} END)"

    def _typed_struct(self, value: str, field: Field, depth: int) -> str:
        parts = f"parts{depth}"
        members = ", ".join(
            f"{quote(child.name)} := {self.typed(f'{parts}[{index}]', child, depth + 1)}"
            for index, child in enumerate(field.fields, 1)
        )
        extracted = f"[json_extract({value}, {json_paths(field.fields)})]"
        packed = f"list_transform({extracted}, lambda {parts}: struct_pack({members}))[1]"
        return f"(CASE WHEN json_type({value}) = 'OBJECT' THEN {packed} END)"

    def _repeated_problem(self, value: str, field: Field, path: str, depth: int) -> str:
        item = f"item{depth}"
        not_null = literal(f"Only optional fields can be set to NULL. Field: {path}; Value: NULL")
        not_array = literal(f"Repeated field must be imported as a JSON array. Field: {path}.")
        inner = self.problem(item, field.element(), path, depth=depth + 1)
        null_item = f"CASE WHEN json_type({item}) = 'NULL' THEN {not_null} END"
        problems = (
            f"list_transform(json_extract({value}, '$[*]'), lambda {item}: coalesce({null_item}, {inner}))"
        )
        text = f"lambda {item}: {item} IS NOT NULL"
        return (
            f"(CASE WHEN {value} IS NULL THEN NULL WHEN json_type({value}) = 'NULL' THEN {not_null} "
            f"WHEN json_type({value}) <> 'ARRAY' THEN {not_array} "
            f"ELSE list_filter({problems}, {text})[1] END)"
        )

    def _struct_problem(self, value: str, field: Field, path: str, depth: int) -> str:
        parts = f"parts{depth}"
        problems = [
            self.problem(f"{parts}[{index}]", child, f"{path}.{child.name}", depth=depth + 1)
            for index, child in enumerate(field.fields, 1)
        ]
        extracted = f"[json_extract({value}, {json_paths(field.fields)})]"
        inner = f"list_transform({extracted}, lambda {parts}: coalesce({', '.join(problems)}, NULL))[1]"
        if self._ignore_unknown:
            return inner
        unknown = unknown_key(value, field.fields, depth)
        return f"coalesce({literal(f'no such field: {path}.')} || {unknown}, {inner})"


class TextMembers:
    """Expressions over the STRING columns of a JSON object, which are most columns and are taken out in one pass.

    `texts` is then a STRUCT with a text for each: a scalar's own, and for an object or array its JSON.
    """

    def __init__(self, fields: Sequence[Field], *, document: str, texts: str) -> None:
        self._fields = [field for field in fields if self.takes(field)]
        self._document = document
        self._texts = texts

    @staticmethod
    def takes(field: Field) -> bool:
        """Whether a column is such a one."""
        return field.type == "STRING" and not field.repeated

    def extracted(self) -> str:
        """SQL of the STRUCT."""
        members = {field.name: "VARCHAR" for field in self._fields}
        return f"json_transform({self._document}, {literal(json.dumps(members, ensure_ascii=False))})"

    def count(self) -> str:
        """SQL for how many of the columns have a value."""
        return (
            f"list_count([{', '.join(self._text(field) for field in self._fields)}])" if self._fields else "0"
        )

    def typed(self, field: Field) -> str:
        """SQL of the column's text; NULL where the value is null, missing, an object or an array."""
        text = self._text(field)
        kind = f"json_type({self._document}, {json_paths([field])[1:-1]})"
        looks_nested = f"{text}[1] IN ('{{', '[')"
        return f"(CASE WHEN NOT ({looks_nested}) OR {kind} NOT IN ('OBJECT', 'ARRAY') THEN {text} END)"

    def problem(self, field: Field, typed: str) -> str:
        """SQL for what is wrong with a value, as text, or NULL; `typed` is a column that holds its typed form."""
        text = self._text(field)
        checks = [f"WHEN {typed} IS NOT NULL THEN NULL"]
        if field.required:
            checks.append(f"WHEN {text} IS NULL THEN {literal(f'Missing required field: {field.name}.')}")
        checks.append(f"WHEN {text} IS NOT NULL THEN {_conversion_problem(field, field.name)} || {text}")
        return f"(CASE {' '.join(checks)} END)"

    def _text(self, field: Field) -> str:
        return f"{self._texts}.{quote(field.name)}"


def typed_from_text(text: str, field: Field) -> str:
    """SQL for a CSV cell: the field's DuckDB type, NULL where the text is NULL or not acceptable."""
    return f"({_FROM_TEXT[field.type].format(t=text)})"


def problem_of_text(text: str, field: Field, typed: str) -> str:
    """SQL for what is wrong with a CSV cell, as text, or NULL."""
    checks = (
        f"WHEN {text} IS NOT NULL AND {typed} IS NULL THEN {_conversion_problem(field, field.name)} || {text}"
    )
    if field.required:
        checks += f" WHEN {text} IS NULL THEN {literal(f'Missing required field: {field.name}.')}"
    return f"(CASE {checks} END)"


def _conversion_problem(field: Field, path: str) -> str:
    assert field.type in DUCKDB_TYPES
    return literal(f"Could not convert value to {field.type}. Field: {path}; Value: ")
