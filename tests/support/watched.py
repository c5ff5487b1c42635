"""What a pipeline of the tests works with outside of itself, in front of which a test lets things happen: workers die, calls fail."""

from collections.abc import Callable, Mapping
from typing import Any

import requests

from common.effects import Effects, OpenSend, Result
from common.objects.store import Stored
from common.warehouse.port import QueryPage
from tests.fakes.object_store import FakeObjectStore
from tests.fakes.warehouse import FakeWarehouse


class WatchedWarehouse(FakeWarehouse):
    """A warehouse that counts what is asked of it, and in front of which things go wrong."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.statements: list[str] = []
        """SQL of every query and export."""
        self.pages: list[int] = []
        """Rows of each page that was read."""
        self.before_page: Callable[[], object] = lambda: None

    def shard_rows(self, rows: int) -> None:
        """So many rows of an export are one object from now on."""
        self._export_shard_rows = rows

    def start_query(self, job_id: str, sql: str, parameters: Mapping[str, object]) -> None:
        """See Warehouse.start_query."""
        self.statements.append(sql)
        super().start_query(job_id, sql, parameters)

    def query_page(self, job_id: str, page_token: str | None, page_size: int) -> QueryPage:
        """See Warehouse.query_page."""
        self.before_page()
        page = super().query_page(job_id, page_token, page_size)
        self.pages.append(len(page.rows))
        return page


class WatchedObjects(FakeObjectStore):
    """A bucket in front of which things go wrong."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.before_put: Callable[[], object] = lambda: None

    def put(self, *arguments: Any, **options: Any) -> Stored:
        """See ObjectStore.put."""
        self.before_put()
        return super().put(*arguments, **options)


class WatchedEffects(Effects):
    """The ledger of outside writes; something may happen before and after each of its steps (a worker may die)."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.before_freeze: Callable[[], object] = lambda: None
        self.after_freeze: Callable[[], object] = lambda: None
        self.after_mark: Callable[[], object] = lambda: None
        self.before_settle: Callable[[], object] = lambda: None
        self.after_settle: Callable[[], object] = lambda: None

    def freeze_body(self, *arguments: Any, **options: Any) -> OpenSend:
        """See Effects.freeze_body."""
        self.before_freeze()
        frozen = super().freeze_body(*arguments, **options)
        self.after_freeze()
        return frozen

    def mark_sent(self, *arguments: Any, **options: Any) -> bool:
        """See Effects.mark_sent."""
        marked = super().mark_sent(*arguments, **options)
        self.after_mark()
        return marked

    def settle(self, send: Any, *, attempt: int, results: Mapping[int, Result]) -> Any:
        """See Effects.settle."""
        self.before_settle()
        settled = super().settle(send, attempt=attempt, results=results)
        self.after_settle()
        return settled


class WatchedSession(requests.Session):
    """Connections to monday.com; something may happen before and after each call."""

    def __init__(self) -> None:
        super().__init__()
        self.before_call: Callable[[], object] = lambda: None
        self.after_call: Callable[[], object] = lambda: None

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """See requests.Session.request."""
        self.before_call()
        answer = super().request(*arguments, **options)
        self.after_call()
        return answer
