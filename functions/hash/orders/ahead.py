"""The next of many values is made while the present one is worked on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Value = TypeVar("Value")

_END: Final = object()


def ahead(values: Iterator[Value]) -> Iterator[Value]:
    """The same values in their order, each made in a thread while the caller has its predecessor: two are held at once.

    For values that take computing, and a caller that waits for another machine. What fails in the thread is raised here,
    in its turn; when the caller stops early, the value under way is finished and dropped.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as thread:
        following = thread.submit(next, values, _END)
        while (value := following.result()) is not _END:
            following = thread.submit(next, values, _END)
            yield value  # type: ignore[misc]  # it is not the end
