"""The figures the policy decides by: completeness, reliability, priority."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from common.scores import score_to_fraction
from common.settings import Layers, resolve
from functions.decide.parts.completeness import WEIGHTS, completeness, is_present
from functions.decide.parts.priority import Priority, from_fraction, from_score
from functions.decide.parts.reliability import ReliabilityPrior, reliability

PRIOR = ReliabilityPrior()


class TestCompleteness:
    def test_weights_make_a_hundred(self) -> None:
        assert sum(WEIGHTS.values()) == 100
        assert completeness(dict.fromkeys(WEIGHTS, "x")) == 100
        assert completeness({}) == 0

    def test_every_field_is_worth_its_weight(self) -> None:
        expected = {
            "part_number": 30,
            "manufacturer": 20,
            "category_path": 10,
            "description": 10,
            "specs": 15,
        }
        expected |= {"docs": 10, "images": 5}
        assert {field: completeness({field: ["x"]}) for field in WEIGHTS} == expected

    def test_part_number_and_maker_alone_are_exactly_half(self) -> None:
        assert completeness({"part_number": "BLF177", "manufacturer": "NXP"}) == 50

    def test_the_sample_record(self) -> None:
        record = {
            "part_number": "BLF177",
            "manufacturer": "NXP",
            "category_path": ["Semiconductors", "RF", "Transistors"],
            "description": None,
            "specs": [],
            "docs": [{"url": "https://example.com/blf177.pdf"}],
            "images": [],
        }
        assert completeness(record) == 70

    def test_other_fields_count_nothing(self) -> None:
        assert completeness({"brand": "NXP", "title": "x"}) == 0

    def test_every_set_of_fields_is_the_sum_of_its_weights(self) -> None:
        for there in product((True, False), repeat=len(WEIGHTS)):
            record = {field: "x" if present else None for field, present in zip(WEIGHTS, there, strict=True)}
            expected = sum(w for w, present in zip(WEIGHTS.values(), there, strict=True) if present)
            assert completeness(record) == expected

    @pytest.mark.parametrize(
        "value", ["x", " x ", "0", ["a"], {"a": 1}, (0,), 1, -1, 0.1, Decimal("0.01"), True, float("inf")]
    )
    def test_present(self, value: object) -> None:
        assert is_present(value)

    @pytest.mark.parametrize(
        "value",
        [
            None,
            "",
            "  \t\n",
            "\u00a0",
            [],
            {},
            (),
            set(),
            0,
            0.0,
            -0.0,
            Decimal(0),
            float("nan"),
            Decimal("NaN"),
            Decimal("sNaN"),
            False,
        ],
    )
    def test_absent(self, value: object) -> None:
        assert not is_present(value)


class TestReliability:
    def test_without_outcomes_the_prior_holds(self) -> None:
        assert reliability(0, 0, known=True, prior=PRIOR) == 0.6
        assert reliability(0, 0, known=False, prior=PRIOR) == 0.5

    def test_few_outcomes_move_it_a_little_and_many_decide(self) -> None:
        assert reliability(0, 1, known=True, prior=PRIOR) == 0.5
        assert reliability(1, 1, known=True, prior=PRIOR) == 4 / 6
        assert reliability(0, 1000, known=True, prior=PRIOR) < 0.01

    @pytest.mark.parametrize(("successes", "outcomes"), [(1, 5), (3, 10), (399, 1000 - 5 + 10)])
    def test_a_maker_exactly_at_the_threshold_is_exactly_there(self, successes: int, outcomes: int) -> None:
        exact = ReliabilityPrior(weight=5, known=0.6)
        value = reliability(successes, outcomes, known=True, prior=exact)
        assert value == (successes + 3) / (outcomes + 5)

    def test_a_prior_that_floats_cannot_hold_is_still_reckoned_exactly(self) -> None:
        assert (1 + 3 * 0.6) / (4 + 3) < 0.4, "reckoned in floats it would miss the threshold"
        assert reliability(1, 4, known=True, prior=ReliabilityPrior(weight=3, known=0.6)) == 0.4

    def test_without_weight_only_outcomes_count(self) -> None:
        weightless = ReliabilityPrior(weight=0)
        assert reliability(1, 2, known=True, prior=weightless) == 0.5
        assert reliability(0, 0, known=True, prior=weightless) == 0.6

    @pytest.mark.parametrize(("successes", "outcomes"), [(-1, 0), (2, 1), (0, -1)])
    def test_impossible_counts_are_refused(self, successes: int, outcomes: int) -> None:
        with pytest.raises(ValueError, match="cannot be among"):
            reliability(successes, outcomes, known=True, prior=PRIOR)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("reliability_prior_weight", 9),
            ("reliability_prior_known", 0.1),
            ("reliability_prior_unknown", 0.9),
        ],
    )
    def test_each_setting_is_obeyed(self, name: str, value: float) -> None:
        moved = ReliabilityPrior.from_settings(resolve(Layers(request={name: value})))
        known = name != "reliability_prior_unknown"
        assert reliability(1, 3, known=known, prior=moved) != reliability(1, 3, known=known, prior=PRIOR)
        assert ReliabilityPrior.from_settings(resolve(Layers())) == PRIOR

    @settings(deadline=None)
    @given(some.integers(0, 100), some.integers(0, 100), some.booleans())
    def test_it_is_a_share_that_grows_with_success(self, successes: int, failures: int, known: bool) -> None:
        outcomes = successes + failures
        value = reliability(successes, outcomes, known=known, prior=PRIOR)
        assert 0 < value < 1
        assert reliability(successes + 1, outcomes + 1, known=known, prior=PRIOR) > value


class TestPriority:
    @pytest.mark.parametrize("percent", range(101))
    def test_a_score_of_a_hundred_is_a_priority_of_one(self, percent: int) -> None:
        assert from_score(percent).value == float(f"{percent / 100:.2f}")
        assert from_score(percent).has_score

    def test_without_a_score_it_is_neutral_and_says_so(self) -> None:
        assert from_score(None) == from_fraction(None) == Priority(0.5, has_score=False)
        assert from_fraction(0.5) == Priority(0.5, has_score=True)

    @pytest.mark.parametrize("score", [-0.1, 100.1, float("nan"), float("inf")])
    def test_a_score_out_of_range_is_refused(self, score: float) -> None:
        with pytest.raises(ValueError, match="between 0 and 100"):
            score_to_fraction(score)

    @pytest.mark.parametrize("value", [92.2, -0.1, float("nan")])
    def test_a_score_taken_for_a_priority_is_refused(self, value: float) -> None:
        with pytest.raises(ValueError, match="was it a score of 0 to 100"):
            from_fraction(value)
