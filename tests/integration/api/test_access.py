"""Who may do what, on every route there is."""

from typing import Any

import pytest

from tests.integration.api.conftest import People

_PUBLIC = {"/health", "/workflow/health"}
_CHANGING: list[tuple[str, str, str, Any]] = [
    ("operator", "POST", "/runs", {"flow": "toy"}),
    ("operator", "POST", "/runs/none/cancel", None),
    ("operator", "POST", "/runs/none/retry", None),
    ("operator", "POST", "/manual/tasks/claim", {"editor": "ann"}),
    ("operator", "POST", "/manual/tasks/1/claim", {"editor": "ann"}),
    ("operator", "POST", "/manual/tasks/1/hand-back", {"fence": 1}),
    ("operator", "POST", "/manual/tasks/1/complete", {"editor": "ann", "fence": 1}),
    ("operator", "POST", "/manual/tasks/1/validate", {"validator": "bob"}),
    ("operator", "POST", "/quarantine/replay", {"flow": "parts"}),
    ("operator", "PATCH", "/quarantine/1", {"raw": {}}),
    ("operator", "POST", "/workflow/run", {}),
    ("operator", "DELETE", "/manual/task/1/", None),
    ("operator", "PUT", "/manual/task/1/", {}),
    ("operator", "POST", "/manual/validate/1/", {"validator": "bob"}),
    ("operator", "POST", "/manual/categories/", {"name": "Relays"}),
    ("operator", "POST", "/manual/task/create/", {"part_number": "X", "editor": "ann"}),
    ("operator", "POST", "/manual/imputation/", {"part_number": "X", "editor": "ann", "extras": [{"name": "a", "value": "b"}]}),
    ("operator", "GET", "/doctor", None),
    ("approver", "POST", "/changes/approve", {"ids": [1]}),
    ("approver", "POST", "/changes/reject", {"ids": [1]}),
    ("admin", "PUT", "/config", {"settings": {"max_daily_tasks": 5}}),
    ("admin", "DELETE", "/config/max_daily_tasks", None),
    ("admin", "POST", "/workflow/config", {"max_daily_tasks": 5}),
    ("admin", "POST", "/tokens", {"name": "n", "role": "viewer"}),
    ("admin", "GET", "/tokens", None),
    ("admin", "DELETE", "/tokens/99", None),
]  # fmt: skip
_ROLES = ["viewer", "operator", "approver", "admin"]


@pytest.mark.usefixtures("pipeline")
def test_each_change_asks_for_its_role_and_one_below_is_refused(people: People) -> None:
    for role, method, path, body in _CHANGING:
        below, at = _ROLES[_ROLES.index(role) - 1], role
        refused = getattr(people, below).request(method, path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_too_low"), path
        assert getattr(people, at).request(method, path, json=body).status_code != 403, path


def test_every_route_but_health_asks_for_a_token(people: People) -> None:
    described = people.nobody.get("/openapi.json").json()["paths"]
    assert len(described) > 50
    for path, methods in described.items():
        for method in methods:
            answer = people.nobody.request(method, path.replace("{", "").replace("}", ""))
            assert (answer.status_code == 401) == (path not in _PUBLIC), (method, path)


def test_a_missing_token_says_how_to_send_one(people: People) -> None:
    answer = people.nobody.get("/runs")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "no_token"


def test_a_token_works_until_it_is_revoked(people: People, address: str) -> None:
    from tests.integration.api.serving import client

    made = people.admin.post("/tokens", json={"name": "a script", "role": "viewer"})
    assert made.status_code == 201
    assert "token" not in people.admin.get("/tokens").json()["tokens"][-1]
    with client(address, made.json()["token"]) as script:
        assert script.get("/runs").status_code == 200
        assert people.admin.delete(f"/tokens/{made.json()['id']}").status_code == 204
        assert script.get("/runs").json()["code"] == "bad_token"


def test_a_token_made_anew_for_a_name_ends_the_one_before(pipeline: Any, people: People) -> None:
    from common.interface.api_tokens import ensure_token

    ensure_token(pipeline.services, "the viewer", "viewer")
    assert people.viewer.get("/runs").status_code == 401


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(people: People) -> None:
    pieces = (b"x" * 65536 for _ in range(40))
    answer = people.operator.post("/runs", content=pieces, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_body_that_declares_too_much_is_not_read(people: People) -> None:
    answer = people.operator.post("/runs", content=b"x" * (1 << 20) + b"x")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_request_of_the_wrong_form_names_its_fields(people: People) -> None:
    answer = people.operator.post("/runs", json={"flo": "parts", "limit": "many"})
    assert answer.status_code == 400
    assert {each["field"] for each in answer.json()["fields"]} == {"flow", "flo", "limit"}


def test_an_unknown_path_is_a_problem_document_too(people: People) -> None:
    answer = people.viewer.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_path")
