"""Leave to call DigiKey, taken from the shared ledger in small blocks; what is left of a block is given back."""

from types import TracebackType
from typing import Self

from common.pipeline.item import Run
from common.quotas import Grant, Quotas, per_minute, per_utc_day
from functions.scrape.digikey.rates import RateReport

ACCOUNT = "digikey"
_BLOCK = 10  # calls; a worker that dies loses at most so many


class Allowance:
    """Counts calls against grants. Use it as a context, so that the rest is given back whatever happens."""

    def __init__(self, quotas: Quotas, run: Run) -> None:
        self._quotas = quotas
        self._run = run
        self._grant: Grant | None = None
        self._left = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back()

    def need(self, calls: int) -> None:
        """Make sure that so many calls may be made. Raises WaitUntil when the budget does not allow it now."""
        if self._left >= calls:
            return
        self._give_back()
        settings = self._run.settings
        dimensions = {
            "minute": per_minute(settings.digikey_per_minute),
            "day": per_utc_day(settings.digikey_per_day),
        }
        units = min(_BLOCK, settings.digikey_per_minute)
        self._grant = self._quotas.reserve(
            self._run.tenant, ACCOUNT, dimensions, units=units, minimum=min(calls, units)
        )
        self._left = self._grant.units

    def used(self, calls: int) -> None:
        """So many calls were made."""
        self._left = max(0, self._left - calls)

    def reported(self, rate: RateReport | None) -> None:
        """What DigiKey itself says is left of the day."""
        if rate is not None and rate.remaining is not None:
            self._quotas.report(self._run.tenant, ACCOUNT, "day", remaining=rate.remaining, at=rate.at)

    def _give_back(self) -> None:
        if self._grant is not None and self._left > 0:
            self._quotas.refund(self._grant, self._left)
        self._grant, self._left = None, 0
