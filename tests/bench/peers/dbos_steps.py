"""DBOS: one workflow an item, six steps each: from a durable queue that two processes work on, or started directly."""

import argparse
import json
import subprocess
import sys
import time

from dbos import DBOS, DBOSConfig

PROCESSES = 2
AT_ONCE = 24  # workflows of each process
POLL_SECONDS = 0.05
QUEUE = "items"


@DBOS.step()
def step(name: str, item: int) -> str:
    """A step without work of its own; its result is stored."""
    return name


@DBOS.workflow()
def workflow(item: int) -> int:
    """Six steps for one item."""
    for name in ("fetch", "decide", "scrape", "hash", "stage", "push"):
        step(name, item)
    return item


def launch(given: argparse.Namespace, executor: str) -> None:
    """Connect this process to the system database and let it take workflows off the queue."""
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": f"postgresql+psycopg://postgres@/{given.database}?host={given.host}&port={given.port}",
        "sys_db_pool_size": AT_ONCE,
        "max_executor_threads": 2 * AT_ONCE,
        "executor_id": executor,
        "application_version": "1",
        "log_level": "ERROR",
    }
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL_SECONDS)


def work(given: argparse.Namespace) -> None:
    """The second process: works until its input is closed."""
    launch(given, "second")
    print("ready", flush=True)
    sys.stdin.read()
    DBOS.destroy()


def measure_direct(given: argparse.Namespace) -> None:
    """Start every workflow in this process and wait for each result: no queue, and no second process."""
    launch(given, "first")
    assert [workflow(-1 - n) for n in range(3)] == [-1, -2, -3]
    started = time.perf_counter()
    handles = [DBOS.start_workflow(workflow, n) for n in range(given.items)]
    assert [handle.get_result() for handle in handles] == list(range(given.items))
    tell(
        given, time.perf_counter() - started, f"workflow of 6 steps, started directly, {2 * AT_ONCE} threads"
    )
    DBOS.destroy()


def measure_queue(given: argparse.Namespace) -> None:
    """Hand in every item and wait for each result."""
    launch(given, "first")
    second = subprocess.Popen(
        [sys.executable, *sys.argv, "--second"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert second.stdin
    assert second.stdout
    second.stdout.readline()
    warm = [DBOS.enqueue_workflow(QUEUE, workflow, -1 - n) for n in range(10)]
    assert all(handle.get_result() < 0 for handle in warm)
    started = time.perf_counter()
    handles = [DBOS.enqueue_workflow(QUEUE, workflow, n) for n in range(given.items)]
    assert [handle.get_result(polling_interval_sec=POLL_SECONDS) for handle in handles] == list(
        range(given.items)
    )
    seconds = time.perf_counter() - started
    second.stdin.close()
    second.wait(30)
    how = f"workflow of 6 steps, queue, {PROCESSES} processes × {AT_ONCE} at once, polled each {POLL_SECONDS:g} s"
    tell(given, seconds, how)
    DBOS.destroy()


def tell(given: argparse.Namespace, seconds: float, how: str) -> None:
    """Print the result."""
    print(json.dumps({"seconds": seconds, "items": given.items, "steps": 6 * given.items, "how": how}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--direct", action="store_true", help="without the queue")
    parser.add_argument("--second", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.second:
        work(arguments)
    else:
        (measure_direct if arguments.direct else measure_queue)(arguments)
