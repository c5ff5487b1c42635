"""The stand-in's schema against the vendor's own.

The vendor's file is no part of this project. Where it is not at hand these tests are skipped.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLSchema, Undefined, build_schema

from infra.local.vendors.monday.documents import schema_of_the_stand_in
from tests.support.vendor_files import vendor_file

OURS = schema_of_the_stand_in()


@pytest.fixture(scope="module")
def vendors() -> GraphQLSchema:
    return build_schema(vendor_file("monday-2026-10.graphql", "monday.com's schema"), assume_valid=True)


def fields_of(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Every field of every type and input of a schema, as Type.field."""
    for name, kind in schema.type_map.items():
        if not name.startswith("__"):
            yield from ((f"{name}.{field}", found) for field, found in getattr(kind, "fields", {}).items())


def described(arguments: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Type and default of each argument."""
    return {name: (str(each.type), each.default_value) for name, each in arguments.items()}


def test_every_field_has_the_vendors_type(vendors: GraphQLSchema) -> None:
    theirs = {name: str(field.type) for name, field in fields_of(vendors)}
    ours = {name: str(field.type) for name, field in fields_of(OURS)}
    assert ours == {name: theirs.get(name) for name in ours}


def test_every_argument_has_the_vendors_type_and_default(vendors: GraphQLSchema) -> None:
    theirs = dict(fields_of(vendors))
    for name, field in fields_of(OURS):
        ours = described(getattr(field, "args", {}))
        known = described(getattr(theirs[name], "args", {}))
        assert ours == {argument: known.get(argument) for argument in ours}, name


def test_no_argument_that_the_vendor_requires_is_left_out(vendors: GraphQLSchema) -> None:
    theirs = dict(fields_of(vendors))
    for name, field in fields_of(OURS):
        required = {
            argument
            for argument, each in getattr(theirs[name], "args", {}).items()
            if str(each.type).endswith("!") and each.default_value is Undefined
        }
        assert required <= getattr(field, "args", {}).keys(), name


def test_the_values_of_every_enumeration_are_the_vendors(vendors: GraphQLSchema) -> None:
    for name, kind in OURS.type_map.items():
        if hasattr(kind, "values") and not name.startswith("__"):
            assert set(kind.values) == set(vendors.type_map[name].values), name  # type: ignore[attr-defined]


def test_every_type_of_value_is_one_of_the_vendors_for_a_column(vendors: GraphQLSchema) -> None:
    def implementations(schema: GraphQLSchema) -> set[str]:
        return {each.name for each in schema.get_possible_types(schema.type_map["ColumnValue"])}  # type: ignore[arg-type]

    assert implementations(OURS) <= implementations(vendors)
