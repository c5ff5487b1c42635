"""What an uploader says of all files of an upload."""

from typing import Any

import pytest

from common.errors import Usage
from common.uploads.choices import Choices

ALL: dict[str, Any] = {
    "shop": "Mine",
    "product_template": "Cup",
    "mockup": "Kitchen",
    "canvas_config": "Wide",
    "size_config": "Large",
    "description": "A cat.",
    "is_digital": False,
}


def test_all_that_is_said_comes_back() -> None:
    assert Choices.parse(ALL).as_json() == ALL


def test_what_is_not_said_is_left_out() -> None:
    assert Choices.parse({"shop": "Mine", "mockup": None}).as_json() == {"shop": "Mine"}
    assert Choices.parse({}) == Choices()


@pytest.mark.parametrize("name", sorted(set(ALL) - {"is_digital"}))
@pytest.mark.parametrize("value", [1, True, ["a"], {}])
def test_a_text_is_a_text(name: str, value: object) -> None:
    with pytest.raises(Usage, match=f"{name} is a text") as refused:
        Choices.parse({name: value})
    assert refused.value.reason == "bad_choice"


@pytest.mark.parametrize("value", [1, "true", 0.0])
def test_digital_is_true_or_false(value: object) -> None:
    with pytest.raises(Usage, match="true or false"):
        Choices.parse({"is_digital": value})


def test_a_name_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(Usage, match=r"shop, product_template.*not colour, mockups") as refused:
        Choices.parse({"mockups": "x", "colour": "red"})
    assert refused.value.reason == "unknown_choice"
