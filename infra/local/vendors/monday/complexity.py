"""What a document costs, found by walking it with its variables.

The vendor publishes one figure: create_item takes about 10,000 points. Every other mutation of items is taken
to cost as much. Reading is counted here as one point a field, times the length of the lists it stands in; the
vendor does not say how it counts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionNode

from infra.local.vendors.monday.documents import Document, argument

WRITE_POINTS = 10_000
_FREE = {"complexity", "__typename"}
_PAGES = {"items_page", "next_items_page", "items_page_by_column_values"}
_DEFAULT_PAGE = 25


def cost(document: Document, variables: Mapping[str, Any]) -> int:
    """Points that a document costs with these variables."""
    walk = _Walk(document, variables)
    total = walk.fields(document.fields)
    if document.is_mutation:
        total += WRITE_POINTS * sum(field.name.value not in _FREE for field in document.fields)
    return max(1, total)


class _Walk:
    def __init__(self, document: Document, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._fragments = {
            each.name.value: each
            for each in document.tree.definitions
            if isinstance(each, FragmentDefinitionNode)
        }

    def fields(self, selections: Iterable[SelectionNode]) -> int:
        return sum(self._one(each) for each in selections)

    def _one(self, node: SelectionNode) -> int:
        if isinstance(node, FragmentSpreadNode):
            return self.fields(self._fragments[node.name.value].selection_set.selections)
        inner = node.selection_set  # type: ignore[attr-defined]
        below = self.fields(inner.selections) if inner else 0
        if not isinstance(node, FieldNode):
            return below
        return 0 if node.name.value in _FREE else 1 + below * self._times(node)

    def _times(self, field: FieldNode) -> int:
        """How many times what is below a field is answered, at most."""
        name = field.name.value
        if name in _PAGES:
            return self._number(field, "limit")
        if name in ("items", "boards") and field.arguments:
            ids = argument(field, "ids", self._variables)
            if ids is None:
                return self._number(field, "limit")
            return len(ids) if isinstance(ids, list) else 1
        return _DEFAULT_PAGE if name == "subitems" else 1

    def _number(self, field: FieldNode, name: str) -> int:
        given = argument(field, name, self._variables)
        return int(given) if str(given).isdigit() else _DEFAULT_PAGE
