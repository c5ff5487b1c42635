"""A user's own file into the source: read record by record, checked as the pipeline would, merged into the table `parts`.

Good rows travel as objects of some thousand lines, are loaded into a table of their own and merged from there by product
id, so memory stays bounded and the same file again changes nothing. Bad rows go to quarantine with their row and column.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from common.canonical import record_hash
from common.database.engine import as_json
from common.errors import Usage
from common.intake import Problem, Row, read_rows
from common.interface.loading import Loaded, Prepared, RowProblem
from common.services import Services
from common.warehouse.encoding import json_lines
from common.warehouse.port import Column, Disposition
from functions.fetch.parts.columns import PARTS_COLUMNS
from functions.fetch.parts.key import natural_key
from functions.fetch.parts.record import RECORD_COLUMNS, Record, normalise, record_key
from functions.fetch.parts.row import table_row
from functions.fetch.parts.schema import PARTS_SCHEMA
from functions.fetch.parts.source import as_json as problem_json

_TABLE = "parts"
_BATCH = 2000  # rows of one object, and of one write to quarantine
_SHOWN = 100  # problems told in the answer; all are in quarantine
_MOST_CHOSEN = 1000  # the most parts of one run
_PATIENCE = 300.0  # seconds for a load job to end
_BLOCK = 1 << 20
_NAMES = [column.name for column in PARTS_SCHEMA]

_QUARANTINE = """
insert into quarantine (tenant_id, flow, source, row_number, key, problems, raw)
select %s, 'parts', %s, x.row_number, x.key, x.problems, x.raw
from jsonb_to_recordset(cast(%s as jsonb)) as x(row_number bigint, key text, problems jsonb, raw jsonb)
on conflict (tenant_id, flow, source, md5(raw::text)) where state = 'open' do nothing
"""


class PartsLoader:
    """Fills the table that the parts flow reads."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(
        self, stream: BinaryIO, *, file: str, tenant: str, mapping: Mapping[str, str | None] | None = None
    ) -> Loaded:
        """Load an open file that can seek. file: its name, as quarantine tells it. mapping: their header → our column.

        Raises Usage when it cannot be read at all, Unavailable or Retry when a service did not answer: load it again.
        """
        content = _content(stream)
        with read_rows(stream, PARTS_COLUMNS, mapping) as entries:
            kept = _Kept(self._services, tenant, file)
            batches = kept.good_rows(entries)
            load_id = f"{content}_{uuid.uuid4().hex[:8]}"
            kept.loaded = self._merge(self._upload(batches, load_id), load_id)
            return kept.told(entries.notices, entries.unused)

    def prepare(self, raw: Mapping[str, Any]) -> Prepared | list[Problem]:
        """The item that a raw record would be, or what is wrong with it."""
        record = normalise(raw)
        return record if isinstance(record, list) else _prepared(record)

    def load_raw(self, raws: Sequence[Mapping[str, Any]]) -> None:
        """Merge single raw records that `prepare` takes, a thousand or so at most."""
        rows = [row for raw in raws if isinstance(row := _row_of(raw), dict)]
        load_id = uuid.uuid4().hex
        self._merge(self._upload([list(enumerate(rows, start=1))], load_id), load_id)

    def options_for(self, raws: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Options of a run over just these records; others of the same part numbers come along."""
        numbers = {record["part_number"] for raw in raws if isinstance(record := normalise(raw), dict)}
        return {"part_numbers": sorted(numbers), "limit": _MOST_CHOSEN}

    def number_in_key(self, part_number: str) -> str:
        """What stands after the `|` in the natural key of every part of that number. Raises Usage for an empty one."""
        try:
            return natural_key(None, part_number).partition("|")[2]
        except ValueError as error:
            raise Usage(str(error), reason="no_part_number") from error

    def key_of(self, manufacturer: str | None, part_number: str) -> str:
        """The natural key of a maker's part."""
        return natural_key(manufacturer, part_number)

    def _upload(self, batches: Iterable[Sequence[tuple[int, dict[str, Any]]]], load_id: str) -> list[str]:
        names = []
        for number, batch in enumerate(batches):
            name = f"loads/parts/{load_id}/{number:06}.ndjson"
            body = json_lines([{**row, "load_row": place} for place, row in batch])
            self._services.objects.put(name, body, content_type="application/x-ndjson")
            names.append(name)
        return names

    def _merge(self, names: Sequence[str], load_id: str) -> int:
        """Load the objects into a table of their own, merge it, and clean up; how many rows were loaded."""
        warehouse, bucket = self._services.warehouse, self._services.environment.bucket
        warehouse.ensure_table(_TABLE, PARTS_SCHEMA)
        if not names:
            return 0
        staging = f"parts_load_{load_id}"
        uris = [f"gs://{bucket}/{name}" for name in names]
        schema = (*PARTS_SCHEMA, Column("load_row", "INT64"))
        warehouse.load_objects(f"shelfline_load_{load_id}", staging, uris, schema, Disposition.REPLACE)
        loaded = warehouse.finished(f"shelfline_load_{load_id}", _PATIENCE).output_rows or 0
        warehouse.execute(merge_statement(staging), {}, job_id=f"shelfline_merge_{load_id}")
        warehouse.execute(f"drop table if exists {staging}", {})
        for name in names:
            self._services.objects.delete(name)
        return loaded


class _Kept:
    """What is kept of one file on its way: figures, the first problems, and bad rows for quarantine."""

    def __init__(self, services: Services, tenant: str, file: str) -> None:
        self._services = services
        self._tenant = tenant
        self._file = file
        self._bad: list[dict[str, Any]] = []
        self._shown: list[RowProblem] = []
        self._read = 0
        self._rejected = 0
        self.loaded = 0

    def good_rows(self, entries: Iterable[Row | Problem]) -> Iterator[list[tuple[int, dict[str, Any]]]]:
        """Batches of (line, row of the table); bad rows go to quarantine on the way."""
        batch: list[tuple[int, dict[str, Any]]] = []
        for entry in entries:
            self._read += 1
            row = self._checked(entry)
            if row is not None:
                batch.append(row)
            if len(batch) >= _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
        self._quarantine()

    def told(self, notices: Sequence[str], unused: Sequence[str]) -> Loaded:
        """What to tell whoever loaded the file."""
        return Loaded(
            flow="parts",
            file=self._file,
            read=self._read,
            loaded=self.loaded,
            rejected=self._rejected,
            problems=self._shown,
            notices=list(notices),
            unused_columns=list(unused),
        )

    def _checked(self, entry: Row | Problem) -> tuple[int, dict[str, Any]] | None:
        if isinstance(entry, Problem):
            self._refuse(entry.row or 0, [entry], {})
            return None
        row = _row_of(entry.values)
        if isinstance(row, list):
            self._refuse(entry.number, row, entry.values)
            return None
        return entry.number, row

    def _refuse(self, number: int, problems: Sequence[Problem], raw: Mapping[str, Any]) -> None:
        self._rejected += 1
        shown = [problem_json(problem) for problem in problems]
        self._bad.append({"row_number": number, "key": f"row {number}", "problems": shown, "raw": raw})
        room = _SHOWN - len(self._shown)
        self._shown += [RowProblem(row=number, **problem) for problem in shown[:room]]
        if len(self._bad) >= _BATCH:
            self._quarantine()

    def _quarantine(self) -> None:
        if not self._bad:
            return
        values = (self._tenant, self._file, as_json(self._bad))
        with self._services.database.transaction() as connection:
            connection.exec_driver_sql(_QUARANTINE, values)
        self._bad = []


def merge_statement(staging: str) -> str:
    """SQL that brings the rows of a table of one load into `parts`; of one product id the last row of the file wins."""
    updates = ", ".join(f"{name} = new.{name}" for name in _NAMES if name != "product_id")
    columns, values = ", ".join(_NAMES), ", ".join(f"new.{name}" for name in _NAMES)
    # All names are constants of ours, and `staging` is made of hexadecimal digits.
    return f"""
        merge into {_TABLE} as old using (
          select * except (load_row) from {staging}
          where true qualify row_number() over (partition by product_id order by load_row desc) = 1) as new
        on old.product_id = new.product_id
        when matched then update set {updates}
        when not matched then insert ({columns}) values ({values})
    """  # noqa: S608


def _row_of(raw: Mapping[str, Any]) -> dict[str, Any] | list[Problem]:
    record = normalise(raw)
    return record if isinstance(record, list) else table_row(record, raw)


def _prepared(record: Record) -> Prepared:
    data = {"record": record, "source_hash": record_hash(record, RECORD_COLUMNS)}
    return Prepared(key=record_key(record), data=data)


def _content(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while block := stream.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()[:24]
