"""Errors that crossed HTTP are the errors they were."""

import pytest

from common import errors
from common.problem_json import error_of


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.Usage),
        (401, errors.Unauthenticated),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (413, errors.Usage),
        (422, errors.Usage),
        (429, errors.Retry),
        (500, errors.ShelflineError),
        (502, errors.Unavailable),
        (503, errors.Unavailable),
    ],
)
def test_the_status_tells_the_kind(status: int, kind: type[errors.ShelflineError]) -> None:
    error = error_of(status, {"code": "exactly_this", "detail": "Do that."})
    assert type(error) is kind
    assert (error.reason, str(error)) == ("exactly_this", "Do that.")


def test_the_code_tells_what_the_status_cannot() -> None:
    assert type(error_of(500, {"code": "misconfigured"})) is errors.Misconfigured


@pytest.mark.parametrize("document", [None, [], "text", {}, {"code": 7, "detail": ""}])
def test_an_answer_without_a_reason_has_the_kinds_own(document: object) -> None:
    error = error_of(404, document)
    assert error.reason == "not_found"
    assert "404" in str(error)


def test_a_list_of_what_is_wrong_becomes_a_sentence() -> None:
    entries = [{"loc": ["body", "limit"], "msg": "too big"}, {"msg": "odd"}, "text"]
    assert str(error_of(422, {"detail": entries})) == "limit: too big; odd; text"


@pytest.mark.parametrize(
    ("header", "after"), [("7", 7.0), ("-1", 0.0), (None, None), ("Wed, 21 Oct 2015", None)]
)
def test_the_other_sides_delay_is_kept(header: str | None, after: float | None) -> None:
    error = error_of(503, {}, header)
    assert isinstance(error, errors.Unavailable)
    assert error.after == after
