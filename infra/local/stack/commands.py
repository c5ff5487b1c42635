"""up, down and status, as functions that return an exit code and talk on standard error."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil

from infra.local.stack.lock import Lock
from infra.local.stack.plan import REAL
from infra.local.stack.processes import Identity, stop_leftovers, wait_for_end
from infra.local.stack.record import Health, Record
from infra.local.stack.state import State

OK, FAILED = 0, 1
_ROOT = Path(__file__).parents[3]
_UP_SECONDS = 180.0
_DOWN_SECONDS = 60.0
_POLL_SECONDS = 0.03


def up(state: State, *, wait: bool = True, foreground: bool = False, plan: str = REAL) -> int:
    """Start the stack unless it runs, and return when it is healthy (with `wait`).

    Returns 1 when it does not come up; the reason is on standard error and in `stack.json`.
    """
    lock = Lock(state.lock)
    if not lock.acquire() and (not wait or _runs_already(state, lock)):
        return OK
    replace(Record.read(state.record), health=Health.STARTING, reason="", supervisor=None).write(state.record)
    if foreground:
        from infra.local.stack.supervisor import supervise

        return supervise(state, lock, plan)
    supervisor = _launch(state, lock, plan)
    return _await_up(state, supervisor) if wait else OK


def down(state: State) -> int:
    """Stop the stack, and whatever a killed supervisor left of it; 0 also when nothing ran."""
    lock = Lock(state.lock)
    if not lock.acquire() and not _end_supervisor(state, lock):
        say(f"the supervisor does not stop; see {state.log('supervisor')}, and end it by hand")
        return FAILED
    record = Record.read(state.record)
    left = stop_leftovers(state.folder, record.processes())
    if left:
        say(f"stopped what was left running: {', '.join(map(str, left))}")
    if state.record.exists():
        replace(record, health=Health.STOPPED, supervisor=None, services={}).write(state.record)
    lock.release()
    say("the stack is down")
    return OK


def status(state: State) -> int:
    """Print what runs where; 0 when all of it is up, 1 otherwise."""
    record = Record.read(state.record)
    alive = record.is_supervised()
    print(f"stack {record.health if alive or record.health is Health.RED else Health.STOPPED}")
    if record.reason:
        print(f"  because {record.reason}")
    for name, service in record.services.items() if alive else ():
        restarts = f", {service.restarts} restarts" if service.restarts else ""
        print(f"  {name:<12} {service.health:<9} {service.url}{restarts}")
    for name, url in record.real_vendors.items():
        print(f"  {name:<12} real      {url}")
    return OK if alive and record.health is Health.UP else FAILED


def addresses(state: State) -> list[str]:
    """One line for each address of the running stack."""
    return [f"{name:<12} {url}" for name, url in Record.read(state.record).urls.items()]


def say(message: str) -> None:
    """Tell a person what happens; standard output stays free for results."""
    print(message, file=sys.stderr, flush=True)


def _launch(state: State, lock: Lock, plan: str) -> Identity | None:
    """Start the supervisor in the background, with our lock."""
    log = state.log("supervisor")
    log.parent.mkdir(parents=True, exist_ok=True)
    handed_down = lock.descriptor
    command = [sys.executable, "-m", "infra.local.stack", "--detach", "--state", str(state.folder)]
    with log.open("ab") as errors:
        started = subprocess.run(
            [*command, "--plan", plan, "--lock", str(handed_down)],
            pass_fds=(handed_down,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=_ROOT,
            check=True,
        )
    lock.release()
    return Identity.of(int(started.stdout))


def _runs_already(state: State, lock: Lock) -> bool:
    """Wait for somebody else's stack to be up; False when it came to nothing and the lock is ours now."""
    while not lock.acquire(timeout=_POLL_SECONDS):
        record = Record.read(state.record)
        if not record.is_supervised():
            continue  # it only begins, or is about to end
        if record.health is Health.UP:
            return True
        if record.health is Health.RED:
            say("the stack is red: starting it anew")
            _end_supervisor(state, lock)
            return False
    return False


def _await_up(state: State, supervisor: Identity | None) -> int:
    """Wait until our stack is up or came to nothing, telling which services came up."""
    deadline = time.monotonic() + _UP_SECONDS
    told: set[str] = set()
    while time.monotonic() < deadline:
        alive = supervisor is not None and supervisor.is_alive()  # asked before the record is read
        record = Record.read(state.record)
        _tell(record, told)
        if record.health is Health.UP:
            say(f"the stack is up ({record.seconds} s)")
            return OK
        if record.health is Health.RED or not alive:
            reason = record.reason or f"it was stopped; see {state.log('supervisor')}"
            say(f"the stack did not come up: {reason}")
            return FAILED
        time.sleep(_POLL_SECONDS)
    say(f"the stack is not up after {_UP_SECONDS:.0f} s; see {state.log('supervisor').parent}")
    return FAILED


def _tell(record: Record, told: set[str]) -> None:
    for name, service in record.services.items():
        if service.health is Health.UP and name not in told and service.process:
            told.add(name)
            say(f"  {name:<12} {service.url}")


def _end_supervisor(state: State, lock: Lock) -> bool:
    """Ask the lock's holder to stop and kill it when it does not; whether the lock is ours then."""
    say("stopping the stack")
    deadline = time.monotonic() + _DOWN_SECONDS
    supervisor = None
    while time.monotonic() < deadline:
        if supervisor is None:  # one that just began has not written itself down yet
            supervisor = _supervisor(state)
            if supervisor:
                supervisor.terminate()
        if lock.acquire(timeout=_POLL_SECONDS):
            wait_for_end([supervisor] if supervisor else [], _DOWN_SECONDS)
            return True
    if supervisor:
        supervisor.kill()
    return lock.acquire(timeout=_DOWN_SECONDS)


def _supervisor(state: State) -> psutil.Process | None:
    identity = Record.read(state.record).supervisor
    return identity.process() if identity else None
