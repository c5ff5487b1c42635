"""Decisions on near copies: whatever the order they are made in, exactly those go on that must."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from functions.decide.designs.policy import Features, LooksLike, decide

STATES = {"automatic": "unique", "review": "near", "indexed": "reference", "skipped": "refused"}


@dataclass
class Upload:
    """Pictures of one upload: which look like which, what a person has said of pairs, and what was there before."""

    count: int
    alike: set[frozenset[int]]
    verdicts: dict[frozenset[int], str]
    stored: set[int]
    """Those of the first that are designs already."""

    def decided(self, order: list[int]) -> dict[int, str]:
        """What becomes of each picture that is new, decided one after the other."""
        states = {number: "stored" if number in self.stored else "hashed" for number in range(self.count)}
        routes = {}
        for number in order:
            if number in self.stored:
                continue
            routes[number] = decide(self._features(number, states)).route
            states[number] = STATES[routes[number]]
        return routes

    def _features(self, number: int, states: dict[int, str]) -> Features:
        looks = [
            LooksLike(
                state=states[other],
                is_earlier=other < number,
                is_alive=states[other] in ("hashed", "unique", "near"),
                verdict=self.verdicts.get(frozenset((number, other))),
            )
            for other in range(self.count)
            if frozenset((number, other)) in self.alike
        ]
        return Features(is_copy=False, is_reference=False, looks_like=looks)


@st.composite
def uploads(draw: st.DrawFn) -> Upload:
    count = draw(st.integers(1, 7))
    pairs = [frozenset((one, other)) for one in range(count) for other in range(one)]
    alike = {pair for pair in pairs if draw(st.booleans())}
    verdicts = {
        pair: said for pair in alike if (said := draw(st.sampled_from([None, None, "different"]))) is not None
    }
    return Upload(count, alike, verdicts, set(range(draw(st.integers(0, count)))))


@given(uploads(), st.data())
def test_whatever_the_order_the_same_pictures_go_on(upload: Upload, data: st.DataObject) -> None:
    numbers = list(range(upload.count))
    in_turn = upload.decided(numbers)
    assert upload.decided(data.draw(st.permutations(numbers))) == in_turn


@given(uploads(), st.data())
def test_of_two_that_look_alike_only_one_goes_on_unless_a_person_has_said_otherwise(
    upload: Upload, data: st.DataObject
) -> None:
    routes = upload.decided(data.draw(st.permutations(range(upload.count))))
    going = {number for number, route in routes.items() if route == "automatic"} | upload.stored
    for pair in upload.alike:
        if upload.verdicts.get(pair) != "different" and not pair <= upload.stored:
            assert not pair <= going, pair


@given(uploads(), st.data())
def test_one_goes_on_exactly_when_nothing_before_it_looks_like_it(
    upload: Upload, data: st.DataObject
) -> None:
    routes = upload.decided(data.draw(st.permutations(range(upload.count))))
    for number, route in routes.items():
        before = [
            other
            for other in range(number)
            if frozenset((number, other)) in upload.alike
            and upload.verdicts.get(frozenset((number, other))) != "different"
        ]
        assert (route == "automatic") == (not before)


def looks(**changes: object) -> LooksLike:
    """A stored design that was uploaded before."""
    said: dict[str, object] = {"state": "stored", "is_earlier": True, "is_alive": False, "verdict": None}
    return LooksLike(**(said | changes))  # type: ignore[arg-type]  # the fields as they are named


def route(*others: LooksLike, is_copy: bool = False, is_reference: bool = False) -> tuple[str, str]:
    verdict = decide(Features(is_copy=is_copy, is_reference=is_reference, looks_like=others))
    return verdict.route, verdict.rule


def test_exact_copies_end_whatever_else_is_so() -> None:
    assert route(is_copy=True, is_reference=True) == ("skipped", "duplicate")


def test_a_library_asks_nobody() -> None:
    assert route(looks(), is_reference=True) == ("indexed", "reference")


def test_what_a_person_called_the_same_is_not_asked_again() -> None:
    assert route(looks(), looks(verdict="same")) == ("skipped", "known_duplicate")
    assert route(looks(verdict="different")) == ("automatic", "unique")


def test_what_nobody_works_on_any_more_stands_in_nobodys_way() -> None:
    assert route(looks(state="near", is_alive=False)) == ("automatic", "unique")
    assert route(looks(state="near", is_alive=True)) == ("review", "near_duplicate")
    assert route(looks(state="refused")) == ("automatic", "unique")
    assert route(looks(state="withdrawn")) == ("automatic", "unique")


def test_what_was_decided_counts_whoever_was_earlier() -> None:
    for state in ("unique", "stored", "listed", "reference"):
        assert route(looks(state=state, is_earlier=False)) == ("review", "near_duplicate"), state
    assert route(looks(state="hashed", is_earlier=False, is_alive=True)) == ("automatic", "unique")
