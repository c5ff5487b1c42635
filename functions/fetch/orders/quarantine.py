"""Rows of an order book that could not be read, on their way to quarantine."""

from typing import Any

from common.database.engine import as_json
from common.interface.loading import RowProblem
from common.problems import Problem
from common.services import Services

_SHOWN = 100  # problems told in the answer; all are in quarantine
_BATCH = 2000  # rows of one write

_INSERT = """
insert into quarantine (tenant_id, flow, source, row_number, key, problems, raw)
select %s, 'orders', %s, x.row_number, x.key, x.problems, x.raw
from jsonb_to_recordset(cast(%s as jsonb)) as x(row_number bigint, key text, problems jsonb, raw jsonb)
on conflict (tenant_id, flow, source, md5(raw::text)) where state = 'open' do nothing
"""


class Quarantine:
    """Takes the rows of one file that could not be read; the same file again adds none.

    load: fingerprint of the file, kept with each row, so that a mended row goes only into the book it came from.
    """

    def __init__(self, services: Services, tenant: str, file: str, load: str) -> None:
        self._services = services
        self._tenant = tenant
        self._file = file
        self._load = load
        self._waiting: list[dict[str, Any]] = []
        self.shown: list[RowProblem] = []
        """The first hundred problems."""
        self.count = 0

    def add(self, problem: Problem) -> None:
        """Keep a row that has this problem."""
        self.count += 1
        row = problem.row or 0
        told = {
            "column": problem.column,
            "reason": problem.reason,
            "value": problem.value_excerpt,
            "detail": problem.detail,
        }
        raw = {"source_row": row, "load": self._load, "cells": {}, "beginning": problem.value_excerpt}
        self._waiting.append({"row_number": row, "key": f"row {row}", "problems": [told], "raw": raw})
        if len(self.shown) < _SHOWN:
            self.shown.append(RowProblem(row=row, **told))
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        with self._services.database.transaction() as connection:
            connection.exec_driver_sql(_INSERT, (self._tenant, self._file, as_json(self._waiting)))
        self._waiting = []
