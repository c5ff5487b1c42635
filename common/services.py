"""The composition root: everything a process shares, made once, at the first use.

Process lifetime: pools, clients, caches. A request opens only transactions. Nothing is opened at import.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from common.environment import Environment, environment

if TYPE_CHECKING:
    import requests

    from common.auth.oidc import CallVerifier
    from common.clock import Clock
    from common.database.engine import Database
    from common.effects import Effects
    from common.objects.store import ObjectStore
    from common.pipeline.engine import Engine
    from common.pipeline.store import PipelineStore
    from common.pipeline.waker import Waker
    from common.quotas import Quotas
    from common.secrets.store import SecretStore
    from common.tasks.queue import TaskQueue
    from common.warehouse.port import Warehouse


class Services:
    """Lazily built clients. Tests hand in fakes by assigning to an attribute before its first use."""

    def __init__(self, env: Environment | None = None) -> None:
        self.environment = env or environment()

    @cached_property
    def database(self) -> "Database":
        """Postgres."""
        from common.database.engine import Database

        return Database(self.environment)

    @cached_property
    def clock(self) -> "Clock":
        """Business time."""
        from common.clock import DatabaseClock

        return DatabaseClock(self.database)

    @cached_property
    def tasks(self) -> "TaskQueue":
        """Cloud Tasks."""
        from common.tasks.cloud_tasks import CloudTasksQueue

        env = self.environment
        return CloudTasksQueue(
            project=env.project,
            location=env.location,
            service_account=env.service_account,
            endpoint=env.tasks_endpoint,
        )

    @cached_property
    def objects(self) -> "ObjectStore":
        """Cloud Storage."""
        from common.objects.cloud_storage import CloudStorageObjects

        env = self.environment
        return CloudStorageObjects(
            project=env.project, bucket=env.bucket, endpoint=env.storage_endpoint, signing_key=env.signing_key
        )

    @cached_property
    def warehouse(self) -> "Warehouse":
        """BigQuery."""
        from common.warehouse.bigquery_client import BigQueryWarehouse

        env = self.environment
        return BigQueryWarehouse(
            project=env.project,
            dataset=env.dataset,
            location=env.dataset_location,
            endpoint=env.bigquery_endpoint,
            loaded_by={"parts": "parts", "orders": "orders"},
        )

    @cached_property
    def secrets(self) -> "SecretStore":
        """Vendor credentials."""
        from common.secrets.where import secret_store

        return secret_store(self.environment.secrets)

    @cached_property
    def http(self) -> "requests.Session":
        """The connections to vendors' APIs."""
        import requests

        return requests.Session()

    @cached_property
    def store(self) -> "PipelineStore":
        """The pipeline's tables."""
        from common.pipeline.store import PipelineStore

        return PipelineStore(self.database)

    @cached_property
    def waker(self) -> "Waker":
        """Wake-ups after commit."""
        from common.pipeline.waker import Waker

        return Waker(self.tasks, self.environment.functions_url, self.store)

    @cached_property
    def engine(self) -> "Engine":
        """Claim, run, record."""
        from common.pipeline.engine import Engine

        return Engine(self)

    @cached_property
    def quotas(self) -> "Quotas":
        """Budgets of vendor accounts."""
        from common.quotas import Quotas

        return Quotas(self.database)

    @cached_property
    def effects(self) -> "Effects":
        """The ledger of outside writes."""
        from common.effects import Effects

        return Effects(self.database)

    def caller_verifier(self, audience: str) -> "CallVerifier":
        """Checks that a call comes from the account that tasks and schedules call as."""
        from common.auth.oidc import CallVerifier

        env = self.environment
        return CallVerifier(audience=audience, accounts={env.service_account}, certs_url=env.oidc_certs_url)
