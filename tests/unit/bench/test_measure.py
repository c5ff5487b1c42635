"""What a bench says of its rounds."""

from tests.bench.measure import Measure, ratio


def _measure(*values: float, **more: float) -> Measure:
    return Measure(name="m", values=values, unit="1/s", **more)


def test_the_median_is_held_to_the_target() -> None:
    assert _measure(1, 9, 5, at_least=5).met
    assert not _measure(1, 9, 5, at_least=6).met
    assert _measure(1, 9, 5, at_most=5).met
    assert not _measure(1, 9, 5, at_most=4).met


def test_without_a_target_nothing_is_met_or_missed() -> None:
    assert _measure(1).met is None


def test_a_ratio_is_taken_against_the_best_of_the_others() -> None:
    found = ratio("beside", _measure(90, 100, 110), [_measure(1, 2, 3), _measure(5, 10, 20)], at_least=10)
    assert found.median == 10
    assert found.values == (90 / 20, 100 / 10, 110 / 5)
    assert found.met
