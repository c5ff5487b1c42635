"""Columns: BigQuery's schema resource, BigQuery's SQL types, and DuckDB's types.

Every scalar has exactly one DuckDB type, so a table's schema can be read back from DuckDB. BIGNUMERIC is
DECIMAL(38,19) and not the likelier DECIMAL(38,18), because that is what DuckDB makes of NUMERIC * NUMERIC.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

from duckdb.sqltypes import DuckDBPyType

from infra.local.emulators.bigquery.errors import invalid, invalid_query
from infra.local.emulators.bigquery.names import quote

DUCKDB_TYPES = {
    "STRING": "VARCHAR",
    "BYTES": "BLOB",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "NUMERIC": "DECIMAL(38,9)",
    "BIGNUMERIC": "DECIMAL(38,19)",
    "BOOL": "BOOLEAN",
    "TIMESTAMP": "TIMESTAMPTZ",
    "DATETIME": "TIMESTAMP",
    "DATE": "DATE",
    "TIME": "TIME",
    "JSON": "JSON",
}
_ALIASES = {
    "INTEGER": "INT64",
    "FLOAT": "FLOAT64",
    "BOOLEAN": "BOOL",
    "RECORD": "STRUCT",
    "DECIMAL": "NUMERIC",
    "BIGDECIMAL": "BIGNUMERIC",
}
_LEGACY = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD"}
_FROM_DUCKDB = {
    "bigint": "INT64",
    "integer": "INT64",
    "smallint": "INT64",
    "tinyint": "INT64",
    "hugeint": "INT64",
    "ubigint": "INT64",
    "uinteger": "INT64",
    "usmallint": "INT64",
    "utinyint": "INT64",
    "uhugeint": "INT64",
    "null": "INT64",
    '"null"': "INT64",
    "double": "FLOAT64",
    "float": "FLOAT64",
    "varchar": "STRING",
    "enum": "STRING",
    "uuid": "STRING",
    "boolean": "BOOL",
    "blob": "BYTES",
    "timestamp with time zone": "TIMESTAMP",
    "timestamp": "DATETIME",
    "timestamp_s": "DATETIME",
    "timestamp_ms": "DATETIME",
    "timestamp_ns": "DATETIME",
    "date": "DATE",
    "time": "TIME",
}
_MODES = ("NULLABLE", "REQUIRED", "REPEATED")
_REFUSED_ATTRIBUTES = (
    "defaultValueExpression",
    "maxLength",
    "precision",
    "scale",
    "roundingMode",
    "rangeElementType",
)


@dataclass(frozen=True)
class Field:
    """One column. `type` is the name in GoogleSQL (INT64, STRUCT, ...), `mode` one of NULLABLE, REQUIRED,
    REPEATED.
    """

    name: str
    type: str
    mode: str = "NULLABLE"
    fields: tuple["Field", ...] = ()
    description: str | None = None

    @classmethod
    def from_resource(cls, resource: dict[str, Any]) -> Self:
        """From a TableFieldSchema; an unknown type, mode or attribute is refused with reason "invalid"."""
        name, mode = resource.get("name", ""), (resource.get("mode") or "NULLABLE").upper()
        kind = _ALIASES.get(resource.get("type", "").upper(), resource.get("type", "").upper())
        if kind not in DUCKDB_TYPES and kind != "STRUCT":
            raise invalid(
                f"Invalid value for type: {resource.get('type')} is not a valid value (field {name})"
            )
        if mode not in _MODES:
            raise invalid(f"Invalid value for mode: {mode} is not a valid value (field {name})")
        for attribute in _REFUSED_ATTRIBUTES:
            if resource.get(attribute):
                raise invalid(f"Not served by the local emulator: {attribute} of field {name}")
        children = tuple(cls.from_resource(child) for child in resource.get("fields") or [])
        if kind == "STRUCT" and not children:
            raise invalid(f"Field {name} is type RECORD but has no schema")
        return cls(name, kind, mode, children, resource.get("description"))

    @classmethod
    def from_duckdb(cls, name: str, kind: DuckDBPyType) -> Self:
        """The column a DuckDB type stands for; one that BigQuery has no word for is refused."""
        if str(kind) == "JSON":
            return cls(name, "JSON")
        if kind.id in ("list", "array"):
            element = cls.from_duckdb(name, _members(kind)[0][1])
            if element.repeated:
                raise invalid_query(f"Column {name}: arrays of arrays are not supported")
            return replace(element, mode="REPEATED")
        if kind.id == "struct":
            return cls(name, "STRUCT", fields=tuple(cls.from_duckdb(*member) for member in _members(kind)))
        if kind.id == "decimal":
            return cls(name, "BIGNUMERIC" if dict(kind.children)["scale"] == 19 else "NUMERIC")
        if kind.id not in _FROM_DUCKDB:
            raise invalid_query(f"Column {name} has the type {kind}, which is not served")
        return cls(name, _FROM_DUCKDB[kind.id])

    @property
    def repeated(self) -> bool:
        """Whether it is an array."""
        return self.mode == "REPEATED"

    @property
    def required(self) -> bool:
        """Whether it may not be NULL."""
        return self.mode == "REQUIRED"

    def element(self) -> "Field":
        """The field of one element of an array."""
        return replace(self, mode="NULLABLE")

    def resource(self) -> dict[str, Any]:
        """The TableFieldSchema, with the type names the REST interface answers with."""
        out: dict[str, Any] = {
            "name": self.name,
            "type": _LEGACY.get(self.type, self.type),
            "mode": self.mode,
        }
        if self.fields:
            out["fields"] = [child.resource() for child in self.fields]
        if self.description:
            out["description"] = self.description
        return out

    def duckdb(self) -> str:
        """The DuckDB type."""
        if self.type == "STRUCT":
            scalar = (
                "STRUCT(" + ", ".join(f"{quote(child.name)} {child.duckdb()}" for child in self.fields) + ")"
            )
        else:
            scalar = DUCKDB_TYPES[self.type]
        return scalar + "[]" if self.repeated else scalar

    def sql(self) -> str:
        """The type in GoogleSQL, e.g. ARRAY<STRUCT<a INT64>>."""
        scalar = self.type
        if scalar == "STRUCT":
            scalar = "STRUCT<" + ", ".join(f"{child.name} {child.sql()}" for child in self.fields) + ">"
        return f"ARRAY<{scalar}>" if self.repeated else scalar


def _members(kind: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    """Names and types of what a nested DuckDB type is made of."""
    return [(name, member) for name, member in kind.children if isinstance(member, DuckDBPyType)]


def fields_from_resource(schema: dict[str, Any] | None) -> tuple[Field, ...]:
    """The columns of a TableSchema; two of one name are refused."""
    fields = tuple(Field.from_resource(field) for field in (schema or {}).get("fields") or [])
    check_unique([field.name for field in fields])
    return fields


def check_unique(names: list[str]) -> None:
    """Refuse two columns of one name; letter case does not tell them apart."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            message = f"Duplicate column names in the result are not supported. Found duplicate(s): {name}"
            raise invalid_query(message)
        seen.add(name.lower())


def schema_resource(fields: tuple[Field, ...]) -> dict[str, Any]:
    """The TableSchema resource."""
    return {"fields": [field.resource() for field in fields]}


def column_definitions(fields: tuple[Field, ...]) -> str:
    """The columns of a CREATE TABLE in DuckDB."""
    return ", ".join(
        f"{quote(field.name)} {field.duckdb()}{' NOT NULL' if field.required else ''}" for field in fields
    )
