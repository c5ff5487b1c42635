"""Tokens of the HTTP API: kept as hashes, shown once."""

from datetime import datetime
from typing import TYPE_CHECKING

from common.auth.tokens import Principal, Role, StoredToken, new_token
from common.database.engine import Database
from common.errors import NotFound, Usage
from common.interface.desk import Desk, View, rows, tell

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services

_LONGEST_NAME = 100

_INSERT = """
insert into api_tokens (tenant_id, name, role, hash) values (:tenant, :name, :role, :hash)
returning id, name, role, created_at
"""
_FIND = "select tenant_id, name, role, hash from api_tokens where hash = :hash and revoked_at is null"


class ApiToken(View):
    """What may be told of a token after it was made."""

    id: int
    name: str
    role: str
    created_at: datetime


class NewApiToken(ApiToken):
    """A token in the only moment in which it is known."""

    token: str


class PostgresTokenStore:
    """The `TokenStore` on the table `api_tokens`, across tenants: the token says whose it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, token_hash: str) -> StoredToken | None:
        """See TokenStore.find."""
        with self._database.transaction() as connection:
            found = rows(connection, _FIND, hash=token_hash)
        if not found:
            return None
        row = found[0]
        return StoredToken(row["hash"], Principal(row["tenant_id"], row["name"], Role.parse(row["role"])))


class ApiTokens(Desk):
    """The tokens of the tenant; for admins."""

    def create(self, name: str, role: str) -> NewApiToken:
        """A new token. Raises Usage for an unknown role or an empty name."""
        self.require(Role.ADMIN)
        wanted = _role(role)
        with self.transaction() as connection:
            made = _issue(connection, self.tenant, _name(name), wanted)
            _told(connection, self.principal, "token_made", made.name, made.role)
        return made

    def valid(self) -> list[ApiToken]:
        """The tokens that are valid, oldest first."""
        self.require(Role.ADMIN)
        statement = """
            select id, name, role, created_at from api_tokens where tenant_id = :tenant and revoked_at is null order by id
        """
        return [ApiToken(**row) for row in self.rows(statement)]

    def revoke(self, token_id: int) -> None:
        """End a token at once. Raises NotFound."""
        self.require(Role.ADMIN)
        statement = """
            update api_tokens set revoked_at = shelfline_now()
            where tenant_id = :tenant and id = :id and revoked_at is null returning name, role
        """
        with self.transaction() as connection:
            revoked = rows(connection, statement, tenant=self.tenant, id=token_id)
            if not revoked:
                raise NotFound(f"There is no token {token_id}; `shelfline token list` shows those there are.")
            _told(connection, self.principal, "token_revoked", revoked[0]["name"], revoked[0]["role"])


def ensure_token(services: "Services", name: str, role: str, tenant: str = "default") -> str:
    """A new token for whoever installs Shelfline, who has none yet to ask with; the tenant is made if it is missing.

    Earlier tokens of that name are revoked, so that a lost file leaves no token behind. Answers the plain token.
    """
    with services.database.transaction() as connection:
        rows(connection, "insert into tenants (id) values (:tenant) on conflict do nothing", tenant=tenant)
        rows(
            connection,
            "update api_tokens set revoked_at = shelfline_now() where tenant_id = :tenant and name = :name and revoked_at is null",
            tenant=tenant,
            name=name,
        )
        return _issue(connection, tenant, _name(name), _role(role)).token


def _issue(connection: "Connection", tenant: str, name: str, role: Role) -> NewApiToken:
    plain, token_hash = new_token()
    row = rows(connection, _INSERT, tenant=tenant, name=name, role=role.name.lower(), hash=token_hash)[0]
    return NewApiToken(**row, token=plain)


def _told(connection: "Connection", by: Principal, kind: str, name: str, role: str) -> None:
    tell(connection, by.tenant, f"tenant/{by.tenant}", kind, {"name": name, "role": role, "by": by.name})


def _role(name: str) -> Role:
    try:
        return Role.parse(name)
    except ValueError as error:
        raise Usage(str(error), reason="unknown_role") from error


def _name(name: str) -> str:
    trimmed = " ".join(name.split())
    if not 1 <= len(trimmed) <= _LONGEST_NAME:
        raise Usage(
            f"A token's name has 1 to {_LONGEST_NAME} characters; say who will use it.", reason="bad_name"
        )
    return trimmed
