"""The settings of a queue: the service's defaults and bounds, and what a mask updates."""

import math
from collections.abc import Sequence

from google.protobuf import field_mask_pb2

from infra.local.emulators.tasks.messages import RUNNING, Message, duration, seconds
from infra.local.emulators.tasks.refusals import invalid
from infra.local.emulators.tasks.retry import UNLIMITED, RetryPolicy

_DEFAULT_RATE, _MAX_RATE = 500.0, 500.0  # dispatches a second
_DEFAULT_CONCURRENT, _MAX_CONCURRENT = 1000, 5000
_OUTPUT_ONLY = ("name", "state", "purge_time", "rate_limits.max_burst_size")


def complete(queue: Message, *, keep_zero_doublings: bool = False) -> None:
    """Fill in what a new queue leaves open, and refuse values out of bounds.

    keep_zero_doublings: protobuf cannot tell a zero from nothing; true if zero was meant.
    """
    _complete_rate_limits(queue.rate_limits)
    complete_retry_config(queue.retry_config, keep_zero_doublings=keep_zero_doublings)
    queue.state = queue.state or RUNNING


def _complete_rate_limits(limits: Message) -> None:
    limits.max_dispatches_per_second = limits.max_dispatches_per_second or _DEFAULT_RATE
    limits.max_concurrent_dispatches = limits.max_concurrent_dispatches or _DEFAULT_CONCURRENT
    if not 0 < limits.max_dispatches_per_second <= _MAX_RATE:
        raise invalid(f"Queue.rate_limits.max_dispatches_per_second must be in (0, {_MAX_RATE:g}].")
    if not 0 < limits.max_concurrent_dispatches <= _MAX_CONCURRENT:
        raise invalid(f"Queue.rate_limits.max_concurrent_dispatches must be in [1, {_MAX_CONCURRENT}].")
    # Output only; the documentation says "generally at least equal to max_dispatches_per_second".
    limits.max_burst_size = max(1, math.ceil(limits.max_dispatches_per_second))


def complete_retry_config(config: Message, *, keep_zero_doublings: bool = False) -> None:
    """Fill in and check the retry settings of a queue or of a task."""
    default = RetryPolicy()
    config.max_attempts = config.max_attempts or default.max_attempts
    if not config.HasField("min_backoff"):
        config.min_backoff.CopyFrom(duration(default.min_backoff))
    if not config.HasField("max_backoff"):
        config.max_backoff.CopyFrom(duration(max(default.max_backoff, seconds(config.min_backoff))))
    if not keep_zero_doublings:
        config.max_doublings = config.max_doublings or default.max_doublings
    _check_retry_config(config)


def _check_retry_config(config: Message) -> None:
    if config.max_attempts < UNLIMITED:
        raise invalid("RetryConfig.max_attempts must be greater than or equal to -1.")
    if seconds(config.max_retry_duration) < 0 or config.max_doublings < 0:
        raise invalid("RetryConfig.max_retry_duration and RetryConfig.max_doublings must not be negative.")
    if not 0 <= seconds(config.min_backoff) <= seconds(config.max_backoff):
        raise invalid(
            "RetryConfig.min_backoff must not be negative, nor greater than RetryConfig.max_backoff."
        )


def policy(config: Message) -> RetryPolicy:
    """The retry rules that complete settings stand for."""
    return RetryPolicy(
        max_attempts=config.max_attempts,
        max_retry_duration=seconds(config.max_retry_duration),
        min_backoff=seconds(config.min_backoff),
        max_backoff=seconds(config.max_backoff),
        max_doublings=config.max_doublings,
    )


def updated(current: Message, wanted: Message, paths: Sequence[str]) -> Message:
    """A copy of `current` with the fields of `paths` (all, if none is named) taken from `wanted`, complete.

    Output-only fields keep their values whatever is asked for.
    """
    result = type(current)()
    if paths:
        result.CopyFrom(current)
        _merge(result, wanted, [path for path in paths if path not in _OUTPUT_ONLY])
    else:
        result.CopyFrom(wanted)
    result.name, result.state = current.name, current.state
    result.ClearField("purge_time")
    if current.HasField("purge_time"):
        result.purge_time.CopyFrom(current.purge_time)
    kept_or_named = bool(paths) and "retry_config" not in paths
    complete(result, keep_zero_doublings=kept_or_named)
    return result


def _merge(target: Message, source: Message, paths: list[str]) -> None:
    mask = field_mask_pb2.FieldMask(paths=paths)
    if not mask.IsValidForDescriptor(target.DESCRIPTOR):
        raise invalid(f"The update mask names a field that a queue does not have: {', '.join(paths)}")
    for path in paths:
        _clear(target, path)  # merging alone cannot set a field back to zero
    mask.MergeMessage(source, target, replace_message_field=True)


def _clear(message: Message, path: str) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        message = getattr(message, parent)
    message.ClearField(last)
