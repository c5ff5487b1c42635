"""A sixth flow, that only the tests know: the full route with an adapter that can be told what to say.

Options of a run: records (how many), script ({key: {step: outcome, ...}}); an outcome is one of next, skip, manual, review,
wait, reject, retry, give_up, fail, crash, poison (data that Postgres refuses).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from common.errors import GiveUp, Retry, WaitUntil
from common.pipeline import outcome as outcomes
from common.pipeline.flow import Child, Flow, ItemStep, Page, Step
from common.pipeline.item import Claim, Item
from common.pipeline.outcome import Outcome
from common.services import Services


class Crash(BaseException):
    """The worker dies here: nothing after this line happens."""


class ToySource:
    """Declares `records` records, key000..., in pages of `page`."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def load(self, connection: Any, claim: Claim) -> None:
        """Nothing to know."""

    def read(self, claim: Claim, loaded: None) -> Iterator[Page]:
        """Pages from the cursor on."""
        total, page = claim.run.options.get("records", 10), claim.run.options.get("page", 100)
        doubled = claim.run.options.get("doubled", 0)
        start = claim.cursor.get("next", 0)
        while True:
            end = min(start + page, total)
            children = [Child(key=_key(n, doubled), data={"n": n}, row=n + 1) for n in range(start, end)]
            yield Page(children=children, cursor={"next": end}, declared=total, last=end >= total)
            start = end


def _key(number: int, doubled: int) -> str:
    return f"key{number % (doubled if doubled else 10**9):05d}"


class ToyStep(ItemStep):
    """Does to each item what the run's script says for this step."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.seen: list[str] = []

    def run(self, claim: Claim, items: Sequence[Item], loaded: Any) -> Iterable[Outcome]:
        """One scripted outcome for each item."""
        script = claim.run.options.get("script", {})
        for item in items:
            yield self._outcome(claim, item, script.get(item.key, {}).get(claim.step, "next"))

    def exhausted(self, item: Item, error: Any, run: Any) -> Outcome:
        """A person goes on."""
        return outcomes.manual(item, error.reason, _task(error=str(error)))

    def _outcome(self, claim: Claim, item: Item, word: str) -> Outcome:
        if word == "crash":
            raise Crash
        if word == "crash_once" and claim.tries == 1:
            raise Crash
        if word in ("retry", "retry_once") and (word == "retry" or item.attempts == 0):
            at = claim.now + timedelta(seconds=5)
            if item.attempts + 1 >= self.attempts_allowed(claim.run):
                return self.exhausted(item, Retry("still not"), claim.run)
            return outcomes.retry(item, "not_yet", at, error="not yet")
        if word == "wait" and "waited" not in item.data:
            waiting = outcomes.wait(item, "window", claim.now + timedelta(seconds=60))
            return type(waiting)(
                **{**{n: getattr(waiting, n) for n in waiting.__slots__}, "data": {"waited": True}}
            )
        return self._plain(item, word)

    def _plain(self, item: Item, word: str) -> Outcome:
        if word == "manual":
            return outcomes.manual(item, "asked", _task())
        if word == "poison":
            return outcomes.proceed(item, data={"bad": "x"}).writing(decision=[{"route": None}])
        simple = {
            "skip": lambda: outcomes.skip(item, "same"),
            "review": lambda: outcomes.review(item, "audit"),
            "reject": lambda: outcomes.reject(
                item, "bad", [{"column": "n", "reason": "bad"}], dict(item.data)
            ),
            "fail": lambda: outcomes.fail(item, "broken", error="broken"),
        }
        return simple.get(word, lambda: outcomes.proceed(item))()


class RaisingStep(ToyStep):
    """Raises, for the whole batch, what the run's options name."""

    def run(self, claim: Claim, items: Sequence[Item], loaded: Any) -> Iterable[Outcome]:
        """Raise, or do as the script says."""
        raises = claim.run.options.get("raises")
        opens = claim.run.frozen_at + timedelta(seconds=90)
        if raises == "wait" and claim.now < opens:
            raise WaitUntil(opens, "budget", reason="quota_day")
        if raises == "retry" and items[0].attempts == 0:
            raise Retry("down", reason="unavailable")
        if raises == "unknown" and items[0].attempts == 0:
            raise KeyError("surprise")
        if raises == "give_up":
            raise GiveUp("cannot")
        return super().run(claim, items, loaded)


def _task(**more: Any) -> dict[str, Any]:
    task = {"task_type": "workflow_generated", "priority": "MEDIUM", "priority_score": 0.5, "confidence": 0.5}
    return {**task, "record": {}, "evidence": [], "error": None, "resume_step": "stage", **more}


FLOW = Flow(
    name="toy",
    steps=[
        Step(name="fetch", adapter="tests.support.toy_flow:ToySource", kind="source"),
        Step(name="decide", adapter="tests.support.toy_flow:ToyStep"),
        Step(name="scrape", adapter="tests.support.toy_flow:RaisingStep", width="automation_max_concurrent"),
        Step(name="hash", adapter="tests.support.toy_flow:ToyStep"),
        Step(name="stage", adapter="tests.support.toy_flow:ToyStep"),
        Step(name="push", adapter="tests.support.toy_flow:ToyStep"),
    ],
)
