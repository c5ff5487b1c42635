"""One pool of Postgres connections a process, opened at the first use.

Nothing is bound to a session (no LISTEN, no session locks or settings), so that a transaction pooler may stand in
front. There is no ping before use: a request whose first statement finds a dead connection starts once more.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from common.boundary import clean, clean_text
from common.environment import Environment
from common.errors import Misconfigured, Refuse, ShelflineError, Unavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_open_transactions: ContextVar[int] = ContextVar("open_transactions", default=0)


class Database:
    """Transactions on the Postgres that holds the truth."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    @functools.cached_property
    def engine(self) -> "Engine":
        """The engine with its pool: as many connections as the instance serves requests at once, none above."""
        return _create_engine(self._environment)

    @contextmanager
    def transaction(self, *, tenant: str | None = None) -> Iterator["Connection"]:
        """Everything inside is committed together or not at all.

        tenant: when given, the transaction works as the api's role and row-level security shows it this tenant only.
        Raises Unavailable when Postgres cannot be reached, or no connection is free in time.
        """
        from sqlalchemy.exc import DBAPIError
        from sqlalchemy.exc import TimeoutError as NoneFree

        token = _open_transactions.set(_open_transactions.get() + 1)
        try:
            with self.engine.begin() as connection:
                if tenant is not None:
                    _see_only(connection, tenant)
                yield connection
        except (DBAPIError, NoneFree) as error:
            raise _translated(error) from error
        finally:
            _open_transactions.reset(token)

    def call(self, function: str, *arguments: object) -> Any:
        """Run one of our SQL functions in a transaction of its own (one round trip) and return its value.

        Mappings and lists are passed as jsonb; text loses what Postgres refuses (NUL and lone surrogates). A dead
        connection found by it is replaced once: nearly every function of ours is guarded, so that a second call after
        one that did commit changes nothing. For the others there is `call_once`.

        Raises ConnectionLost when Postgres cannot be reached, DataRefused when it refuses the data, Misconfigured when
        the function is not there or we may not log in.
        """
        try:
            return self.call_once(function, *arguments)
        except (ConnectionLost, Contended):
            return self.call_once(function, *arguments)

    def call_once(self, function: str, *arguments: object) -> Any:
        """The same without a second try: after ConnectionLost it is not known whether the call took effect."""
        from common.database.round_trip import fetch_value

        statement, parameters = _statement(function, arguments, "${}")
        engine = self.engine
        try:
            borrowed = engine.raw_connection()
        except Exception as error:  # the driver's and the pool's errors have no common base
            raise _translated(error) from error
        try:
            return fetch_value(borrowed.driver_connection, statement, parameters)
        except Exception as error:
            translated = _translated(error)
            if isinstance(translated, ConnectionLost):
                borrowed.invalidate()
                engine.dispose()  # whatever ended this connection has most likely ended the idle ones too
            raise translated from error
        finally:
            borrowed.close()

    def close(self) -> None:
        """Give the connections back; the next use opens new ones."""
        if "engine" in self.__dict__:
            self.engine.dispose()
            del self.__dict__["engine"]


class ConnectionLost(Unavailable):
    """The connection to Postgres was lost; whether the last statement took effect is not known."""

    reason = "connection_lost"


def assert_no_transaction() -> None:
    """An outside call must not hold a transaction open: a slow vendor would hold back locks and every event stream."""
    if _open_transactions.get():
        raise AssertionError("an outside call was made inside a database transaction")


def call(connection: "Connection", function: str, *arguments: object) -> Any:
    """Run one of our SQL functions on a connection and return its value."""
    statement, parameters = _statement(function, arguments)
    return connection.exec_driver_sql(statement, parameters).scalar()


def as_json(value: object) -> str:
    """A value as JSON text for a jsonb argument, without the two things jsonb refuses: NUL and lone surrogates.

    Raises DataRefused for what has no JSON form, so that the one record that holds it is found and set aside.
    """
    import orjson

    try:
        text = orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return _spelled_out(value)
    return _spelled_out(value) if b"\\u0000" in text else text.decode()


def _spelled_out(value: object) -> str:
    """The same by the standard library: slower, but it takes a whole number of any size."""
    import json

    try:
        return json.dumps(
            clean(value, dates_as_text=True, not_a_number="absent"), default=_plain, ensure_ascii=False
        )
    except (Refuse, TypeError, ValueError, RecursionError) as error:
        raise DataRefused(f"This has no JSON form ({error}).", "22032") from error


