"""Nothing left to borrow: one connection is enough for any path, whoever waits."""

import pytest
from sqlalchemy import create_engine

from common.errors import Unavailable
from tests.support.parts import PartsPipeline, source_row


@pytest.fixture
def one_connection(parts: PartsPipeline) -> PartsPipeline:
    """A process whose pool has a single connection: whoever wants a second while holding it waits in vain."""
    database = parts.services.database
    url = database.engine.url
    database.close()
    database.__dict__["engine"] = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=1)
    return parts


def test_no_step_takes_a_second_connection_while_it_holds_one(one_connection: PartsPipeline) -> None:
    parts = one_connection
    parts.source(source_row("LM358P"), source_row("LM359P"), source_row(None))
    parts.digikey.sells("LM358P")
    run = parts.run()
    assert parts.figures(run) == {"fetched": 3, "done": 1, "manual": 1, "rejected": 1}
    parts.answer(run, "LM359P", attributes=[{"name": "Circuits", "value": "2"}])
    parts.drive()
    assert parts.ends(run)["LM359P"] == ("done", "pushed")
    assert parts.runs.cancel("default", run, "ada") is False


def test_a_pool_without_a_free_connection_is_told_as_a_service_that_is_away(
    one_connection: PartsPipeline,
) -> None:
    database = one_connection.services.database
    with database.transaction(), pytest.raises(Unavailable), database.transaction():
        pass
