"""Calls of SQL functions: what goes wrong is said in our own words, and a dead connection is replaced once."""

import socket
import ssl
from datetime import UTC, datetime

import pytest

from common.database.engine import ConnectionLost, Database, DataRefused, assert_no_transaction, call
from common.environment import Environment
from common.errors import Misconfigured, Retry, ShelflineError
from tests.integration.core.books import Books, racing

ECHO = "create function echo(v {0}) returns {0} language sql as 'select v'"
END_OTHERS = """
select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
"""


@pytest.fixture
def echo(books: Books) -> Books:
    """Functions that answer what they are given, as text and as jsonb."""
    books.run(ECHO.format("text"))
    books.run(ECHO.format("jsonb"))
    return books


def test_a_function_that_is_not_there_is_a_mistake_of_the_installation(database: Database) -> None:
    with pytest.raises(Misconfigured, match=r"shelfline_missing.*does not exist.*shelfline doctor"):
        database.call("shelfline_missing", 1)


def test_data_that_a_constraint_refuses_is_told_from_everything_else(
    database: Database, books: Books
) -> None:
    with pytest.raises(DataRefused, match="clock only moves forward") as refused:
        database.call("shelfline_set_clock_offset", -1)
    assert refused.value.state == "22023"
    with pytest.raises(DataRefused, match="tenants_id_check"):
        books.run("insert into tenants (id) values ('Not A Name')")
    with pytest.raises(DataRefused, match="settings_tenant_id_fkey"):
        books.run("insert into settings (tenant_id, name, value) values ('nobody', 'n', '1')")


def test_after_an_error_the_connection_serves_the_next_call(database: Database) -> None:
    for _ in range(20):
        with pytest.raises(DataRefused):
            database.call("shelfline_set_clock_offset", -1)
    assert isinstance(database.call("shelfline_now"), datetime)


def test_a_connection_through_a_unix_socket_reads_no_certificates(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", read.append)
    assert isinstance(database.call("shelfline_now"), datetime)
    assert read == []


def test_a_server_that_is_not_there_may_be_tried_again_and_the_message_says_how() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    database = Database(Environment(database_url=f"postgresql+pg8000://nobody@127.0.0.1:{port}/nothing"))
    for use in (lambda: database.call("shelfline_now"), lambda: database.transaction().__enter__()):
        with pytest.raises(ConnectionLost, match="is it running"):
            use()
    assert issubclass(ConnectionLost, Retry)
    database.close()


def test_no_database_is_named() -> None:
    with pytest.raises(Misconfigured, match="SHELFLINE_DATABASE_URL"):
        Database(Environment(database_url="", cloud_sql_instance="")).call("shelfline_now")


def test_a_connection_that_the_server_has_ended_is_replaced(database: Database, books: Books) -> None:
    first = database.call("pg_backend_pid")
    other = Database(Environment(database_url=str(database._environment.database_url)))
    assert other.call("pg_backend_pid") != first
    with other.transaction() as connection:
        assert connection.exec_driver_sql(END_OTHERS).scalar() == 1
    assert database.call("pg_backend_pid") != first
    other.close()


def test_a_whole_pool_of_ended_connections_is_replaced(database: Database) -> None:
    racing(5, lambda _: database.call("pg_sleep", 0.05))
    other = Database(Environment(database_url=str(database._environment.database_url)))
    with other.transaction() as connection:
        assert connection.exec_driver_sql(END_OTHERS).scalar() == 5
    other.close()
    assert isinstance(database.call("shelfline_now"), datetime)


def test_a_call_that_must_not_be_repeated_is_not(database: Database, books: Books) -> None:
    books.run("create sequence calls")
    books.run(
        "create function ends_itself() returns bigint language plpgsql as "
        "$$ declare n bigint := nextval('calls'); begin perform pg_terminate_backend(pg_backend_pid()); return n; end $$"
    )
    with pytest.raises(ConnectionLost):
        database.call_once("ends_itself")
    assert books.one("select last_value from calls") == 1
    with pytest.raises(ConnectionLost):
        database.call("ends_itself")
    assert books.one("select last_value from calls") == 3


def test_a_transaction_whose_connection_is_ended_may_be_tried_again(database: Database) -> None:
    with pytest.raises(ConnectionLost), database.transaction() as connection:
        connection.exec_driver_sql("select pg_terminate_backend(pg_backend_pid())")
    with database.transaction() as connection:
        assert connection.exec_driver_sql("select 1").scalar() == 1


def test_a_transaction_is_whole_or_not_at_all(database: Database, books: Books) -> None:
    def fail_half_way() -> None:
        with database.transaction() as connection:
            connection.exec_driver_sql("insert into tenants (id) values ('acme')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert books.one("select count(*) from tenants where id = 'acme'") == 0


def test_an_outside_call_inside_a_transaction_is_noticed(database: Database) -> None:
    assert_no_transaction()
    with database.transaction():
        with database.transaction(), pytest.raises(AssertionError, match="inside a database transaction"):
            assert_no_transaction()
        with pytest.raises(AssertionError):
            assert_no_transaction()
    assert_no_transaction()
    with pytest.raises(ShelflineError), database.transaction() as connection:
        connection.exec_driver_sql("select nothing from nowhere")
    assert_no_transaction()


def test_a_transaction_of_another_thread_does_not_count(database: Database) -> None:
    with database.transaction():
        assert racing(2, lambda _: assert_no_transaction()) == [None, None]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\0b", "ab"),
        ("a\ud800b", "ab"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\\u0000", "\\u0000"),
        ("ä€\U0001f600", "ä€\U0001f600"),
    ],
    ids=["nul", "lone surrogate", "pair", "backslash", "plain"],
)
def test_text_loses_only_what_postgres_cannot_hold(
    database: Database, echo: Books, text: str, kept: str
) -> None:
    assert database.call("echo", text) == kept
    assert database.call("echo", {"k": [text], text: 1}) == {"k": [kept], kept: 1}
    with database.transaction() as connection:
        assert call(connection, "echo", [text]) == [kept]


def test_values_arrive_as_they_were(database: Database, echo: Books) -> None:
    value = {"whole": 2**53, "part": 0.1, "none": None, "yes": True, "list": [1, [2]], "empty": {}}
    assert database.call("echo", value) == value
    at = datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    assert datetime.fromisoformat(database.call("echo", {"at": at})["at"]) == at