def _plain(value: object) -> object:
    from decimal import Decimal

    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()  # as Postgres itself writes bytes
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _statement(
    function: str, arguments: tuple[object, ...], place: str = "%s"
) -> tuple[str, tuple[object, ...]]:
    """The call and its parameters. place: how the driver writes the place of one, `{}` standing for its number."""
    places = ", ".join(
        f"cast({place.format(n)} as jsonb)" if isinstance(argument, Mapping | list) else place.format(n)
        for n, argument in enumerate(arguments, 1)
    )
    return f"select {function}({places})", tuple(_value(argument) for argument in arguments)


def _value(argument: object) -> object:
    if isinstance(argument, Mapping | list):
        return as_json(argument)
    return clean_text(argument) if isinstance(argument, str) else argument


def _see_only(connection: "Connection", tenant: str) -> None:
    connection.exec_driver_sql("set local role shelfline_api")
    connection.exec_driver_sql("select set_config('app.tenant', %s, true)", (tenant,))


def make_engine(url: str, **options: Any) -> "Engine":
    """An engine for a URL of SQLAlchemy's; it connects at the first use.

    Postgres speaks no TLS over a unix socket. The driver would ask for it all the same, and first read every certificate
    that the machine trusts: 40 ms of each new connection.
    """
    from sqlalchemy import create_engine, make_url

    local = "unix_sock" in make_url(url).query
    return create_engine(url, connect_args={"ssl_context": False} if local else {}, **options)


def _create_engine(environment: Environment) -> "Engine":
    from sqlalchemy import create_engine

    options: dict[str, Any] = {"pool_size": environment.database_pool, "max_overflow": 0, "pool_timeout": 30}
    options["pool_use_lifo"] = True  # the connection used last has its plans and caches warm
    if environment.database_url:
        return make_engine(environment.database_url, **options)
    if environment.cloud_sql_instance:
        return create_engine("postgresql+pg8000://", creator=_cloud_sql(environment), **options)
    raise Misconfigured(
        "No database is named: set SHELFLINE_DATABASE_URL, or SHELFLINE_CLOUD_SQL_INSTANCE in the cloud."
    )


def _cloud_sql(environment: Environment) -> Callable[[], Any]:
    from google.cloud.sql.connector import Connector

    connector = Connector(refresh_strategy="lazy")
    return lambda: connector.connect(
        environment.cloud_sql_instance,
        "pg8000",
        user=environment.database_user,
        db=environment.database_name,
        enable_iam_auth=True,
    )


def _translated(error: Any) -> ShelflineError:
    """The driver's error as one of ours, at this one place."""
    from sqlalchemy.exc import TimeoutError as NoneFree

    if isinstance(error, NoneFree):
        return Unavailable(
            "All of this process's connections to Postgres are in use; try again, or raise SHELFLINE_DATABASE_POOL.",
            reason="no_free_connection",
        )
    state = sql_state(error)
    if state is None:
        return ConnectionLost(
            f"Postgres cannot be reached ({_first_line(error)}): is it running? `shelfline up` starts the local one."
        )
    if state in ("28P01", "28000", "3D000", "42P01", "42883"):
        return Misconfigured(
            f"Postgres refuses ({_first_line(error)}): check SHELFLINE_DATABASE_URL and run `shelfline doctor`."
        )
    if state[:2] in ("22", "23", "54"):
        return DataRefused(_first_line(error), state)
    if state in ("40001", "40P01"):
        return Contended(f"Postgres could not do it now ({_first_line(error)}).")
    if state[:2] in ("08", "57"):
        return ConnectionLost(f"Postgres went away ({_first_line(error)}).")
    return Unavailable(f"Postgres could not do it ({_first_line(error)}).", reason="database_error")


class Contended(Unavailable):
    """Another transaction was in the way (a deadlock, or no order in which both could have run): nothing was changed."""

    reason = "contended"


class DataRefused(ShelflineError):
    """Postgres refused the data itself (SQLSTATE class 22 or 23, or 54: too long for an index, too deep)."""

    reason = "data_refused"

    def __init__(self, message: str, state: str) -> None:
        super().__init__(message)
        self.state = state

    @property
    def is_taken(self) -> bool:
        """Whether a row of that key is there already: one that another transaction has committed since we looked."""
        return self.state == "23505"


def sql_state(error: Any) -> str | None:
    """The SQLSTATE of a driver error, or None when the server did not say one."""
    arguments = getattr(getattr(error, "orig", error), "args", ())
    return arguments[0].get("C") if arguments and isinstance(arguments[0], dict) else None


def _first_line(error: Any) -> str:
    arguments = getattr(getattr(error, "orig", error), "args", ())
    if arguments and isinstance(arguments[0], dict):
        return str(arguments[0].get("M", "unknown error"))
    return (
        str(getattr(error, "orig", error)).splitlines()[0]
        if str(getattr(error, "orig", error))
        else type(error).__name__
    )
