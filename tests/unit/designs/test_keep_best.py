"""Which of several copies of a design it is suggested to keep."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from functions.hash.designs.keep_best import Copy, best_first

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
COPY = Copy(design="b", width=1200, height=800, has_alpha=True, size=50_000, since=MONDAY)


def test_more_pixels_win_over_everything_else() -> None:
    larger = replace(COPY, width=1201, has_alpha=False, size=1, since=MONDAY + timedelta(days=9))
    assert best_first([COPY, larger])[0] is larger


def test_of_equal_pixels_transparency_wins() -> None:
    opaque = replace(COPY, has_alpha=False, size=90_000, since=MONDAY - timedelta(days=1))
    assert best_first([opaque, COPY])[0] is COPY


def test_then_the_larger_file_wins() -> None:
    larger = replace(COPY, size=50_001, since=MONDAY + timedelta(days=1))
    assert best_first([COPY, larger])[0] is larger


def test_then_the_older_wins() -> None:
    older = replace(COPY, design="z", since=MONDAY - timedelta(seconds=1))
    assert best_first([COPY, older])[0] is older


def test_the_answer_does_not_depend_on_the_order_of_the_copies() -> None:
    copies = [replace(COPY, design=name) for name in "dacb"]
    Random(1).shuffle(copies)
    assert [copy.design for copy in best_first(copies)] == ["a", "b", "c", "d"]
