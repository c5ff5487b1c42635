"""Flows that SHELFLINE_FLOWS names."""

import pytest

from common.errors import Misconfigured
from common.pipeline.registry import parse


def test_flows_are_named_by_where_they_are() -> None:
    assert parse("toy=tests.support.toy_flow:FLOW, my-own=shop.flows:OWN,") == {
        "toy": "tests.support.toy_flow:FLOW",
        "my-own": "shop.flows:OWN",
    }


def test_without_any_there_is_none() -> None:
    assert parse("") == {}


@pytest.mark.parametrize(
    "wrong", ["toy", "toy=module", "to_y=module:FLOW", "Toy=module:FLOW", "toy=a b:FLOW"]
)
def test_what_names_no_flow_is_refused_with_the_way_to_write_it(wrong: str) -> None:
    with pytest.raises(Misconfigured, match="write name=module:attribute"):
        parse(wrong)
