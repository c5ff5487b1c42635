"""Many new items of one group at once: by an import, where that takes fewer of the day's calls than mutations.

An import goes on at monday.com by itself, so its end is waited for by wake-ups, and nothing else is written to the board
meanwhile. Whatever is repeated is harmless: the start under its Idempotency-Key names the same job, a job takes one file,
and a row whose key the board holds already changes that item instead of making another. Ids come from the key column.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.effects import Confirmed, OpenSend, PlannedAgain, Refused, Result
from common.errors import Refuse, ShelflineError, Unavailable
from common.pipeline.outcome import Outcome
from functions.push.fence import Fence
from functions.push.monday.boards import title_key
from functions.push.monday.crossover import route
from functions.push.monday.ingest import Job, JobStatus
from functions.push.orders.context import Context
from functions.push.orders.import_file import (
    ImportFile,
    can_be_imported,
    import_file,
    is_import_text,
    parsed,
)
from functions.push.orders.look_ups import LookUps
from functions.push.orders.sending import REMEMBERED, Sender
from functions.push.orders.work import PushOrder
from functions.push.orders.writes import Write, item_writes

_MOST_ROWS = 1000
"""Of one file, which the ledger keeps: about a megabyte."""
_NEVER_HEARD_OF = 300.0
"""Seconds after which items of an import that nobody can ask about any more are looked for one by one."""
_SOONEST, _LATEST = timedelta(seconds=2), timedelta(seconds=60)
"""Between two questions after an import: the longer it has run, the rarer they are."""
_REASON = "monday_import"


@dataclass(frozen=True)
class Running:
    """An import that has not ended. changes: of the orders it makes items for."""

    send_id: int
    job_id: str | None
    changes: frozenset[int]
    ask_at: datetime


def is_import(send: OpenSend) -> bool:
    """Whether a send is an import; else it is a document of mutations."""
    return is_import_text(send.body or "")


class Imports:
    """Imports to one board."""

    def __init__(self, context: Context, sender: Sender, fence: Fence, look_ups: LookUps) -> None:
        self._context = context
        self._sender = sender
        self._fence = fence
        self._look_ups = look_ups
        self._refused: dict[str, str] = {}
        """Order key → why an import of this claim was refused as a whole: these orders go by mutations."""

    def candidates(self, orders: Sequence[PushOrder]) -> list[list[PushOrder]]:
        """Orders whose items an import should make, group by group; empty where mutations take no more calls."""
        if self._context.settings.monday_import == "never" or self._context.claim.run.cancelling:
            return []
        new = [order for order in orders if self._is_new(order)]
        groups = [group for group in _by_group(new) if self._is_worth_it(group)]
        if not groups:
            return []
        held = self._look_ups.is_held([order.key for group in groups for order in group])
        groups = [[order for order in group if order.key not in held] for group in groups]
        return [group for group in groups if self._is_worth_it(group)]

    def pioneers(self, group: Sequence[PushOrder]) -> list[PushOrder]:
        """Those of a group that go ahead by mutations: an import makes no labels, the first item that has one does."""
        seen: set[object] = set()
        ahead = []
        for order in group:
            lacking = set(self._context.board.labels_to_make(order.after["values"])) - seen
            if lacking:
                ahead.append(order)
                seen |= lacking
        return ahead

    def begin(self, group: Sequence[PushOrder]) -> Iterator[Running]:
        """Start the import of a group that is there. What cannot stand in a file, or needs a label, is left to mutations."""
        board = self._context.board
        ready = [order for order in group if self._fits(order)][: board.items.room()]
        for start in range(0, len(ready), _MOST_ROWS):
            some = ready[start : start + _MOST_ROWS]
            if self._is_worth_it(some):
                yield self._begin(some)

    def go_on(self, send: OpenSend, orders: Sequence[PushOrder]) -> Running | None:
        """One step further with an import that an earlier claim began; None when it has ended, or nobody can tell."""
        file = parsed(send.body or "")
        job_id = self._kept_job(send, orders)
        job = None if job_id else self._started(send, file)
        known = job_id or (job.id if job else "")
        if not known:
            return None
        try:
            status = self._context.monday.ingest_status(known)
        except Refuse:  # monday.com knows the job no more; the key column will tell
            return None
        if status.is_over:
            self._settle(send, file, status)
            return None
        if status.state == "UPLOAD_PENDING" and not self._uploads(send, file, job):
            return None
        return self._running(send, known)

    def noted(self, outcome: Outcome) -> Outcome:
        """The outcome of an order; its event says so where an import was refused and mutations made up for it."""
        failure = self._refused.get(outcome.item.key)
        return outcome.telling(import_refused=failure) if failure is not None else outcome

    def _is_worth_it(self, orders: Sequence[PushOrder]) -> bool:
        return route(len(orders), a_call=self._context.at_once).way == "import"

    def _fits(self, order: PushOrder) -> bool:
        board = self._context.board
        return not board.labels_to_make(order.after["values"]) and can_be_imported(order, board)

    def _is_new(self, order: PushOrder) -> bool:
        board = self._context.board
        is_new = order.operation == "create" and not order.before and order.key not in self._refused
        return is_new and not order.has_drifted and not board.labels_to_add(order.after["values"])

    def _begin(self, orders: Sequence[PushOrder]) -> Running:
        board = self._context.board
        file = import_file(orders, board, board.group(orders[0].after["group"]))
        writes: list[Write] = [write for order in orders for write in item_writes(order, board, None)]
        send = self._sender.freeze(writes, file.text())
        job_id = None
        if send.state == "planned":
            self._sender.mark(send, 1, {}, _NEVER_HEARD_OF)
            job_id = self._first_time(send, file)
        return self._running(send, job_id)

    def _first_time(self, send: OpenSend, file: ImportFile) -> str | None:
        try:
            job = self._start(send, file)
        except ShelflineError as error:  # without a file nothing is made, whatever became of the start
            self._sender.settle_all(send, 1, PlannedAgain(str(error)))
            raise
        finally:
            self._fence.close()
        with suppress(Unavailable):  # the state of the job will say whether the file has come
            self._context.monday.upload(job, file.csv.encode())
        return job.id

    def _start(self, send: OpenSend, file: ImportFile) -> Job:
        return self._context.monday.start_ingest(
            file.board_id, file.group_id, file.key_column_id, send.idempotency_key
        )

    def _started(self, send: OpenSend, file: ImportFile) -> Job | None:
        """The job of a send whose worker died: the same start names it again, while monday.com remembers."""
        if not self._context.effects.may_repeat(send, within=REMEMBERED):
            return None
        return self._start(send, file)

    def _uploads(self, send: OpenSend, file: ImportFile, job: Job | None) -> bool:
        """Give a job its file; a file that has come already stays. False when it can have none any more."""
        job = job or self._started(send, file)
        try:
            if job is not None:
                self._context.monday.upload(job, file.csv.encode())
                return True
        except Unavailable as error:
            if error.reason != "monday_storage":
                return True
        self._sender.settle_all(send, send.attempt, PlannedAgain("The import was given up without its file."))
        return False

    def _settle(self, send: OpenSend, file: ImportFile, status: JobStatus) -> None:
        if status.state == "REJECTED":  # as a whole, before its first row
            self._refused |= dict.fromkeys(file.keys, status.failure)
            self._sender.settle_all(send, send.attempt, PlannedAgain(f"{_REASON}: {status.failure}"))
            return
        rejected = self._rejected(file, status)
        wanted = [key for key in file.keys if key not in rejected]
        found = self._context.monday.find(file.board_id, file.key_column_id, wanted)
        results: dict[int, Result] = {}
        for effect in send.members:
            if effect.key in rejected:
                results[effect.id] = Refused(f"{_REASON}: {rejected[effect.key]}")
            elif found.get(effect.key):
                results[effect.id] = Confirmed(found[effect.key][0].id)
        self._context.effects.settle(send, attempt=send.attempt, results=results)

    def _rejected(self, file: ImportFile, status: JobStatus) -> Mapping[str, str]:
        if not status.has_rejected_rows:
            return {}
        rows = self._context.monday.ingest_report(status, file.keys, file.key_column_id)
        return {row.key: row.message for row in rows}

    def _kept_job(self, send: OpenSend, orders: Sequence[PushOrder]) -> str | None:
        members = {member.change_id for member in send.members}
        jobs = (order.item.data.get("import_job") for order in orders if order.change_id in members)
        return next((str(job) for job in jobs if job), None)

    def _running(self, send: OpenSend, job_id: str | None) -> Running:
        now = self._context.claim.now
        since = now - (send.sent_at or now)
        changes = frozenset(member.change_id for member in send.members)
        return Running(send.id, job_id, changes, now + min(max(since, _SOONEST), _LATEST))


def _by_group(orders: Sequence[PushOrder]) -> list[list[PushOrder]]:
    groups: dict[str, list[PushOrder]] = {}
    for order in orders:
        groups.setdefault(title_key(order.after["group"]), []).append(order)
    return list(groups.values())
