"""One suite per port. Its fake and the real client both pass, so tests on fakes tell of the service too."""

import pytest

for _port in ("task_queue", "object_store", "warehouse", "secret_store"):
    pytest.register_assert_rewrite(f"{__name__}.{_port}")
