"""What a push would take."""

from common.client.wire import LONG_SECONDS, Document, Wire


class Plans(Wire):
    """Reckoned before anything is sent."""

    def plan(self, flow: str) -> Document:
        """What pushing what is staged would take of the vendor's budget, under each of its plans.

        {source, work, boards: [...], calls, points, plans: [{plan, is_own, days, minutes, verdict, ...}], most_days}. Raises
        NotFound when nothing is staged and no run in mode TEST says what would be.
        """
        return self._get("/plan", LONG_SECONDS, flow=flow)
