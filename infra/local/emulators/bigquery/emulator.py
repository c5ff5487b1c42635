"""The emulator as one object: its parts made in order, opened and closed together."""

from pathlib import Path
from typing import Any

from infra.local.clock import SharedClock
from infra.local.emulators.bigquery.catalog import Catalog
from infra.local.emulators.bigquery.copies import CopyWork
from infra.local.emulators.bigquery.database import Database
from infra.local.emulators.bigquery.exports import ExtractWork
from infra.local.emulators.bigquery.inserts import StreamingInserts
from infra.local.emulators.bigquery.jobs import Job, JobStore, Work
from infra.local.emulators.bigquery.loads import LoadWork
from infra.local.emulators.bigquery.names import DatasetName
from infra.local.emulators.bigquery.queries import QueryWork
from infra.local.emulators.bigquery.runner import JobRunner
from infra.local.emulators.bigquery.services import EXPORT_SHARD_BYTES, ResultHomes, Services
from infra.local.emulators.bigquery.storage import Storage
from infra.local.emulators.bigquery.uploads import Uploads
from infra.local.faults import FaultBook


class Emulator:
    """A BigQuery with its state in a folder.

    answer_wait: seconds that jobs.insert waits for a short job to be done before it answers.
    """

    def __init__(
        self,
        state: Path,
        clock: SharedClock,
        *,
        storage_url: str | None = None,
        export_shard_bytes: int = EXPORT_SHARD_BYTES,
        answer_wait: float = 1.0,
    ) -> None:
        self.database = Database(state / "bigquery.duckdb")
        self.catalog = Catalog(lambda: int(clock.timestamp() * 1000))
        self.store = JobStore()
        self.storage = Storage(storage_url)
        self.uploads = Uploads(state / "uploads")
        self.inserts = StreamingInserts(self.database, self.catalog)
        self.faults = FaultBook()
        self.answer_wait = answer_wait
        self.services = Services(
            self.database,
            self.catalog,
            self.storage,
            clock,
            _empty(state / "scratch"),
            export_shard_bytes,
            ResultHomes(self.database, self.catalog),
        )
        self.runner = JobRunner(self.database, self.store, self.work, self.catalog.milliseconds)
        with self.database.transaction(writer=True) as cursor:
            self.catalog.prepare(cursor)
            self.store.prepare(cursor)
            self.catalog.sweep(cursor)

    def start(self, project: str, datasets: list[str]) -> None:
        """Make the datasets that are not there, and go on with jobs the last process left."""
        with self.database.transaction(writer=True) as cursor:
            for dataset in datasets:
                name = DatasetName(project, dataset).checked()
                if not self.catalog.has_dataset(cursor, name):
                    self.catalog.create_dataset(cursor, name)
        self.runner.resume()

    def close(self) -> None:
        """Let running jobs end, and close the database."""
        self.runner.close()
        self.storage.close()
        self.database.close()

    def work(self, job: Job) -> Work:
        """What a job does; a configuration that cannot be served is refused."""
        works: dict[str, Any] = {
            "query": QueryWork,
            "load": LoadWork,
            "extract": ExtractWork,
            "copy": CopyWork,
        }
        work: Work = works[job.kind](self.services, job)
        return work


def _empty(folder: Path) -> Path:
    """A folder for files that outlive no job, without what a crash left in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.rglob("*"):
        if left.is_file():
            left.unlink()
    return folder
