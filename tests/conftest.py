"""What holds for all tests: who runs which, and that none fails because a machine is slow.

Property tests draw the same examples on every machine.
"""

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

# What these modules assert is explained like what a test asserts.
pytest.register_assert_rewrite("tests.support", "tests.integration.orders_push.held")

SHARE_A_STACK = {f"tests/e2e/test_{name}.py" for name in ("orders", "parts", "readme")}
"""Files of tests for which one worker starts one local stack."""

settings.register_profile(
    "deterministic", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("deterministic")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadScopeScheduling":
    """A worker takes a file at a time, in the order of their names; the files that share a stack are one."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "one stack" if file in SHARE_A_STACK else file

    return ByFile(config, log)
