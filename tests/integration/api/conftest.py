"""The API on a real Postgres and a real socket, with fakes of Google's services behind their ports."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from common import flows
from common.environment import Environment
from common.interface.api_tokens import ensure_token
from common.services import Services
from functions.api.application import create_application
from functions.api.feed import Feed
from tests.fakes.object_store import FakeObjectStore
from tests.fakes.secret_store import FakeSecretStore
from tests.fakes.warehouse import FakeWarehouse
from tests.integration.api.serving import client, eventually, served
from tests.support.harness import Pipeline

flows.register("shelf", "tests.integration.api.reviewed_flow:FLOW")


@pytest.fixture
def pipeline(database_url: str) -> Iterator[Pipeline]:
    """A pipeline whose wake-ups are delivered by hand."""
    made = Pipeline(database_url)
    objects = FakeObjectStore()
    warehouse = FakeWarehouse(objects)
    made.services.objects = objects  # ports with fakes behind them
    made.services.warehouse = warehouse
    made.services.secrets = FakeSecretStore()
    yield made
    warehouse.close()
    made.close()


@pytest.fixture(scope="session")
def application() -> FastAPI:
    """The application, made once: describing its hundred routes takes longer than a test."""
    return create_application(Services(Environment()))


@pytest.fixture(scope="session")
def server_address(application: FastAPI) -> Iterator[str]:
    """Where it answers."""
    with served(application) as url:
        yield url


@pytest.fixture
def address(pipeline: Pipeline, application: FastAPI, server_address: str) -> Iterator[str]:
    """Where the API answers, now with this test's services behind it."""
    application.state.services = pipeline.services
    application.state.feed = feed = Feed(pipeline.services)
    yield server_address
    eventually(lambda: not feed.is_polling)  # it uses the services until its last watcher has gone


@dataclass(frozen=True)
class People:
    """Clients with tokens of each role, one without, and an admin of another tenant."""

    viewer: httpx.Client
    operator: httpx.Client
    approver: httpx.Client
    admin: httpx.Client
    nobody: httpx.Client
    stranger: httpx.Client


@pytest.fixture
def people(pipeline: Pipeline, address: str) -> Iterator[People]:
    """Everybody who may or may not call."""
    tokens = {
        role: ensure_token(pipeline.services, f"the {role}", role)
        for role in ("viewer", "operator", "approver", "admin")
    }
    stranger = ensure_token(pipeline.services, "the stranger", "admin", tenant="other")
    clients = {role: client(address, token) for role, token in tokens.items()}
    made = People(**clients, nobody=client(address), stranger=client(address, stranger))
    yield made
    for each in (*clients.values(), made.nobody, made.stranger):
        each.close()
