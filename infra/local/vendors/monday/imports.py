"""One uploaded file on its way onto a board, row by row."""

from typing import Any

from graphql import GraphQLError

from infra.local.vendors.monday.model import Board
from infra.local.vendors.monday.uploads import Upload
from infra.local.vendors.monday.values import from_cell, text_of
from infra.local.vendors.monday.workspace import Workspace


class Import:
    """Makes items, or changes the ones that match."""

    def __init__(
        self,
        workspace: Workspace,
        board: Board,
        group_id: str,
        upload: Upload,
        match_column_id: str | None,
        behaviour: str | None,
    ) -> None:
        """behaviour: "UPSERT" or "SKIP", for rows that match; without a match column every row is made."""
        self.upload = upload
        self._workspace, self._board, self._group_id = workspace, board, group_id
        self._match, self._behaviour = match_column_id, behaviour
        self._standing = self._by_key()

    def fits(self) -> bool:
        """Whether the board has room for the rows that match nothing."""
        new = len(self.upload.rows)
        if self._match is not None:
            new = len(set(self.upload.values_of(self._match)) - self._standing.keys())
        return self._board.active_count + new <= self._workspace.items_limit

    def row(self, cells: list[str]) -> tuple[str, int | None, str]:
        """Take one row: (created, updated, skipped or invalid; the item; why it is invalid)."""
        given = dict(zip(self.upload.header, cells, strict=True))
        key = given.get(self._match) if self._match is not None else None
        if self._match is not None and not key:
            return "invalid", None, f"The column to match, {self._match}, is empty"
        standing = self._standing.get(key) if key is not None else None
        if standing is not None and self._behaviour == "SKIP":
            return "skipped", standing, ""
        try:
            return self._written(given, key, standing)
        except GraphQLError as error:
            return "invalid", standing, error.message

    def _written(
        self, given: dict[str, str], key: str | None, standing: int | None
    ) -> tuple[str, int | None, str]:
        columns = self._board.columns
        values: dict[str, Any] = {
            column_id: from_cell(columns[column_id], cell)
            for column_id, cell in given.items()
            if cell and column_id != "name"
        }
        if standing is not None:
            changes = {**values, "name": given["name"]}
            self._workspace.change_values(self._board.id, str(standing), changes, False)
            return "updated", standing, ""
        item = self._workspace.create_item(self._board.id, given["name"], self._group_id, values, False)
        if key is not None:
            self._standing[key] = item.id
        return "created", item.id, ""

    def _by_key(self) -> dict[str, int]:
        """The active items by the text of the column to match; the oldest, where it stands twice."""
        if self._match is None:
            return {}
        if self._match == "name":
            return {
                each.name: each.id for each in reversed(self._board.items.values()) if each.state == "active"
            }
        column = self._board.columns[self._match]
        return {
            text_of(column, each.values.get(column.id)): each.id
            for each in reversed(self._board.items.values())
            if each.state == "active"
        }
