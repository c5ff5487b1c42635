"""A design that was taken back is a design again when it is uploaded again."""

from tests.support.designs import DesignsPipeline, png, resized


def withdraw(flow: DesignsPipeline) -> None:
    """As if the listings of all designs had been taken back."""
    flow.sql("update designs set state = 'withdrawn'")


def test_a_design_that_was_taken_back_goes_on_when_it_is_uploaded_again(flow: DesignsPipeline) -> None:
    flow.process({"a.png": png(1)})
    withdraw(flow)
    run = flow.process({"a again.png": png(1), "and again.png": png(1)})
    assert flow.outcomes(run) == {"a again.png": "no_shop", "and again.png": "duplicate"}
    [design] = flow.designs()
    assert (design.state, design.run_id) == ("stored", run)


def test_one_that_was_not_taken_back_is_a_copy_as_ever(flow: DesignsPipeline) -> None:
    flow.process({"a.png": png(1)})
    assert flow.outcomes(flow.process({"a again.png": png(1)})) == {"a again.png": "duplicate"}


def test_what_was_taken_back_stands_in_no_near_copys_way(flow: DesignsPipeline) -> None:
    flow.process({"a.png": png(1)})
    withdraw(flow)
    assert flow.outcomes(flow.process({"small a.png": resized(1)})) == {"small a.png": "no_shop"}


def test_a_trial_takes_nothing_over(flow: DesignsPipeline) -> None:
    flow.process({"a.png": png(1)})
    withdraw(flow)
    flow.process({"a again.png": png(1)}, settings={"mode": "TEST"})
    assert [design.state for design in flow.designs()] == ["withdrawn"]
