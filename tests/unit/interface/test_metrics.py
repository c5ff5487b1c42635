"""What figures say of a run."""

from typing import Any

import pytest

from common.metrics import COUNTS, adds_up, held_by


def _run(**more: Any) -> dict[str, Any]:
    return {"state": "completed", "error": None, "declared": 3, **more}


def _figures(**counts: int) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in COUNTS}


def test_figures_add_up_when_each_record_is_counted_once() -> None:
    assert adds_up(_run(), _figures(fetched=3, done=1, skipped=1, manual=1))
    assert not adds_up(_run(), _figures(fetched=3, done=2))
    assert not adds_up(_run(), _figures(fetched=3, done=4))


def test_an_ended_run_answers_for_every_record_of_its_source() -> None:
    assert not adds_up(_run(declared=4), _figures(fetched=3, done=3))
    assert adds_up(_run(declared=4, state="running"), _figures(fetched=3, in_progress=3))
    assert adds_up(_run(declared=None), _figures(fetched=3, done=3))


def test_a_run_that_settled_out_of_balance_stays_red() -> None:
    assert not adds_up(_run(state="failed", error={"code": "does_not_add_up"}), _figures(fetched=3, done=3))


@pytest.mark.parametrize(
    ("state", "busy", "reason", "words"),
    [
        ("pending", 1, None, "about to start"),
        ("running", 1, "quota_day", "working"),
        ("running", 0, "paused", "is paused"),
        ("running", 0, "quota_day", "waits for quota_day until told otherwise"),
        ("waiting", 0, None, "waits for people"),
        ("cancelling", 0, None, "being cancelled"),
        ("completed", 0, None, "completed"),
    ],
)
def test_a_run_says_what_holds_it(state: str, busy: int, reason: str | None, words: str) -> None:
    lanes = [{"lane": "l", "reason": reason, "until": None, "chunks": 1}] if reason else []
    assert held_by(_run(state=state), _figures(), {"busy": busy, "lanes": lanes}) == words
