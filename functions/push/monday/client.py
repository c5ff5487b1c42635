"""The client of monday.com's API, used against the real service and its local stand-in alike.

Every call takes its place in the account's budget first, holds no database transaction while it waits, and leaves as data
or as one of common.errors:
    WaitUntil      a limit is used up, ours or theirs; nothing was done, and no attempt is spent
    Misconfigured  token, rights, address, board or column
    Refuse         monday.com refuses the request for what it says
    Retry          nothing is wrong with the request: the board is locked, or (InProgress) the same write is under way
    Unavailable    nothing is known; a write may have been done. NoAnswer.perhaps_done is False where it never left
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import requests

from common.database.engine import assert_no_transaction
from common.errors import Unavailable
from common.http.exchange import NoAnswer, Reply
from common.quotas import Grant, Ledger
from functions.push.monday import costs, documents, ingest, lookup
from functions.push.monday.answers import Answer, answer
from functions.push.monday.board_items import BoardPage, page_in, page_query
from functions.push.monday.boards import Board, board_in, board_query
from functions.push.monday.budget import Budget
from functions.push.monday.credentials import Credentials
from functions.push.monday.limits import plan_named
from functions.push.monday.lookup import FoundItem, HeldItem
from functions.push.monday.reading import Reading, read
from functions.push.monday.request import COMPLEXITY, Query
from functions.push.monday.transport import Transport

IDENTITY = Query(f"query {{ {COMPLEXITY} me {{ id name }} }}", {}, costs.IDENTITY)
"""Asks whose token it is."""


class Monday:
    """One account of monday.com. Safe to share between threads as far as the session is."""

    def __init__(
        self,
        base_url: str,
        credentials: Callable[[], Credentials],
        session: requests.Session,
        *,
        ledger: Ledger,
        tenant: str,
        now: Callable[[], datetime],
        monday_plan: str,
        before_call: Callable[[], None] = assert_no_transaction,
    ) -> None:
        """Open nothing yet; raise Misconfigured for a plain-text address or an unknown plan.

        base_url: "https://api.monday.com" or the stand-in's address, without /v2.
        credentials: asked before each call, so that a changed secret is taken up.
        ledger: `common.quotas.Quotas`. now: business time (aware), which waits are counted from.
        """
        self._transport = Transport(base_url, session, before_call=before_call)
        self._credentials = credentials
        self._budget = Budget(ledger, tenant, plan_named(monday_plan))
        self._now = now

    def identity(self) -> str:
        """The name of the token's user: the cheapest proof that address and token are right."""
        me = self._ask(IDENTITY).get("me")
        return str(me.get("name") or me.get("id") or "") if isinstance(me, Mapping) else ""

    def board(self, board_id: str) -> Board:
        """A board's columns, groups and counts; Misconfigured when it is not there for us."""
        return board_in(self._ask(board_query(board_id)), board_id)

    def find(self, board_id: str, column_id: str, keys: Sequence[str]) -> dict[str, list[FoundItem]]:
        """The active items whose key column holds one of these keys; see `lookup.find`."""
        return lookup.find(self._ask, board_id, column_id, keys)

    def items(
        self,
        ids: Sequence[str],
        columns: Sequence[str] | None = None,
        line_columns: Sequence[str] | None = None,
    ) -> dict[str, HeldItem]:
        """What these items and their subitems hold, by id; see `lookup.items`."""
        return lookup.items(self._ask, ids, columns, line_columns)

    def board_page(
        self, board_id: str, key_column_id: str, line_key_column_id: str, cursor: str | None, *, limit: int
    ) -> BoardPage:
        """Up to `limit` items of a board with our keys, from the first on or from a cursor on.

        Raises CursorExpired when the cursor is older than an hour: begin with the first page again.
        """
        return page_in(
            self._ask(page_query(board_id, key_column_id, line_key_column_id, cursor, limit=limit))
        )

    def perform(self, body: bytes, idempotency_key: str) -> Answer:
        """Send a request that `documents.document` made, and say what became of each of its mutations.

        For 30 minutes monday.com answers the same bytes under the same key without doing them again. What all mutations
        have in common is raised; see `answers.answer`.
        """
        reading = self._exchange(body, documents.estimate(body), idempotency_key)
        return answer(reading, documents.aliases_in(body))

    def start_ingest(
        self, board_id: str, group_id: str, key_column_id: str, idempotency_key: str | None = None
    ) -> ingest.Job:
        """Start an import (UPSERT on the key column); the file has to be there within 10 minutes."""
        body = ingest.start_document(board_id, group_id, key_column_id)
        return ingest.job_in(self._exchange(body, costs.MUTATION, idempotency_key).whole_data())

    def upload(self, job: ingest.Job, content: bytes) -> None:
        """Upload the file of an import, as `ingest.csv_file` made it. Raises Unavailable when it is not taken."""
        reply = self._transport.put(job.upload_url, content)
        _stored(reply, "take the file")

    def ingest_status(self, job_id: str) -> ingest.JobStatus:
        """How far an import is."""
        return ingest.status_in(self._ask(ingest.status_query(job_id)))

    def ingest_report(
        self, status: ingest.JobStatus, keys: Sequence[str], key_column_id: str
    ) -> tuple[ingest.RejectedRow, ...]:
        """The rows of an import that were not written, none where there is no report; its address lives 10 minutes.

        keys: of the rows of the file, in its order.
        """
        if status.report_url is None:
            return ()
        reply = self._transport.get(status.report_url)
        _stored(reply, "give the report")
        return ingest.rejected_rows(reply.body, keys, key_column_id)

    def _ask(self, query: Query) -> Mapping[str, Any]:
        return self._exchange(query.body(), query.estimate, None, is_write=False).whole_data()

    def _exchange(
        self, body: bytes, estimate: int, idempotency_key: str | None, *, is_write: bool = True
    ) -> Reading:
        token = self._credentials().token
        grant = self._budget.reserve(estimate, is_write=is_write)
        try:
            reply = self._transport.post(body, token, idempotency_key=idempotency_key)
        except NoAnswer as error:
            self._budget.ended(grant) if error.perhaps_done else self._budget.unsent(grant)
            raise
        except Exception:
            self._budget.unsent(grant)
            raise
        reading = read(reply, self._now())
        self._settle(grant, reading)
        return reading

    def _settle(self, grant: Grant, reading: Reading) -> None:
        """Tell the budget how it went; a limit that is used up is closed to everybody until it opens again."""
        wait = reading.wait()
        if wait is not None:
            self._budget.close(grant, wait, reading.usage.at)
        if wait is not None and reading.did_nothing():
            self._budget.turned_away(grant)
        else:
            self._budget.settle(grant, reading.usage)


def _stored(reply: Reply, what: str) -> None:
    if not 200 <= reply.status < 300:
        raise Unavailable(
            f"monday.com's storage did not {what} (HTTP {reply.status}); its address may have run out.",
            reason="monday_storage",
        )
