"""What files are called."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.stage.designs import names

AT = datetime(2030, 1, 2, 14, 5, 6, 123_999, tzinfo=UTC)


def test_a_print_is_named_by_its_kind_number_and_template() -> None:
    assert names.physical("UVDTF 16oz", 100) == "UV 100 UVDTF 16oz_100.png"
    assert names.physical("Mug 11oz", 7) == "DTF 007 Mug 11oz_007.png"
    assert names.physical("Mug 11oz", 1234) == "DTF 1234 Mug 11oz_1234.png"


def test_a_file_that_is_sold_is_named_by_its_number() -> None:
    assert names.digital(100) == "Digital 100.png"


def test_a_picture_without_a_number_is_named_by_its_upload_its_time_and_its_content() -> None:
    found = names.comprehensive("my art (final).png", AT, "0a1b2c3d4e" * 6, ".png")
    assert found == "my_art_final_20300102_140506_123_0a1b2c3d.png"
    with pytest.raises(ValueError, match="eight"):
        names.comprehensive("art.png", AT, "xyz", ".png")


def test_mock_ups_are_numbered_behind_the_name_of_their_design() -> None:
    assert names.mockup("UV 100 UVDTF 16oz_100.png", 2) == "UV 100 UVDTF 16oz_100_BG_2.jpg"


def test_everything_lies_in_the_folder_of_its_shop() -> None:
    name = "Digital 100.png"
    assert (
        names.design_object("My shop", "Art", name, is_digital=True) == "My shop/Digital/Art/Digital 100.png"
    )
    assert names.design_object("My shop", "Art", "a.png", is_digital=False) == "My shop/Art/a.png"
    assert names.mockup_object("My shop", "Art", "a_BG_1.jpg") == "My shop/Mockups/Art/a_BG_1.jpg"


@pytest.mark.parametrize(
    ("upload", "stem"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\art\\rose.png", "rose"),
        (".png", "png"),
        ("...", "design"),
        ("", "design"),
        ("日本 画.png", "日本_画"),
        ("x" * 90 + ".png", "x" * 50),
    ],
)
def test_a_users_name_is_made_harmless(upload: str, stem: str) -> None:
    assert names.stem(upload) == stem


@given(st.text())
def test_no_name_leaves_its_folder(name: str) -> None:
    for made in (names.part(name), names.stem(name)):
        assert made
        assert made not in (".", "..")
        assert not set(made) & set('/\\\n\x00*?#[]"')
    assert len(names.stem(name)) <= 50
    assert names.design_object(name, name, f"{name}.png", is_digital=False).count("/") == 2
