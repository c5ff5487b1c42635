"""Make the database, bring it to this release's schema, and know the local administrator's token.

python -m infra.local.stack.schema --url URL --token-file FILE
"""

import argparse
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from common.auth.tokens import hash_token
from common.database.engine import make_engine

_DUPLICATE_DATABASE = "42P04"
_EXISTS = text("SELECT 1 FROM pg_database WHERE datname = :name")


def main() -> None:
    """Create the database that the URL names unless it is there, then migrate it."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.stack.schema")
    parser.add_argument("--url", required=True, help="SQLAlchemy URL of the database")
    parser.add_argument("--token-file", type=Path, help="file with the token of the local administrator")
    options = parser.parse_args()
    create_database(options.url)
    migrate(options.url)
    if options.token_file:
        know_token(options.url, options.token_file.read_text().strip())


def create_database(url: str) -> None:
    """Create the database that the URL names unless it is there."""
    wanted = make_url(url)
    server = wanted.set(database="postgres").render_as_string(hide_password=False)
    engine = make_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            if not connection.execute(_EXISTS, {"name": wanted.database}).first():
                name = engine.dialect.identifier_preparer.quote(str(wanted.database))
                connection.execute(text(f"CREATE DATABASE {name}"))
    except DBAPIError as error:  # somebody else made it at the same moment
        if _DUPLICATE_DATABASE not in str(error.orig):
            raise
    finally:
        engine.dispose()


def migrate(url: str) -> None:
    """Apply the migrations that are missing."""
    from common.database.migrate import migrate as apply

    engine = make_engine(url)
    try:
        apply(engine)
    finally:
        engine.dispose()


def know_token(url: str, token: str) -> None:
    """Let the bearer of this token administer the default tenant."""
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "insert into api_tokens (tenant_id, name, role, hash) values ('default', 'local', 'admin', :hash) "
                    "on conflict (hash) do nothing"
                ),
                {"hash": hash_token(token)},
            )
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
