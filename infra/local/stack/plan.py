"""What a stack consists of; the supervisor runs any plan, the real one is in `infra.local.stack.services`."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from infra.local.ports import Ports
from infra.local.stack.service import Service
from infra.local.stack.state import State

REAL = "infra.local.stack.services:plan"


@dataclass(frozen=True)
class Plan:
    """The services to run.

    variables: the environment that the functions run with, written to `environment.json`.
    urls: addresses for people and programs, by name.
    real_vendors: vendors that no stand-in plays, by name, with the address of the real service.
    database_socket: unix socket of Postgres, "" for a stack without; the clock is moved there too.
    """

    services: Sequence[Service]
    variables: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    real_vendors: Mapping[str, str] = field(default_factory=dict)
    database_socket: str = ""


Planner = Callable[[State, Ports], Plan]


def load(reference: str) -> Planner:
    """The planner that "module:function" names."""
    module, _, name = reference.partition(":")
    planner: Planner = getattr(importlib.import_module(module), name)
    return planner
