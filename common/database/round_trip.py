"""One statement with parameters in one round trip.

The driver by itself waits three times a statement: for parse, for describe, and for execute. Between the cloud's
functions and its Postgres each wait is a millisecond or so, and a wake-up makes three calls. Here all of it is sent at
once, with one Sync at the end, which also makes the statement a transaction of its own. The parameters stay parameters:
they are no part of the statement that a server may log.

These are the driver's own messages, in another order; its version is pinned, and a test counts the waits.
"""

from collections.abc import Sequence
from typing import Any


def fetch_value(driver: Any, statement: str, parameters: Sequence[object]) -> Any:
    """The first column of the only row that a statement with $1, $2, ... answers.

    driver: a pg8000 connection on which no transaction is open. Raises the driver's errors.
    """
    from pg8000.converters import make_params
    from pg8000.core import NULL_BYTE, SYNC_MSG, Context, InterfaceError, _flush, _write

    context = Context(statement)
    driver.send_PARSE(NULL_BYTE, statement, ())
    driver.send_DESCRIBE_STATEMENT(NULL_BYTE)
    driver.send_BIND(NULL_BYTE, make_params(driver.py_types, parameters))
    driver.send_EXECUTE()
    if driver._sock is None:
        raise InterfaceError("connection is closed")
    _write(driver._sock, SYNC_MSG)
    _flush(driver._sock)
    driver.handle_messages(context)
    return context.rows[0][0]
