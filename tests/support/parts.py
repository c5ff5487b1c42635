"""The parts flow on a real Postgres, with everything outside of it in memory: BigQuery, Cloud Storage, DigiKey, secrets."""

import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from common.database.engine import Database
from common.effects import Effects, Send
from common.errors import Misconfigured, Unavailable
from common.warehouse.port import Column, Disposition, QueryPage
from tests.fakes.object_store import FakeObjectStore
from tests.fakes.secret_store import FakeSecretStore
from tests.fakes.warehouse import FakeWarehouse
from tests.support.digikey import FakeDigiKey
from tests.support.harness import Pipeline
from tests.support.watched import WatchedObjects

_TYPES = {"FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "INTEGER": "INT64"}
_SCHEMA = Path(__file__).parents[2] / "infra/local/samples/parts_schema.json"
Row = Mapping[str, Any]


def source_row(
    number: str | None, maker: str | None = "Texas Instruments", score: float | None = 70, **fields: Any
) -> Row:
    """A row of the parts table: by number and maker alone it is complete to 50 %, so a scored one is automated.

    score: 0 to 100, as the source has it; None: nobody scored the part.
    """
    scored = None if score is None else {"score": score, "has_score": True}
    lists: dict[str, Any] = {
        name: [] for name in ("specs", "images", "sellers", "docs", "compliance", "extra")
    }
    return {
        "product_id": f"id of {maker} {number}",
        "pn": number,
        "manufacturer": maker,
        "priority_score": scored,
        **lists,
        **fields,
    }


COMPLETE: Row = {
    "category": "ICs > Linear > Amplifiers",
    "description": "Dual operational amplifier",
    "docs": [{"doc_url": "https://example.com/a.pdf", "doc_desc": "Datasheet", "doc_type": "datasheet"}],
    "images": [{"image_id": "1", "image_url": "https://example.com/a.jpg"}],
    "specs": [{"spec_name": "Circuits", "spec_value": "2", "spec_units": None}],
}
"""Fields that make a row with number and maker complete to 100 %."""


class MortalWarehouse(FakeWarehouse):
    """A warehouse with which things go wrong around its calls, as a test says."""

    def __init__(self, objects: FakeObjectStore) -> None:
        super().__init__(objects)
        self.pages: list[int] = []
        """Rows of each page that was read."""
        self.before_page: Callable[[], object] = lambda: None
        self.before_load: Callable[[], object] = lambda: None
        self.after_load: Callable[[], object] = lambda: None
        """Called around the start of a load, and before a page; may raise."""
        self.fail_loads = 0
        """So many loads end in an error that says nothing against the data."""
        self.refuse_loads = 0
        """So many loads end in an error that stays."""
        self.hold_loads = False
        """Loads run on until `release`."""

    def query_page(self, job_id: str, page_token: str | None, page_size: int) -> QueryPage:
        """See Warehouse.query_page."""
        self.before_page()
        page = super().query_page(job_id, page_token, page_size)
        self.pages.append(len(page.rows))
        return page

    def load_objects(self, *arguments: Any, **options: Any) -> None:
        """See Warehouse.load_objects."""
        self.before_load()
        if self.hold_loads:
            self.hold()
        super().load_objects(*arguments, **options)
        self._holding = False  # other jobs run
        self.after_load()

    def _load(self, *arguments: Any) -> int:
        if arguments[0] == "parts_enriched" and self.fail_loads:
            self.fail_loads -= 1
            raise Unavailable("BigQuery's disk on fire.")
        if arguments[0] == "parts_enriched" and self.refuse_loads:
            self.refuse_loads -= 1
            raise Misconfigured("BigQuery says that we may not.")
        return super()._load(*arguments)


class WatchedEffects(Effects):
    """The ledger of outside writes, in front of which things go wrong."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.before_freeze: Callable[[], object] = lambda: None
        self.before_mark: Callable[[], object] = lambda: None
        self.before_confirm: Callable[[], object] = lambda: None

    def freeze(self, *arguments: Any, **options: Any) -> Send:
        """See Effects.freeze."""
        self.before_freeze()
        return super().freeze(*arguments, **options)

    def mark_sent(self, *arguments: Any, **options: Any) -> bool:
        """See Effects.mark_sent."""
        self.before_mark()
        return super().mark_sent(*arguments, **options)

    def confirm(self, *arguments: Any, **options: Any) -> None:
        """See Effects.confirm."""
        self.before_confirm()
        super().confirm(*arguments, **options)


class PartsPipeline(Pipeline):
    """Runs of the parts flow. Nothing is drawn for an audit unless a test says so."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self.objects = WatchedObjects()
        self.effects = WatchedEffects(self.services.database)
        self.warehouse = MortalWarehouse(self.objects)
        self.digikey = FakeDigiKey()
        self.secrets = FakeSecretStore()
        self.secrets.put("digikey", {"client_id": "client", "client_secret": "secret"})
        self.services.objects = self.objects  # type: ignore[misc]
        self.services.effects = self.effects  # type: ignore[misc]
        self.services.warehouse = self.warehouse  # type: ignore[misc]
        self.services.secrets = self.secrets  # type: ignore[misc]
        self.services.http = self.digikey  # type: ignore[misc]
        self._loads = itertools.count()
        self._rows: dict[str, Row] = {}

    def strike(self, place: str, mishap: Callable[[], object]) -> None:
        """Call this each time a worker comes to a place of the load."""
        owner = next(each for each in (self.objects, self.effects, self.warehouse) if hasattr(each, place))
        setattr(owner, place, mishap)

    def source(self, *rows: Row) -> None:
        """Put these rows into the source, replacing those of the same product_id."""
        self._rows |= {row["product_id"]: row for row in rows}
        job = f"fill {next(self._loads)}"
        self.warehouse.load_rows(job, "parts", list(self._rows.values()), SCHEMA, Disposition.REPLACE)

    def run(self, settings: Mapping[str, Any] | None = None, *, patience: float = 120, **options: Any) -> str:
        """Start a run and drive it to its rest; its id. Waits of more than `patience` seconds are not sat out."""
        run = self.begin(settings, **options)
        self.drive(patience=patience)
        assert self.imbalance(run) is None
        return run

    def begin(
        self, settings: Mapping[str, Any] | None = None, run_id: str | None = None, **options: Any
    ) -> str:
        """Start a run; its id."""
        return self.start("parts", {"audit_sample_rate": 0, **(settings or {})}, run_id=run_id, **options)

    def ends(self, run: str) -> dict[str, tuple[str, str]]:
        """Where each record of a run is: {part number: (state, reason)}."""
        rows = self.sql(
            "select coalesce(data->'record'->>'part_number', key), state, reason from items where run_id = %s",
            run,
        )
        return {number: (state, reason) for number, state, reason in rows}

    def error(self, run: str) -> Any:
        """Why the run failed: {code, message}, or None."""
        return self.one("select error from runs where id = %s", run)

    def answer(self, run: str, number: str, **answer: Any) -> None:
        """A person has done the task of a part: its answer goes into the record, which goes on where its task says."""
        item, step = self.sql(
            "select item_id, resume_step from manual_tasks where run_id = %s and record->>'part_number' = %s",
            run,
            number,
        )[0]
        self.sql(
            "update manual_tasks set state = 'completed', completed_at = shelfline_now(), answer = %s where item_id = %s",
            json.dumps(answer),
            item,
        )
        moved = self.runs.resume(
            "default",
            run,
            [item],
            step,
            states=["manual"],
            reason="manual_task_completed",
            by="ada",
            data={item: {"answer": answer}},
        )
        assert moved == 1

    def enriched(self) -> list[dict[str, Any]]:
        """The rows of parts_enriched, by key."""
        if not self.warehouse.table_exists("parts_enriched"):
            return []
        job = f"look {next(self._loads)}"
        self.warehouse.start_query(job, "select * from parts_enriched order by key, change_id", {})
        return self.warehouse.query_page(job, None, 10_000).rows

    def count(self, table: str) -> int:
        """Rows of a table."""
        return int(self.one(f"select count(*) from {table}"))

    def close(self) -> None:
        """Let go of the databases."""
        super().close()
        self.warehouse.close()
        self.digikey.close()


def _column(field: Mapping[str, Any]) -> Column:
    fields = tuple(_column(each) for each in field.get("fields", ()))
    return Column(field["name"], _TYPES.get(field["type"], field["type"]), field["mode"], fields)


SCHEMA = tuple(_column(field) for field in json.loads(_SCHEMA.read_text()))
"""The columns of the parts table."""
