"""Few files are one piece that one wake-up takes as far as it can without a vendor; many are spread."""

from typing import Any

import pytest

from common.interface.configuration import Configuration
from common.tasks.wake_up import parse
from tests.support.deaths import PLACES, Place
from tests.support.designs import FAR, SELLER, DesignsPipeline, png, resized

FILES = {
    "a.png": png(1),
    "a again.png": png(1),
    "small a.png": resized(1),
    "b.png": png(2),
    "no picture.png": b"no pixels",
}
OUTCOMES = {
    "a.png": "no_shop",
    "a again.png": "duplicate",
    "small a.png": "near_duplicate",
    "b.png": "no_shop",
    "no picture.png": "not_an_image",
}


def uploaded(flow: DesignsPipeline, files: dict[str, bytes], **settings: Any) -> str:
    """The run that an upload of these files starts, under these settings of the tenant's."""
    if settings:
        Configuration(flow.services, SELLER).store(settings)
    flow.upload(files, run=True)
    return str(flow.one("select id from runs order by created_at desc limit 1"))


def deliveries(flow: DesignsPipeline) -> list[str]:
    """The steps of all wake-ups until the flow rests."""
    steps = []
    while flow.tasks.waiting:
        task = flow.tasks.waiting.pop(0)
        steps.append(parse(task.body).step)
        flow.deliver(task)
    return steps


@pytest.mark.parametrize(
    ("count", "settings", "wake_ups"),
    [
        (1, {}, 1),
        (2, {}, 5),
        (2, {"comprehensive_workflow_min_files": 3}, 1),
        (3, {"comprehensive_workflow_min_files": 3}, 5),
        (3, {"use_comprehensive_workflow": False}, 1),
    ],
)
def test_which_uploads_are_one_piece(
    flow: DesignsPipeline, count: int, settings: dict[str, Any], wake_ups: int
) -> None:
    run = uploaded(flow, {f"{number}.png": png(number) for number in range(count)}, **settings)
    assert len(deliveries(flow)) == wake_ups
    assert set(flow.outcomes(run).values()) == {"no_shop"}
    assert flow.state(run) == "completed"


def test_pieces_are_cut_by_bytes_and_by_files_as_it_is_set(flow: DesignsPipeline) -> None:
    uploaded(flow, {f"{number}.png": png(number) for number in range(5)}, upload_piece_files=2)
    assert deliveries(flow).count("hash") == 3
    uploaded(flow, {f"{number}.png": bytes(700 << 10) for number in range(3)}, upload_piece_mib=1)
    assert deliveries(flow).count("hash") >= 3


def test_it_comes_to_the_same_as_when_it_is_spread(flow: DesignsPipeline) -> None:
    run = uploaded(flow, FILES, use_comprehensive_workflow=False)
    flow.drive(patience=FAR)
    assert flow.outcomes(run) == OUTCOMES
    assert flow.imbalance(run) is None


def test_spread_it_comes_to_the_same(flow: DesignsPipeline) -> None:
    run = uploaded(flow, FILES, upload_piece_files=1)
    flow.drive(patience=FAR)
    assert flow.outcomes(run) == OUTCOMES
    assert flow.imbalance(run) is None


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_that_dies_with_the_one_piece_loses_and_doubles_nothing(
    flow: DesignsPipeline, place: Place
) -> None:
    run = uploaded(flow, FILES, use_comprehensive_workflow=False, crash_loop_tries=20)
    for step in ("fetch", "hash", "decide", "stage"):  # where a wake-up begins, whatever step it has come to
        flow.deaths.plan(step, place)
    flow.drive(twice=True, patience=FAR)
    assert ("fetch", place) not in flow.deaths.planned
    assert flow.outcomes(run) == OUTCOMES
    assert len(flow.designs()) == 3
    assert flow.imbalance(run) is None
