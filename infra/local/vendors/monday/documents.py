"""GraphQL documents: parsed and validated once for each text, then kept."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    ValueNode,
    VariableNode,
    build_schema,
    parse,
    validate,
    value_from_ast_untyped,
)

_SDL = Path(__file__).with_name("schema.graphql")
_KEPT = 512


@dataclass(frozen=True)
class Document:
    """A valid document and the operation of it that is asked for."""

    tree: DocumentNode
    operation: OperationDefinitionNode
    fields: tuple[FieldNode, ...]
    """The fields at its root, in order."""

    @property
    def is_mutation(self) -> bool:
        """Whether it writes."""
        return self.operation.operation == OperationType.MUTATION

    @property
    def kind(self) -> str:
        """Whose complexity budget it draws on: "read" or "write"."""
        return "write" if self.is_mutation else "read"

    def names(self) -> list[str]:
        """The names of its root fields, each once."""
        return list(dict.fromkeys(field.name.value for field in self.fields))


class BadDocument(Exception):
    """Not GraphQL, or not of this schema; `errors` say why."""

    def __init__(self, code: str, errors: list[GraphQLError]) -> None:
        """`code` is the vendor's: GRAPHQL_PARSE_FAILED or GRAPHQL_VALIDATION_FAILED."""
        super().__init__(code)
        self.code = code
        self.errors = errors


class Documents:
    """The documents seen lately."""

    def __init__(self, schema: GraphQLSchema) -> None:
        """They are validated against `schema`."""
        self._schema = schema
        self._kept: OrderedDict[tuple[str, str | None], Document] = OrderedDict()

    def get(self, text: str, operation_name: str | None) -> Document:
        """The document of a text.

        Raises BadDocument.
        """
        key = (text, operation_name)
        document = self._kept.get(key)
        if document is None:
            document = self._kept[key] = self._read(text, operation_name)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return document

    def _read(self, text: str, operation_name: str | None) -> Document:
        try:
            tree = parse(text)
        except GraphQLError as error:
            raise BadDocument("GRAPHQL_PARSE_FAILED", [error]) from None
        errors = validate(self._schema, tree)
        if errors:
            raise BadDocument("GRAPHQL_VALIDATION_FAILED", errors)
        operation = _operation(tree, operation_name)
        return Document(tree, operation, tuple(_root_fields(tree, operation.selection_set.selections)))


def schema_of_the_stand_in() -> GraphQLSchema:
    """The schema without resolvers."""
    return build_schema(_SDL.read_text(encoding="utf-8"))


def argument(field: FieldNode, name: str, variables: Mapping[str, Any]) -> Any:
    """An argument as it was given, None when it was not; variables that were not given are None."""
    for given in field.arguments or ():
        if given.name.value == name:
            return _value(given.value, variables)
    return None


def _value(node: ValueNode, variables: Mapping[str, Any]) -> Any:
    if isinstance(node, VariableNode):
        return variables.get(node.name.value)
    return value_from_ast_untyped(node, dict(variables))


def _operation(tree: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [each for each in tree.definitions if isinstance(each, OperationDefinitionNode)]
    wanted = [each for each in operations if name is None or (each.name and each.name.value == name)]
    if len(wanted) != 1:
        raise BadDocument("GRAPHQL_VALIDATION_FAILED", [GraphQLError("Must name one operation to run.")])
    return wanted[0]


def _root_fields(tree: DocumentNode, selections: Iterable[SelectionNode]) -> Iterator[FieldNode]:
    fragments = {
        each.name.value: each for each in tree.definitions if isinstance(each, FragmentDefinitionNode)
    }
    for each in selections:
        if isinstance(each, FieldNode):
            yield each
        elif isinstance(each, FragmentSpreadNode):
            yield from _root_fields(tree, fragments[each.name.value].selection_set.selections)
        elif isinstance(each, InlineFragmentNode):
            yield from _root_fields(tree, each.selection_set.selections)
