"""What every kind of job needs, made once at start."""

from dataclasses import dataclass
from pathlib import Path

from infra.local.clock import SharedClock
from infra.local.emulators.bigquery.catalog import Catalog
from infra.local.emulators.bigquery.database import Database
from infra.local.emulators.bigquery.names import DatasetName
from infra.local.emulators.bigquery.storage import Storage

EXPORT_SHARD_BYTES = 4_000_000


class ResultHomes:
    """The hidden datasets that hold anonymous results, one for each project, made when first needed."""

    def __init__(self, database: Database, catalog: Catalog) -> None:
        self._database = database
        self._catalog = catalog
        self._ready: set[DatasetName] = set()

    def prepare(self, home: DatasetName) -> None:
        """Make the dataset if it is not there."""
        if home in self._ready:
            return
        with self._database.transaction(writer=True) as cursor:
            if not self._catalog.has_dataset(cursor, home):
                self._catalog.create_dataset(cursor, home)
        self._ready.add(home)


@dataclass(frozen=True)
class Services:
    """The parts shared by all jobs. `scratch` holds files that outlive no job; `export_shard_bytes`: about
    how long a file of an export is.
    """

    database: Database
    catalog: Catalog
    storage: Storage
    clock: SharedClock
    scratch: Path
    export_shard_bytes: int
    results: ResultHomes
