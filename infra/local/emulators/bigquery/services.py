"""What every kind of job needs, made once at start."""

from dataclasses import dataclass
from pathlib import Path

from infra.local.clock import SharedClock
from infra.local.emulators.bigquery.catalog import Catalog
from infra.local.emulators.bigquery.database import Database
from infra.local.emulators.bigquery.storage import Storage


@dataclass(frozen=True)
class Services:
    """The parts shared by all jobs. `scratch` holds files that outlive no job; `export_shard_rows` splits exports."""

    database: Database
    catalog: Catalog
    storage: Storage
    clock: SharedClock
    scratch: Path
    export_shard_rows: int
