"""A few files in one request, as a form of the browser sends them."""

import json
from typing import Any

import pytest

from tests.integration.api.conftest import People
from tests.integration.designs_api.sending import code, start
from tests.support.designs import FAR, DesignsPipeline, png


def post(people: People, files: list[tuple[str, bytes, str]], **form: str) -> Any:
    """What the API says to the operator."""
    return people.operator.post("/designs/", files=[("files", each) for each in files], data=form)


def test_files_of_one_request_are_uploaded_and_run(pipeline: DesignsPipeline, people: People) -> None:
    answer = post(people, [("a.png", png(1), "image/png"), ("../b.png", png(2), "image/png")])
    assert answer.status_code == 201
    told = answer.json()
    assert told["total"] == 2
    assert [each["filename"] for each in told["designs"]] == ["a.png", "b.png"]
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(told["run_id"]) == {"a.png": "no_shop", "b.png": "no_shop"}


def test_what_is_said_of_the_designs_reaches_them(pipeline: DesignsPipeline, people: People) -> None:
    said = {
        "product_template_id": "Cup",
        "mockup_id": "Kitchen",
        "canvas_config_id": "Wide",
        "size_config_id": "Large",
        "description": "A cat.",
        "is_digital": True,
        "platform": "etsy",
        "file_formats": ["png"],
    }
    session = post(people, [("a.png", png(1), "image/png")], design_data=json.dumps(said)).json()[
        "session_id"
    ]
    choices = pipeline.one("select choices from upload_sessions where id::text = %s", session)
    assert choices == {
        "product_template": "Cup",
        "mockup": "Kitchen",
        "canvas_config": "Wide",
        "size_config": "Large",
        "description": "A cat.",
        "is_digital": True,
    }
    pipeline.drive(patience=FAR)
    [design] = pipeline.designs()
    assert (design.description, design.is_digital) == ("A cat.", True)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("{", "bad_design_data"),
        ("[1]", "bad_design_data"),
        ("null", "bad_design_data"),
        ("[" * 100_000, "bad_design_data"),
        ('{"colour": "red"}', "unknown_choice"),
        ('{"shop": ["a"]}', "bad_choice"),
        ('{"is_digital": 1}', "bad_choice"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_stored(
    pipeline: DesignsPipeline, people: People, said: str, reason: str
) -> None:
    assert code(post(people, [("a.png", png(1), "image/png")], design_data=said)) == (400, reason)
    assert pipeline.bucket.contents == {}
    assert pipeline.one("select count(*) from upload_sessions") == 0


def test_a_form_of_a_strange_browser_is_taken(pipeline: DesignsPipeline, people: People) -> None:
    strange = [
        ("a.png", png(1), "image/png; charset=binary"),
        ("x" * 1000 + ".png", png(2), "no type"),
        ("C:\\art\\c.png", png(3), ""),
    ]
    answer = post(people, strange)
    assert answer.status_code == 201, answer.text
    names = [each["filename"] for each in answer.json()["designs"]]
    assert names == ["a.png", "x" * 196 + ".png", "c.png"]


def test_a_request_has_a_limit_that_is_set(pipeline: DesignsPipeline, people: People) -> None:
    people.admin.put("/config", json={"settings": {"upload_request_mib": 1}})
    half = bytes(600 << 10)
    files = [("a.png", half, "image/png"), ("b.png", half, "image/png")]
    assert code(post(people, files)) == (400, "request_too_large")
    assert pipeline.bucket.contents == {}
    assert post(people, files[:1]).status_code == 201


def test_a_file_beyond_the_limit_is_told_and_the_rest_is_taken(
    pipeline: DesignsPipeline, people: People
) -> None:
    people.admin.put("/config", json={"settings": {"upload_file_mib": 1}})
    large = bytes((1 << 20) + 1)
    answer = post(people, [("large.png", large, "image/png"), ("a.png", png(1), "image/png")])
    assert [each["problem"] for each in answer.json()["designs"]] == ["too_large", None]
    pipeline.drive(patience=FAR)
    outcomes = pipeline.outcomes(answer.json()["run_id"])
    assert outcomes == {"large.png": "bad_data", "a.png": "no_shop"}


def test_files_can_be_added_to_an_upload_that_is_open_and_end_it(
    pipeline: DesignsPipeline, people: People
) -> None:
    session = start(people.operator, {"announced.png": png(1)})["session_id"]
    answer = post(people, [("a.png", png(2), "image/png")], session_id=session)
    assert answer.json()["session_id"] == session
    again = post(people, [("b.png", png(3), "image/png")], session_id=session)
    assert code(again) == (409, "upload_ended")
    pipeline.drive(patience=FAR)
    outcomes = pipeline.outcomes(answer.json()["run_id"])
    assert outcomes == {"announced.png": "bad_data", "a.png": "no_shop"}


def test_a_request_without_files_is_refused(people: People) -> None:
    assert people.operator.post("/designs/", data={"design_data": "{}"}).status_code == 400
    body = people.operator.post(
        "/designs/", content=b"no form", headers={"Content-Type": "multipart/form-data"}
    )
    assert body.status_code == 400
