"""An import as it is frozen in the ledger before it is begun: where to, and the file itself. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from common.errors import Refuse
from functions.push.monday.ingest import Row, csv_file
from functions.push.monday.request import json_text
from functions.push.orders.board import OrderBoard
from functions.push.orders.columns import ITEM_COLUMNS, KEY_COLUMN
from functions.push.orders.work import PushOrder

_MARK = '{"import":'


@dataclass(frozen=True)
class ImportFile:
    """New items of one group of a board."""

    board_id: str
    group_id: str
    key_column_id: str
    keys: tuple[str, ...]
    """Of the orders, in the order of the rows."""
    csv: str

    def text(self) -> str:
        """The form in which the ledger keeps it."""
        return json_text({"import": asdict(self)})


def import_file(orders: Sequence[PushOrder], board: OrderBoard, group_id: str) -> ImportFile:
    """The file that creates these orders' items. Raises Refuse for a value that an import cannot carry."""
    columns = [board.items.column(title) for title in ITEM_COLUMNS]
    return ImportFile(
        board_id=board.items.id,
        group_id=group_id,
        key_column_id=board.key_column.id,
        keys=tuple(order.key for order in orders),
        csv=csv_file(columns, [_row(order, board) for order in orders]).decode(),
    )


def can_be_imported(order: PushOrder, board: OrderBoard) -> bool:
    """Whether every value of an order can stand in such a file; a label with a comma cannot."""
    try:
        import_file([order], board, "")
    except Refuse:
        return False
    return True


def is_import_text(body: str) -> bool:
    """Whether what the ledger keeps is an import; else it is a document of mutations."""
    return body.startswith(_MARK)


def parsed(body: str) -> ImportFile:
    """The import that the ledger keeps."""
    kept = json.loads(body)["import"]
    return ImportFile(**{**kept, "keys": tuple(kept["keys"])})


def _row(order: PushOrder, board: OrderBoard) -> Row:
    values = {KEY_COLUMN: order.key, **order.after["values"]}
    return Row(order.after["name"], {board.items.column(title).id: value for title, value in values.items()})
