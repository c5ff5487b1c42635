"""datacompy: both tables in memory, compared cell by cell; on pandas, or with --polars on polars."""

import time
from importlib.metadata import version

import datacompy
import pandas as pd
import polars as pl
from books import Books, books

_KEY = "natural key"


def on_pandas(given: Books) -> tuple[float, list[str], list[str], list[str]]:
    """Seconds; new, changed and deleted keys."""
    before, after = (pd.DataFrame(rows, columns=given.headers) for rows in (given.before, given.after))
    before[_KEY], after[_KEY] = given.keys(given.before), given.keys(given.after)
    started = time.perf_counter()
    compared = datacompy.PandasCompare(after, before, join_columns=[_KEY])
    changed = compared.all_mismatch()[_KEY.lower()]
    new, deleted = compared.df1_unq_rows[_KEY.lower()], compared.df2_unq_rows[_KEY.lower()]
    return time.perf_counter() - started, list(new), list(changed), list(deleted)


def on_polars(given: Books) -> tuple[float, list[str], list[str], list[str]]:
    """Seconds; new, changed and deleted keys."""
    tables = []
    for rows in (given.before, given.after):
        columns = dict(zip(given.headers, map(list, zip(*rows, strict=True)), strict=True))
        tables.append(pl.DataFrame({**columns, _KEY: given.keys(rows)}))
    before, after = tables
    started = time.perf_counter()
    compared = datacompy.PolarsCompare(after, before, join_columns=[_KEY])
    changed = compared.all_mismatch()[_KEY.lower()]
    new, deleted = compared.df1_unq_rows[_KEY.lower()], compared.df2_unq_rows[_KEY.lower()]
    return time.perf_counter() - started, list(new), list(changed), list(deleted)


def main() -> None:
    """Compare once."""
    given, options = books("--polars")
    seconds, new, changed, deleted = (on_polars if options.polars else on_pandas)(given)
    how = f"datacompy {version('datacompy')}, both tables whole in memory, compared cell by cell, nothing stored"
    given.tell(seconds, how, new, changed, deleted)


if __name__ == "__main__":
    main()
