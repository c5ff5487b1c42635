"""The declared stack."""

import json
from pathlib import Path

import pytest

from common.environment import Environment
from common.flows import flow
from common.flows import names as names_of_flows
from infra.local.ports import Ports
from infra.local.stack.plan import REAL, Plan, load
from infra.local.stack.service import Layer
from infra.local.stack.state import State


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    """A state folder, away from the variables and the .env of whoever runs the tests."""
    monkeypatch.delenv("SHELFLINE_DIGIKEY_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return State.at(tmp_path / "var")


@pytest.fixture
def plan(state: State) -> Plan:
    return load(REAL)(state, Ports())


def names(plan: Plan) -> set[str]:
    return {service.name for service in plan.services}


def test_everything_runs_on_one_machine(plan: Plan) -> None:
    emulators = {"tasks", "storage", "bigquery", "metadata", "scheduler", "digikey", "monday", "etsy"}
    assert names(plan) == {"postgres", "functions", "api"} | emulators


def test_functions_stop_first_and_postgres_last(plan: Plan) -> None:
    layers = {service.name: service.layer for service in plan.services}
    assert layers["functions"] == layers["api"] == Layer.FUNCTIONS
    assert [name for name, layer in layers.items() if layer is Layer.STORES] == ["postgres"]


def test_a_real_vendor_has_no_stand_in(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFLINE_DIGIKEY_URL", "https://api.digikey.com")
    plan = load(REAL)(state, Ports())
    assert "digikey" not in names(plan)
    assert plan.variables["SHELFLINE_DIGIKEY_URL"] == "https://api.digikey.com"
    assert not (state.secrets / "digikey.json").exists()


def test_the_functions_environment_is_what_the_project_reads(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every SHELFLINE_ variable is a known setting, except the token file, for callers of the API."""
    for name, value in plan.variables.items():
        monkeypatch.setenv(name, value)
    ours = {
        name.removeprefix("SHELFLINE_").lower() for name in plan.variables if name.startswith("SHELFLINE_")
    }
    assert ours - set(Environment.model_fields) == {"api_token_file"}
    assert Environment().local
    assert Environment().functions_url.format(step="fetch").endswith("/fetch")


def test_no_address_leads_off_this_machine(plan: Plan) -> None:
    addresses = [value for value in plan.variables.values() if value.startswith("http")]
    assert all(value.startswith("http://127.0.0.1:") for value in addresses)


def test_each_step_of_each_flow_has_its_queue(plan: Plan, state: State) -> None:
    made = {queue["name"] for queue in json.loads(state.queues.read_text())}
    assert {step.queue for name in names_of_flows() for step in flow(name).steps} <= made


def test_sweep_is_called_every_minute(plan: Plan, state: State) -> None:
    (job,) = json.loads(state.jobs.read_text())
    assert job["schedule"] == "* * * * *"
    assert job["url"] == plan.variables["SHELFLINE_FUNCTIONS_URL"].format(step="sweep")


def test_the_api_token_stays_the_same(state: State) -> None:
    load(REAL)(state, Ports())
    token = state.api_token.read_text()
    load(REAL)(state, Ports())
    assert state.api_token.read_text() == token
