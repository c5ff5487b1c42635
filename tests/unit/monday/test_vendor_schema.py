"""Every document that the client can send, against monday.com's own schema (API-Version 2026-10).

The schema is the vendor's and no part of this project. Where it is not at hand these tests are skipped.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate
from graphql.execution.values import get_variable_values
from graphql.language import OperationDefinitionNode

from functions.push.monday import board_items, boards, ingest, lookup
from functions.push.monday.client import IDENTITY
from functions.push.monday.documents import document
from tests.support.vendor_files import vendor_file
from tests.unit.monday.test_documents import ALL

REQUESTS: Mapping[str, bytes] = {
    **{f"mutation-{number}": document([mutation]) for number, mutation in enumerate(ALL)},
    "all-mutations": document(ALL),
    "twenty-mutations": document((ALL * 3)[:20]),
    "board": boards.board_query("1").body(),
    "first-page": lookup.first_page("1", "text_key", ["a", "b"]).body(),
    "next-page": lookup.next_page("cursor", "text_key").body(),
    "first-page-of-a-board": board_items.page_query("1", "text_key", "text_line", limit=500).body(),
    "next-page-of-a-board": board_items.page_query("1", "text_key", "text_line", "cursor", limit=500).body(),
    "items": lookup.items_query(["1"], None, None).body(),
    "some-columns-of-items": lookup.items_query(["1"], ["a"], ["b"]).body(),
    "start-of-an-import": ingest.start_document("1", "g", "text_key"),
    "state-of-an-import": ingest.status_query("5").body(),
    "identity": IDENTITY.body(),
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(vendor_file("monday-2026-10.graphql", "monday.com's schema"), assume_valid=True)


def problems(schema: GraphQLSchema, body: bytes) -> list[Any]:
    """What the vendor would refuse in this request: its document, or its variables."""
    request = json.loads(body)
    tree = parse(request["query"])
    found: list[Any] = list(validate(schema, tree))
    operation = tree.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    values = get_variable_values(schema, operation.variable_definitions or (), request["variables"])
    return found + (values if isinstance(values, list) else [])


def test_the_check_itself_can_fail(schema: GraphQLSchema) -> None:
    assert problems(schema, b'{"query":"{ me { nickname } }","variables":{}}')
    wrong = {"query": "query ($ids: [ID!]) { boards(ids: $ids) { id } }", "variables": {"ids": [{"a": 1}]}}
    assert problems(schema, json.dumps(wrong).encode())


@pytest.mark.parametrize("name", REQUESTS)
def test_the_vendor_accepts_what_we_send(schema: GraphQLSchema, name: str) -> None:
    assert problems(schema, REQUESTS[name]) == []


def test_the_parts_of_the_schema_that_are_deprecated_and_used_are_known(schema: GraphQLSchema) -> None:
    """`settings_str` says which board the subitems are on; `settings` may not."""
    column = schema.type_map["Column"]
    deprecated = {name for name, field in column.fields.items() if field.deprecation_reason}  # type: ignore[attr-defined]
    assert deprecated == {"settings_str"}
