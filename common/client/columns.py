"""Which columns of a source count."""

from common.client.wire import LONG_SECONDS, Document, Wire, object_of


class Columns(Wire):
    """The versioned list of columns that fingerprints of a flow cover."""

    def columns(self, flow: str) -> Document:
        """The list that is valid, and how the source differs: {version, columns, added, removed}."""
        return self._get("/columns", LONG_SECONDS, flow=flow)

    def adopt_columns(self, flow: str) -> Document:
        """Make the source's columns of now the valid list: as `columns`, and `changed`. Needs the role approver."""
        return object_of(self._call("POST", "/columns/adopt", query={"flow": flow}, seconds=LONG_SECONDS))
