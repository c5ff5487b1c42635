"""procrastinate: six jobs an item, each of which defers the next; two async workers, first jobs deferred in batches."""

import argparse
import asyncio
import json
import subprocess
import sys
import time

import procrastinate
import psycopg

PROCESSES = 2
AT_ONCE = 30  # jobs of each worker
BATCH = 500
STEPS = 6
POLL_SECONDS = 0.02


def application(given: argparse.Namespace) -> procrastinate.App:
    """The application with its one task, on a pool that lets every job at once have a connection."""
    connector = procrastinate.PsycopgConnector(conninfo=conninfo(given), min_size=8, max_size=AT_ONCE + 4)
    app = procrastinate.App(connector=connector)

    @app.task(name="step")
    async def step(item: int, number: int) -> None:
        if number + 1 < STEPS:
            await app.configure_task("step").defer_async(item=item, number=number + 1)

    return app


def conninfo(given: argparse.Namespace) -> str:
    """How libpq finds the server."""
    return f"host={given.host} port={given.port} user=postgres dbname={given.database}"


async def work(given: argparse.Namespace) -> None:
    """A worker: until it is told to stop."""
    app = application(given)
    async with app.open_async():
        print("ready", flush=True)
        await app.run_worker_async(concurrency=AT_ONCE, fetch_job_polling_interval=1.0)


async def measure(given: argparse.Namespace) -> float:
    """Seconds from the first deferred job until every job of every item has succeeded."""
    app = application(given)
    async with (
        app.open_async(),
        await psycopg.AsyncConnection.connect(conninfo(given), autocommit=True) as watch,
    ):
        started = time.perf_counter()
        for first in range(0, given.items, BATCH):
            batch = [{"item": n, "number": 0} for n in range(first, min(first + BATCH, given.items))]
            await app.configure_task("step").batch_defer_async(*batch)
        while await succeeded(watch) < STEPS * given.items:
            await asyncio.sleep(POLL_SECONDS)
        return time.perf_counter() - started


async def succeeded(watch: psycopg.AsyncConnection) -> int:
    """Jobs that are done."""
    cursor = await watch.execute("select count(*) from procrastinate_jobs where status = 'succeeded'")
    row = await cursor.fetchone()
    return row[0] if row else 0


def main(given: argparse.Namespace) -> None:
    """Make the schema, start the workers, measure, stop them."""
    with (
        application(given).replace_connector(
            procrastinate.SyncPsycopgConnector(conninfo=conninfo(given))
        ) as app,
        app.open(),
    ):
        app.schema_manager.apply_schema()
    command = [sys.executable, *sys.argv, "--worker"]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
    try:
        for worker in workers:
            assert worker.stdout
            worker.stdout.readline()
        seconds = asyncio.run(measure(given))
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(30)
    how = f"6 chained jobs, batch defer, {PROCESSES} async workers × {AT_ONCE} at once, LISTEN/NOTIFY, jobs kept"
    print(json.dumps({"seconds": seconds, "items": given.items, "steps": STEPS * given.items, "how": how}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--worker", action="store_true")
    arguments = parser.parse_args()
    if arguments.worker:
        asyncio.run(work(arguments))
    else:
        main(arguments)
