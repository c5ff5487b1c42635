"""The columns that an order book should have, and what it changes when it has others."""

from collections.abc import Sequence
from typing import Protocol

from common.customers.store import find
from common.errors import Usage
from common.services import Services
from common.warehouse.port import Column
from functions.fetch.orders.columns_version import refit
from functions.fetch.orders.layout import Layout
from functions.fetch.orders.schema import all_labels, labels

_SHOWN = 30


class Expected(Protocol):
    """What a loader asks about the columns of a file."""

    def check(self, tenant: str, schema: Sequence[Column]) -> None:
        """Raise Usage for a book of which no row could be read, whatever customer's."""
        ...

    def refit(self, tenant: str, schema: Sequence[Column], file: str) -> Sequence[str]:
        """Compare by those columns that a book has which was just loaded; sentences about what that changes."""
        ...


class ExpectedColumns:
    """By the customer book and the versioned list of columns."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def check(self, tenant: str, schema: Sequence[Column]) -> None:
        """See Expected.check."""
        with self._services.database.transaction() as connection:
            stored = find(connection, tenant)
        customers = stored.book.customers if stored else ()
        headers = all_labels(schema)
        layouts = [Layout(headers), *(Layout(headers, each.column_mapping) for each in customers)]
        if all(layout.missing for layout in layouts):
            missing, shown = ", ".join(layouts[0].missing), ", ".join(list(labels(schema).values())[:_SHOWN])
            raise Usage(
                f"The file has no column {missing}, without which no order can be told; nothing was loaded. Its headers "
                f"are: {shown}. Say what they mean with --mapping.",
                reason="missing_columns",
            )

    def refit(self, tenant: str, schema: Sequence[Column], file: str) -> Sequence[str]:
        """See Expected.refit."""
        with self._services.database.transaction() as connection:
            found = refit(connection, tenant, Layout(all_labels(schema)), file=file)
        told = {
            "It lacks columns that counted before; orders are compared without them from now on": found.left_out,
            "Columns that were left out are back, and count again": found.back,
            "Columns that do not count until you say `shelfline orders adopt-columns`": found.not_counted,
        }
        return [f"{what}: {', '.join(columns)}." for what, columns in told.items() if columns]
