"""The supervisor: what `up`, `down` and `status` promise, with real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local.__main__ import main
from infra.local.stack.processes import MARK, has_ended
from infra.local.stack.record import Health
from tests.integration.local.tiny_stack import Stack, until
from tests.support.postgres import quick_folder

ROOT = Path(__file__).parents[3]


@pytest.fixture
def make() -> Iterator[Callable[..., Stack]]:
    """Makes stacks of their own state folder; each is taken down at the end."""
    stacks: list[Stack] = []

    with quick_folder() as folder:

        def make(plan: str = "two") -> Stack:
            stacks.append(Stack(folder / f"state{len(stacks)}", plan))
            return stacks[-1]

        yield make
        for stack in stacks:
            stack.down()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that is up, for tests that only look."""
    stack = Stack(tmp_path_factory.mktemp("running"))
    assert stack.up() == 0
    yield stack
    stack.down()


@pytest.fixture(scope="module")
def database() -> Iterator[Stack]:
    """A stack of Postgres alone that is up."""
    with quick_folder() as folder:
        stack = Stack(folder / "state", "with_postgres")
        assert stack.up() == 0
        yield stack
        stack.down()


@pytest.fixture
def stack(make: Callable[..., Stack]) -> Stack:
    """A stack of two services, not started."""
    return make()


# up


def test_up_returns_when_every_service_answers(running: Stack) -> None:
    assert running.record.health is Health.UP
    assert running.get("store").status_code == 200
    assert running.get("function").status_code == 200


def test_up_again_changes_nothing(running: Stack) -> None:
    before = running.record
    assert running.up() == 0
    assert running.record == before


def test_services_get_their_own_variables_and_the_mark_of_their_stack(running: Stack) -> None:
    variables = running.get("store", "/environment").json()
    assert (variables["OWN"], variables[MARK]) == ("store", str(running.state.folder))


def test_the_environment_of_the_functions_is_written_down(running: Stack) -> None:
    assert json.loads(running.state.environment.read_text()) == {"SHELFLINE_LOCAL": "true"}


