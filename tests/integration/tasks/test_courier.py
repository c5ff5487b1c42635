"""The HTTP client that carries tasks to functions, against real sockets."""

import socket
import threading
import time
from contextlib import closing, contextmanager

import pytest

from infra.local.emulators.tasks.courier import Answer, Courier, Delivery
from tests.integration.emulator_process import until
from tests.integration.recording_target import Reply


@pytest.fixture
def courier():
    with closing(Courier()) as courier:
        yield courier


def deliver(courier, url, deadline=5.0):
    return courier.deliver(Delivery("POST", url, {}, b"body", deadline))


def read_request(connection):
    """Read one request of `deliver`; its head and its body may come separately."""
    received = b""
    while not received.endswith(b"body"):
        if not (more := connection.recv(65536)):
            return
        received += more


@contextmanager
def raw_server(talk):
    """A server that accepts one connection after another and lets `talk` misbehave on it; yields its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    read_request(connection)
                    talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_function_that_works_longer_than_the_deadline_is_cut_off(courier, target, path):
    url = target.plan(path, Reply(200, wait=2))
    before = time.monotonic()
    assert deliver(courier, url, deadline=0.2) == Answer(status=0, timed_out=True)
    assert time.monotonic() - before < 1.5


def test_an_answer_that_trickles_in_does_not_outlive_the_deadline(courier):
    def trickle(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(60):
            try:
                connection.sendall(b"x")
            except OSError:
                return
            time.sleep(0.05)  # slower than the deadline in all, faster than it for each byte

    with raw_server(trickle) as url:
        before = time.monotonic()
        assert deliver(courier, url, deadline=0.3).timed_out
        assert time.monotonic() - before < 2


def test_a_target_that_nobody_listens_at_is_no_answer(courier):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert deliver(courier, f"http://127.0.0.1:{port}/") == Answer(status=0)


def test_a_target_that_hangs_up_is_no_answer_and_is_not_asked_again(courier, target, path):
    url = target.plan(path, Reply(0))
    assert deliver(courier, url) == Answer(status=0)
    assert len(target.calls(path)) == 1


def test_connections_are_used_again(courier):
    accepted = []

    def answer_twice(connection):
        accepted.append(connection)
        for _ in range(2):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            read_request(connection)

    with raw_server(answer_twice) as url:
        assert [deliver(courier, url).status for _ in range(2)] == [200, 200]
        courier.close()
    assert len(accepted) == 1


def test_a_connection_that_the_other_side_closed_meanwhile_is_not_used_again(courier):
    hung_up = threading.Semaphore(0)

    def answer_and_hang_up(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_RDWR)
        hung_up.release()

    with raw_server(answer_and_hang_up) as url:
        for _ in range(3):
            assert deliver(courier, url).status == 200
            assert hung_up.acquire(timeout=5)


def test_closing_cuts_a_request_under_way(courier, target, path):
    url = target.plan(path, Reply(200, wait=5))
    answers = []
    thread = threading.Thread(target=lambda: answers.append(deliver(courier, url)))
    thread.start()
    until(lambda: target.under_way(path))
    courier.close()
    thread.join(3)
    assert answers == [Answer(status=0)]
