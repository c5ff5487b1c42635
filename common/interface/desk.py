"""What every class of the interface stands on: the services, who asks, and reading rows as that tenant."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from common.auth.tokens import Principal, Role
from common.database.engine import as_json

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services


class View(BaseModel):
    """Something the interface answers."""

    model_config = ConfigDict(frozen=True)


class Desk:
    """Serves one principal."""

    def __init__(self, services: "Services", principal: Principal) -> None:
        self.services = services
        self.principal = principal

    @property
    def tenant(self) -> str:
        """Whose rows are seen."""
        return self.principal.tenant

    def transaction(self) -> "AbstractContextManager[Connection]":
        """A transaction as the api's role, which row-level security shows this tenant only."""
        return self.services.database.transaction(tenant=self.tenant)

    def require(self, role: Role) -> None:
        """Pass only with at least this role. Raises Forbidden."""
        self.principal.require(role)

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of a query with `:names`, in a transaction of its own; `:tenant` is always there."""
        with self.transaction() as connection:
            return rows(connection, sql, tenant=self.tenant, **values)


def rows(connection: "Connection", sql: str, **values: Any) -> list[dict[str, Any]]:
    """The rows of a statement with `:names`, by column. SQL is a constant of ours; every value is bound."""
    from sqlalchemy import text

    result = connection.execute(text(sql), values)
    return [dict(row) for row in result.mappings()] if result.returns_rows else []


def single(connection: "Connection", sql: str, **values: Any) -> Any:
    """The first column of the first row, or None without one."""
    from sqlalchemy import text

    return connection.execute(text(sql), values).scalar()


def texts(values: Sequence[str]) -> str:
    """Texts as JSON, for `(select jsonb_array_elements_text(cast(:name as jsonb)))`."""
    return as_json(list(values))


def tell(
    connection: "Connection",
    tenant: str,
    stream: str,
    kind: str,
    body: Mapping[str, Any],
    item: int | None = None,
) -> None:
    """Add an event to a stream."""
    statement = """
        insert into events (tenant_id, stream, item_id, kind, body)
        values (:tenant, :stream, cast(:item as bigint), :kind, cast(:body as jsonb))
    """
    rows(connection, statement, tenant=tenant, stream=stream, item=item, kind=kind, body=as_json(body))
