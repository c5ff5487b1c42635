"""dlt into DuckDB, merge strategy scd2: the first state is loaded, then the time of loading the second is taken.

--arrow: the tables are handed over as Arrow; otherwise row by row as dictionaries.
"""

import tempfile
import time
from collections.abc import Iterator
from typing import Any

import dlt
import duckdb
import pyarrow as pa
from books import Books, books
from dlt.sources.helpers.transform import add_row_hash_to_table

_KEY = "natural_key"
_TABLE = "orders"


def handed(given: Books, rows: list[list[str]], *, arrow: bool) -> Any:
    """The rows as dlt takes them."""
    names = [f"c{place}" for place in range(len(given.headers))]
    keys = given.keys(rows)
    if not arrow:
        return [
            {**dict(zip(names, row, strict=True)), _KEY: key} for row, key in zip(rows, keys, strict=True)
        ]
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return pa.table({**columns, _KEY: keys})


def resource(data: Any, *, arrow: bool) -> Any:
    """The one table. Of Arrow the hash of each row is added by dlt's own helper, as its documentation says."""

    def rows() -> Iterator[Any]:
        yield data

    strategy = {"disposition": "merge", "strategy": "scd2"}
    if not arrow:
        return dlt.resource(rows, name=_TABLE, write_disposition=strategy)
    hashed = {**strategy, "row_version_column_name": "row_hash"}
    return dlt.resource(rows, name=_TABLE, write_disposition=hashed).add_map(
        add_row_hash_to_table("row_hash")
    )


def main() -> None:
    """Load both states."""
    given, options = books("--arrow")
    with tempfile.TemporaryDirectory(prefix="dlt-") as folder:
        database = f"{folder}/orders.duckdb"
        pipeline = dlt.pipeline(
            "orders",
            pipelines_dir=folder,
            destination=dlt.destinations.duckdb(database),
            dataset_name="book",
            progress=None,
        )
        pipeline.run(resource(handed(given, given.before, arrow=options.arrow), arrow=options.arrow))
        data = handed(given, given.after, arrow=options.arrow)
        started = time.perf_counter()
        pipeline.run(resource(data, arrow=options.arrow))
        seconds = time.perf_counter() - started
        inserted, retired = _told(database)
    form = "one Arrow table" if options.arrow else "dictionaries"
    how = f"dlt {dlt.__version__} with DuckDB {duckdb.__version__}, scd2, {form}, in a file"
    given.tell(seconds, how, inserted - retired, inserted & retired, retired - inserted)


def _told(database: str) -> tuple[set[str], set[str]]:
    """Keys that the second load inserted, and keys whose row it retired."""
    with duckdb.connect(database, read_only=True) as connection:
        second = f"(select max(_dlt_valid_from) from book.{_TABLE})"
        inserted = connection.execute(f"select {_KEY} from book.{_TABLE} where _dlt_valid_from = {second}")
        new = {key for (key,) in inserted.fetchall()}
        ended = connection.execute(f"select {_KEY} from book.{_TABLE} where _dlt_valid_to is not null")
        return new, {key for (key,) in ended.fetchall()}


if __name__ == "__main__":
    main()