def test_two_at_once_start_one_supervisor(stack: Stack) -> None:
    codes: list[int] = []
    callers = [threading.Thread(target=lambda: codes.append(stack.up())) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert codes == [0, 0]
    assert len(stack.supervisor().children()) == 2


def test_two_stacks_run_side_by_side(make: Callable[..., Stack]) -> None:
    one, two = make(), make()
    assert (one.up(), two.up()) == (0, 0)
    assert set(one.record.ports.values()).isdisjoint(two.record.ports.values())
    one.down()
    assert two.get("store").status_code == 200


# ports


def test_ports_are_the_same_after_a_restart(stack: Stack) -> None:
    stack.up()
    ports = stack.record.ports
    stack.down()
    stack.up()
    assert stack.record.ports == ports


def test_a_port_that_another_program_took_is_replaced(stack: Stack) -> None:
    stack.up()
    taken = stack.record.ports["store"]
    stack.down()
    with socket.create_server(("127.0.0.1", taken)):
        assert stack.up() == 0
        assert stack.record.ports["store"] != taken
        assert stack.get("store").status_code == 200


# a service dies


def test_a_killed_service_is_started_again(stack: Stack) -> None:
    stack.up()
    killed = stack.process("store")
    killed.kill()
    until(lambda: stack.record.services["store"].restarts == 1 and stack.record.health is Health.UP)
    assert stack.process("store") != killed
    assert stack.get("store").status_code == 200


def test_a_stack_that_cannot_start_says_why_and_leaves_nothing_running(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.plant("store", "broken")
    assert stack.up() == 1
    assert "store ended with code 1; its last words: the disk is full of eels" in capsys.readouterr().err
    until(lambda: not stack.record.is_supervised())
    assert stack.record.health is Health.RED
    assert list(stack.record.processes()) == []


def test_a_service_that_keeps_dying_turns_the_stack_red_and_the_rest_goes_on(stack: Stack) -> None:
    stack.up()
    stack.plant("function", "broken")
    stack.process("function").kill()
    until(lambda: stack.record.health is Health.RED)
    assert "eels" in stack.record.reason
    assert stack.record.services["function"].restarts == 5
    assert stack.get("store").status_code == 200


def test_up_starts_a_red_stack_anew(stack: Stack) -> None:
    stack.plant("store", "broken")
    stack.up()
    (stack.state.of("store") / "broken").unlink()
    assert stack.up() == 0
    assert stack.record.reason == ""


# down


def test_down_stops_every_process_functions_first(stack: Stack) -> None:
    stack.up()
    processes = [stack.process("store"), stack.process("function"), stack.supervisor()]
    assert stack.down() == 0
    assert all(has_ended(process) for process in processes)
    assert (stack.state.folder / "ended").read_text().split() == ["function", "store"]


def test_down_of_what_does_not_run_is_done_at_once(stack: Stack) -> None:
    assert (stack.down(), stack.down()) == (0, 0)


def test_down_while_starting_stops_everything(stack: Stack) -> None:
    stack.plant("function", "unhealthy")
    stack.up(wait=False)
    until(lambda: "store" in stack.record.services and stack.record.services["store"].health is Health.UP)
    processes = [stack.process("store"), stack.process("function")]
    assert stack.down() == 0
    assert all(has_ended(process) for process in processes)


def test_down_right_after_up_finds_the_supervisor_before_it_has_begun(stack: Stack) -> None:
    stack.up(wait=False)
    assert stack.down() == 0
    assert stack.record.health is Health.STOPPED
    assert list(stack.record.processes()) == []


# a killed supervisor


def test_what_a_killed_supervisor_left_is_stopped_at_the_next_start(stack: Stack) -> None:
    stack.up()
    left, ports = [stack.process("store"), stack.process("function")], stack.record.ports
    stack.supervisor().kill()
    until(lambda: not stack.record.is_supervised())
    assert all(process.is_running() for process in left)
    assert stack.up() == 0
    assert all(has_ended(process) for process in left)
    assert stack.record.ports == ports


def test_down_stops_what_a_killed_supervisor_left_written_down_or_not(stack: Stack) -> None:
    stack.up()
    left = [stack.process("store"), stack.process("function")]
    stack.supervisor().kill()
    until(lambda: not stack.record.is_supervised())
    stack.state.record.unlink()
    stack.down()
    assert all(has_ended(process) for process in left)


# the command line


def test_status_says_what_runs_where(running: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--state", str(running.state.folder)]) == 0
    shown = capsys.readouterr().out
    assert "stack up" in shown
    assert running.record.services["store"].url in shown


def test_status_of_what_does_not_run_is_exit_code_1(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--state", str(stack.state.folder)]) == 1
    assert "stack stopped" in capsys.readouterr().out


def test_bad_usage_is_exit_code_2() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["upwards"])
    assert ended.value.code == 2


def test_in_the_foreground_ctrl_c_stops_it(stack: Stack) -> None:
    command = [sys.executable, "-m", "infra.local", "up", "--foreground", "--state", str(stack.state.folder)]
    plan = ["--plan", "tests.integration.local.tiny_stack:two"]
    with subprocess.Popen([*command, *plan], cwd=ROOT, stderr=subprocess.DEVNULL) as foreground:
        until(lambda: stack.record.health is Health.UP)
        foreground.send_signal(signal.SIGINT)
        assert foreground.wait(20) == 0
    assert stack.record.health is Health.STOPPED


# the control server


def test_the_control_server_shows_the_record(running: Stack) -> None:
    assert running.control("/status").json() == json.loads(running.state.record.read_text())


def test_advancing_the_clock_moves_postgres_and_the_file(database: Stack) -> None:
    before = database.control("/clock").json()["offset_seconds"]
    assert database.control("/clock/advance", {"seconds": 90}).json()["offset_seconds"] == before + 90
    assert json.loads(database.state.clock.read_text()) == {"offset_seconds": before + 90}
    assert database.offsets_in_postgres()[-1] == before + 90


def test_a_clock_that_postgres_refuses_to_move_stands_still(database: Stack) -> None:
    before = database.control("/clock").json()["offset_seconds"]
    with database.without_clock_function():
        answer = database.control("/clock/advance", {"seconds": 90})
    assert answer.status_code == 409
    assert "shelfline_set_clock_offset" in answer.json()["error"]
    assert database.control("/clock").json()["offset_seconds"] == before


def test_postgres_is_restarted_with_what_was_committed(database: Stack) -> None:
    database.control("/clock/advance", {"seconds": 90})
    committed, restarts = database.offsets_in_postgres(), database.record.services["postgres"].restarts
    database.process("postgres").kill()
    until(lambda: database.record.services["postgres"].restarts > restarts)
    until(lambda: database.record.health is Health.UP)
    assert database.offsets_in_postgres() == committed


def test_postgres_left_by_a_killed_supervisor_is_replaced(make: Callable[..., Stack]) -> None:
    stack = make("with_postgres")
    stack.up()
    left = stack.process("postgres")
    stack.supervisor().kill()
    assert stack.up() == 0
    assert has_ended(left)


def test_the_clock_stands_while_a_vendor_is_real(make: Callable[..., Stack]) -> None:
    stack = make("real")
    stack.up()
    answer = stack.control("/clock/advance", {"seconds": 90})
    assert answer.status_code == 409
    assert "https://api.digikey.com" in answer.json()["error"]
    assert os.listdir(stack.state.folder).count("clock.json") == 0
