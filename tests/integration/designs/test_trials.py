"""Mode TEST asks nobody."""

from tests.support.designs import DesignsPipeline, png


def test_a_shop_that_is_not_there_is_told_and_nobody_is_asked(flow: DesignsPipeline) -> None:
    flow.upload({"a.png": png(1)}, shop="Nowhere", product_template="Anything")
    trial = flow.run_all({"mode": "TEST"})
    assert flow.outcomes(trial) == {"a.png": "would_ask_a_person"}
    assert flow.sql("select * from manual_tasks") == []
    run = flow.run_all()
    assert flow.outcomes(run) == {"a.png": "no_shop"}
    assert len(flow.sql("select * from manual_tasks")) == 1
