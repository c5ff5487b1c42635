"""The real Cloud Tasks client keeps the port's contract, and its calls prove who makes them."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import grpc
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from common.auth.oidc import CallVerifier
from common.errors import Forbidden, Misconfigured, Unauthenticated, Unavailable
from common.tasks.cloud_tasks import CloudTasksQueue
from common.tasks.queue import Task
from common.tasks.wake_up import WakeUp, parse
from infra.local.ports import free_port
from tests.contracts.task_queue import TaskQueueContract, TaskQueueHarness, a_task
from tests.support.emulators import Emulator

ACCOUNT = "shelfline-tasks@shelfline-local.iam.gserviceaccount.com"


class EmulatorHarness(TaskQueueHarness):
    """A queue "scrape" in a project of its own."""

    def __init__(self, emulator: Emulator, deadline: timedelta | None = None) -> None:
        self.emulator = emulator
        project = f"test-{uuid4()}"
        self.parent = f"projects/{project}/locations/europe-west1"
        self.channel = grpc.insecure_channel(emulator.grpc)
        self.admin = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=self.channel))
        wanted = tasks_v2.Queue(name=f"{self.parent}/queues/scrape")
        self.admin.create_queue(parent=self.parent, queue=wanted)
        self.queue = self.cloud = CloudTasksQueue(
            project=project,
            location="europe-west1",
            service_account=ACCOUNT,
            endpoint=emulator.grpc,
            dispatch_deadline=deadline,
        )

    def raw(self) -> list[tasks_v2.Task]:
        view = tasks_v2.Task.View.FULL
        request = {"parent": f"{self.parent}/queues/scrape", "response_view": view}
        return list(self.admin.list_tasks(request=request))

    def waiting(self) -> list[Task]:
        return [_task(task) for task in self.raw()]

    def delete(self, task: Task) -> None:
        self.admin.delete_task(name=f"{self.parent}/queues/{task.queue}/tasks/{task.name}")

    def close(self) -> None:
        self.cloud.close()
        self.channel.close()


def _task(task: tasks_v2.Task) -> Task:
    *_, queue_name, _, name = task.name.split("/")
    at = task.schedule_time.replace(tzinfo=UTC)
    return Task(queue_name, name, task.http_request.url, task.http_request.body, at)


@contextmanager
def a_harness(emulator: Emulator, deadline: timedelta | None = None) -> Iterator[EmulatorHarness]:
    harness = EmulatorHarness(emulator, deadline)
    try:
        yield harness
    finally:
        harness.close()
        emulator.forget_faults()


class TestCloudTasksQueue(TaskQueueContract):
    @pytest.fixture
    def harness(self, tasks_emulator: Emulator) -> Iterator[EmulatorHarness]:
        with a_harness(tasks_emulator) as harness:
            yield harness

    def test_a_task_carries_the_account_and_its_address_as_audience(self, harness: EmulatorHarness) -> None:
        harness.queue.enqueue([a_task()])
        [task] = harness.raw()
        token = task.http_request.oidc_token
        assert (token.service_account_email, token.audience) == (ACCOUNT, a_task().url)

    def test_a_task_may_have_a_deadline_for_each_delivery(self, tasks_emulator: Emulator) -> None:
        with a_harness(tasks_emulator, deadline=timedelta(minutes=9)) as harness:
            harness.queue.enqueue([a_task()])
            assert [task.dispatch_deadline for task in harness.raw()] == [timedelta(minutes=9)]

    def test_a_service_that_is_away_for_a_moment_is_asked_again(self, harness: EmulatorHarness) -> None:
        harness.emulator.plant("tasks.create", "status", times=2, status=503)
        harness.queue.enqueue([a_task()])
        assert harness.emulator.struck() == 2
        assert len(harness.waiting()) == 1

    def test_a_lost_answer_makes_no_second_task(self, harness: EmulatorHarness) -> None:
        harness.emulator.plant("tasks.create", "drop")
        harness.queue.enqueue([a_task()])
        assert harness.emulator.struck() == 1
        assert len(harness.waiting()) == 1

    def test_a_service_that_stays_away_is_unavailable_and_the_rest_is_taken(
        self, harness: EmulatorHarness
    ) -> None:
        harness.queue.enqueue([a_task("before")])
        harness.emulator.plant("tasks.create", "status", times=3, status=503)
        with pytest.raises(Unavailable, match="did not take 1 of 1"):
            harness.queue.enqueue([a_task("lost")])
        harness.queue.enqueue([a_task("lost"), a_task("after")])
        assert sorted(task.name for task in harness.waiting()) == ["after", "before", "lost"]

    def test_a_refused_account_says_which_roles_to_give(self, harness: EmulatorHarness) -> None:
        harness.emulator.plant("tasks.create", "status", status=403)
        with pytest.raises(Misconfigured, match=r"roles/cloudtasks\.enqueuer"):
            harness.queue.enqueue([a_task()])


def test_nobody_listening_is_unavailable() -> None:
    closed = CloudTasksQueue(
        project="p", location="l", service_account=ACCOUNT, endpoint=f"127.0.0.1:{free_port()}"
    )
    with pytest.raises(Unavailable):
        closed.enqueue([a_task()])
    closed.close()


def test_a_delivered_wake_up_proves_who_sends_it(tasks_emulator: Emulator) -> None:
    wake_up = WakeUp(run_id="r1", step="scrape", chunk_id=1, generation=1)
    with a_harness(tasks_emulator) as harness, a_step() as (url, received):
        harness.queue.enqueue([Task("scrape", wake_up.task_name(), url, wake_up.to_bytes())])
        headers, body = received.get(timeout=20)
    assert parse(body) == wake_up
    authorization, certs = headers["Authorization"], f"{tasks_emulator.url}/certs"
    assert (
        CallVerifier(audience=url, accounts=[ACCOUNT], certs_url=certs).verify(authorization).email == ACCOUNT
    )
    with pytest.raises(Unauthenticated, match="audience"):
        CallVerifier(audience="http://other", accounts=[ACCOUNT], certs_url=certs).verify(authorization)
    with pytest.raises(Forbidden):
        CallVerifier(audience=url, accounts=["other@x"], certs_url=certs).verify(authorization)


def test_certificates_that_nobody_serves_make_a_call_unavailable_and_not_unauthenticated() -> None:
    from tests.support.signer import AUDIENCE, token

    certs = f"http://127.0.0.1:{free_port()}/certs"
    with pytest.raises(Unavailable, match="certificates"):
        CallVerifier(audience=AUDIENCE, accounts=[ACCOUNT], certs_url=certs).verify(f"Bearer {token()}")


Received = queue.Queue[tuple[dict[str, str], bytes]]


@contextmanager
def a_step() -> Iterator[tuple[str, Received]]:
    """A server that keeps the calls it gets; its address and the calls."""
    received: Received = queue.Queue()

    class Step(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.put((dict(self.headers), body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Step) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/scrape", received
        server.shutdown()
        thread.join()
