"""The HTTP API as one application."""

from datetime import UTC, datetime

from fastapi import FastAPI

from common.auth.tokens import Principal, authenticate
from common.interface.api_tokens import PostgresTokenStore
from common.services import Services
from functions.api import problems
from functions.api.feed import Feed
from functions.api.gate import Gate
from functions.api.routes import (
    catalogue,
    changes,
    columns,
    configuration,
    customers,
    designs,
    events,
    health,
    inspection,
    items,
    loading,
    manual,
    manual_tasks,
    mockups,
    plans,
    quarantine,
    rollbacks,
    runs,
    shop_settings,
    shops,
    tokens,
    workflow,
)

_ABOUT = """
Shelfline's catalogue pipeline: runs, their items, and what people decide.

Send a token as `Authorization: Bearer TOKEN`. Errors are `application/problem+json` with a stable `code`.
"""
_NOUNS = (
    health, runs, events, items, manual_tasks, changes, quarantine, configuration, inspection, loading, tokens, workflow, manual, catalogue,
    customers, rollbacks, plans, columns, designs, shops, shop_settings, mockups,
)  # fmt: skip


def create_application(services: Services) -> FastAPI:
    """The application on these services; nothing is opened before the first request."""
    app = FastAPI(title="Shelfline", version="1", description=_ABOUT)
    app.state.services = services
    app.state.feed = Feed(services)
    problems.install(app)
    for noun in _NOUNS:
        app.include_router(noun.router)
    app.add_middleware(Gate, authenticate=lambda header: _principal(app.state.services, header))
    _describe_tokens(app)
    return app


def _principal(services: Services, header: str | None) -> Principal:
    # Tokens live in real time: moving the business clock must not end them.
    return authenticate(header, PostgresTokenStore(services.database), datetime.now(UTC))


def _describe_tokens(app: FastAPI) -> None:
    """Say in the API's own description that it wants a bearer token, which the gate checks before any route."""
    describe = app.openapi

    def described() -> dict[str, object]:
        schema = describe()
        schema.setdefault("components", {}).setdefault("securitySchemes", {})["token"] = {
            "type": "http",
            "scheme": "bearer",
        }
        schema["security"] = [{"token": []}]
        return schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's own way to extend the description
