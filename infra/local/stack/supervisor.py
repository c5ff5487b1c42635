"""The supervisor: keeps every service of a plan running until it is told to stop."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from infra.local.ports import HOST, Ports
from infra.local.stack import plan as plans
from infra.local.stack.child import Child
from infra.local.stack.lock import Lock
from infra.local.stack.plan import Plan
from infra.local.stack.processes import MARK, Identity, stop_leftovers
from infra.local.stack.record import Health, Record
from infra.local.stack.state import State, write_json

if TYPE_CHECKING:
    from infra.local.stack.control import ControlServer


def supervise(state: State, lock: Lock, reference: str) -> int:
    """Run the stack in this process; 0 when it was told to stop, 1 when it failed.

    lock: held by the caller. It is freed by the end of the process, so that who gets it finds the process
        gone.
    """

    async def run() -> int:
        return await Supervisor(state, reference).run()

    code = asyncio.run(run())
    assert lock.descriptor
    return code


class Supervisor:
    """Runs one stack. Whoever makes it holds the lock of the state folder."""

    def __init__(self, state: State, reference: str = plans.REAL) -> None:
        self._state = state
        self._reference = reference
        self._began = time.monotonic()
        self._over = asyncio.Event()
        self._children: list[Child] = []
        self._is_controlled = False
        self._record = replace(
            Record.read(state.record), health=Health.STARTING, reason="", supervisor=Identity.of(os.getpid())
        )

    async def run(self) -> int:
        """Start everything, keep it running, and stop it on SIGTERM or SIGINT; 1 when it failed, else 0."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._over.set)
        self._record.write(self._state.record)
        try:
            await self._live()
        except Exception as error:
            self._give_up(f"{type(error).__name__}: {error}")
            raise
        finally:
            self._end()
        return 1 if self._record.health is Health.RED else 0

    # The life of the stack

    async def _live(self) -> None:
        await asyncio.to_thread(stop_leftovers, self._state.folder, list(self._record.processes()))
        ports = Ports(self._record.ports)
        plan = plans.load(self._reference)(self._state, ports)
        self._adopt(plan, ports)
        keepers = [asyncio.create_task(child.keep()) for child in self._children]
        control = None
        try:
            await asyncio.gather(*(child.started.wait() for child in self._children))
            control = await self._start_control(plan, ports("control"))
            await self._over.wait()
        finally:
            await self._stop_all(control, keepers)

    async def _start_control(self, plan: Plan, port: int) -> "ControlServer":
        """Serve the control server; its libraries are loaded while the services do the same."""
        from infra.local.stack.control import ControlServer

        control = ControlServer(self._state, plan, port, lambda: self._record)
        await control.start()
        self._is_controlled = True
        self._note()
        return control

    def _adopt(self, plan: Plan, ports: Ports) -> None:
        """Write down what is about to run, and the environment to run it in."""
        write_json(self._state.environment, plan.variables)
        inherited = self._inherited()
        self._children = [
            Child(service, self._state.log(service.name), inherited, self._note) for service in plan.services
        ]
        self._record = replace(
            self._record,
            ports=ports.assigned,
            urls={**plan.urls, "control": f"http://{HOST}:{ports('control')}"},
            real_vendors=plan.real_vendors,
            seconds=None,
        )
        self._note()

    def _inherited(self) -> Mapping[str, str]:
        return {**os.environ, MARK: str(self._state.folder)}

    async def _stop_all(self, control: "ControlServer | None", keepers: list[asyncio.Task[None]]) -> None:
        if self._record.health is not Health.RED:
            self._record = replace(self._record, health=Health.STOPPING)
            self._note()
        if control:
            await control.stop()
        for layer in sorted({child.service.layer for child in self._children}, reverse=True):
            await asyncio.gather(*(child.stop() for child in self._children if child.service.layer == layer))
        await asyncio.gather(*keepers)

    # What is written down

    def _note(self) -> None:
        """Write down where every service stands, and what that makes of the stack."""
        services = {child.service.name: child.record for child in self._children}
        self._record = replace(self._record, services=services)
        if self._record.health in (Health.STARTING, Health.UP):
            self._judge()
        self._record.write(self._state.record)

    def _judge(self) -> None:
        lost = [child for child in self._children if child.health is Health.RED]
        if lost:
            was_up = self._record.seconds is not None
            self._give_up("; ".join(f"{child.service.name} {child.record.reason}" for child in lost))
            if not was_up:  # nobody is served by half a stack
                self._over.set()
        elif self._is_controlled and all(child.health is Health.UP for child in self._children):
            took = self._record.seconds or round(time.monotonic() - self._began, 2)
            self._record = replace(self._record, health=Health.UP, seconds=took)
        else:
            self._record = replace(self._record, health=Health.STARTING)

    def _give_up(self, reason: str) -> None:
        self._record = replace(self._record, health=Health.RED, reason=reason)

    def _end(self) -> None:
        """The last word: all is stopped; a stack that failed stays red, with its reason."""
        health = Health.RED if self._record.health is Health.RED else Health.STOPPED
        self._record = replace(self._record, health=health, supervisor=None)
        self._record.write(self._state.record)
