"""The protobuf messages of the Cloud Tasks API, raw: proto-plus wrappers are slow on a hot path."""

from typing import Any

from google.cloud import tasks_v2
from google.protobuf import duration_pb2, empty_pb2, timestamp_pb2

Message = Any
"""Any raw protobuf message: its fields are made at run time, which no type checker sees."""

Queue = tasks_v2.Queue.pb()
Task = tasks_v2.Task.pb()
RetryConfig = tasks_v2.RetryConfig.pb()
Empty = empty_pb2.Empty
ListQueuesResponse = tasks_v2.ListQueuesResponse.pb()
ListTasksResponse = tasks_v2.ListTasksResponse.pb()

RUNNING = int(tasks_v2.Queue.State.RUNNING)
PAUSED = int(tasks_v2.Queue.State.PAUSED)
BASIC = int(tasks_v2.Task.View.BASIC)
FULL = int(tasks_v2.Task.View.FULL)
POST = int(tasks_v2.HttpMethod.POST)


def request_type(name: str) -> Message:
    """The class of the request message of one method, e.g. "CreateTask"."""
    return getattr(tasks_v2, f"{name}Request").pb()


def method_name(number: int) -> str:
    """The HTTP method that stands behind an enum value, e.g. "POST"."""
    return str(tasks_v2.HttpMethod(number).name)


def seconds(message: Message) -> float:
    """A Duration or a Timestamp in seconds."""
    return float(message.seconds + message.nanos / 1e9)


def set_seconds(message: Message, value: float) -> None:
    """Set a Duration or a Timestamp, to the microsecond as the service keeps it."""
    microseconds = round(value * 1_000_000)
    message.seconds, remainder = divmod(microseconds, 1_000_000)
    message.nanos = remainder * 1000


def duration(value: float) -> duration_pb2.Duration:
    """A Duration of `value` seconds."""
    message = duration_pb2.Duration()
    set_seconds(message, value)
    return message


def timestamp(value: float) -> timestamp_pb2.Timestamp:
    """A Timestamp of `value` seconds since the epoch."""
    message = timestamp_pb2.Timestamp()
    set_seconds(message, value)
    return message
