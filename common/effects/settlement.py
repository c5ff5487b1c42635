"""Settlement: what became of the members of a send."""

from collections.abc import Mapping

from common.effects.book import Book
from common.effects.result import Result, Settled, result_row, settled_of
from common.effects.send import Send


class Settlement(Book):
    """The end of a send, member by member."""

    def settle(self, send: Send, *, attempt: int, results: Mapping[int, Result]) -> Settled:
        """Tell what one attempt has shown, by effect id, all in one transaction; who is not named stays as it is.

        A confirmation is taken whoever tells it, whatever was thought before. Anything else is taken only of the latest
        attempt, and when an earlier one may still have landed a refusal leaves the member unknown, for a look-up.
        PlannedAgain sets a member free for the next send. Where the target made two objects for a key, the first is kept,
        an alarm is told in the run's stream, and both are answered: asking a person is the caller's business.
        """
        rows = [result_row(effect, result) for effect, result in results.items()]
        told = {"send": send.id, "attempt": attempt, "results": rows}
        return settled_of(self._database.call("shelfline_settle_send_v1", told))
