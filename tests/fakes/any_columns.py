"""Whatever columns an order book has are the ones that were expected."""

from collections.abc import Sequence

from common.warehouse.port import Column


class AnyColumns:
    """Behind the port `Expected`, for tests of how rows are read."""

    def check(self, tenant: str, schema: Sequence[Column]) -> None:
        """Never raises."""

    def refit(self, tenant: str, schema: Sequence[Column], file: str) -> Sequence[str]:
        """Nothing to say."""
        return ()
