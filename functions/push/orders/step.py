"""Push orders to the boards of monday.com: each as it was reviewed, once, one chunk of a board at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.errors import Misconfigured, ShelflineError
from common.pipeline import outcome as outcomes
from common.pipeline.asking import fallback_task
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services
from functions.push.fence import Fence
from functions.push.orders import verdicts
from functions.push.orders.account import monday_of
from functions.push.orders.board import OrderBoard
from functions.push.orders.context import Context
from functions.push.orders.delivery import Delivery
from functions.push.orders.recording import record
from functions.push.orders.work import PushOrder, load_work
from functions.stage.orders.staging import board_lane

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ATTEMPTS = 12
"""With waits that double up to retry_max_seconds: monday.com may be away for half an hour."""
_OF_THE_BOARD = frozenset({"board_without_column", "monday_board", "monday_column", "no_group"})
"""Reasons that a person mends on one board; the orders of other boards go on."""


class PushOrders(ItemStep):
    """The writing end of the orders flow."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> Mapping[int, PushOrder]:
        """What is staged of each item."""
        return load_work(connection, claim.run.tenant, claim.items)

    def run(self, claim: Claim, items: Sequence[Item], loaded: Mapping[int, PushOrder]) -> Iterable[Outcome]:
        """In mode TEST nothing here could write: no client is made."""
        if not claim.run.may_write:
            yield from (outcomes.done(item, "would_push") for item in items)
            return
        orders = []
        for item in items:
            settled = _settled(claim, item, loaded.get(item.id))
            if isinstance(settled, Outcome):
                yield settled
            else:
                orders.append(settled)
        if orders:
            yield from self._delivered(claim, orders)

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """What was pushed, what failed, what was found to have drifted."""
        record(connection, run, recorded)

    def attempts_allowed(self, run: Run) -> int:
        """See ItemStep.attempts_allowed."""
        return max(_ATTEMPTS, int(run.settings.automation_retry_attempts))

    def exhausted(self, item: Item, error: ShelflineError, run: Run) -> Outcome:
        """A person looks after what monday.com has not taken for so long."""
        failed = {"item_id": item.id, "scope": item.data["customer"], "error": str(error)}
        return outcomes.manual(item, error.reason, _task(item, error)).writing(failed=failed)

    def _delivered(self, claim: Claim, orders: Sequence[PushOrder]) -> Iterator[Outcome]:
        fence, told = Fence(claim.run.settings.lease_seconds), set()
        monday = monday_of(self._services, claim.run, fence.check)
        self._drop_given_up(claim, orders)
        try:
            board = OrderBoard.read(monday, orders[0].board)
            context = Context(self._services.effects, monday, claim, board)
            for outcome in Delivery(context, fence).deliver(orders):
                told.add(outcome.item.id)
                yield outcome
        except Misconfigured as error:
            if error.reason not in _OF_THE_BOARD:
                raise
            untold = (order for order in orders if order.item.id not in told)
            yield from (verdicts.asked(order, error.reason, str(error)) for order in untold)

    def _drop_given_up(self, claim: Claim, orders: Sequence[PushOrder]) -> None:
        """What was planned and not sent, of changes that nobody wants any more."""
        given_up = [order.change_id for order in orders if order.state != "approved"]
        given_up += [earlier.change_id for order in orders for earlier in order.earlier]
        if given_up:
            self._services.effects.drop_planned(claim.run.tenant, given_up)


def _settled(claim: Claim, item: Item, order: PushOrder | None) -> Outcome | PushOrder:
    """What needs no board to say; else the order."""
    if order is None:
        return outcomes.skip(item, "superseded")
    if order.status == "ROLLED_BACK":
        told = "The customer's batch was not sound; see order_batches."
        return outcomes.fail(item, "batch_rolled_back", error=told)
    if order.state == "applied":
        return outcomes.done(item, "pushed")
    lane = board_lane(order.board)
    if claim.lane != lane:
        return outcomes.proceed(item, "routed", to="push", lane=lane)
    return order


def _task(item: Item, error: ShelflineError) -> dict[str, Any]:
    return fallback_task({"order": item.data.get("label"), "customer": item.data.get("customer")}, str(error))
