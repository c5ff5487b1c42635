"""Words that mean a pair, an attribute with a unit, or a document with a type."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.command_line import arguments
from common.errors import Usage


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Voltage=4.5:V", "4.5", "V"),
        ("Rate=0.5:V/µs", "0.5", "V/µs"),
        ("Load=80:%", "80", "%"),
        ("Temperature=25:°C", "25", "°C"),
        ("Resistance=4.7:Ω", "4.7", "Ω"),
        ("Ratio=1:10", "1:10", None),
        ("Time=12:30", "12:30", None),
        ("Page=https://maker.example/a", "https://maker.example/a", None),
        ("Case=SOT:", "SOT", None),
        ("Case=a:b:", "a:b", None),
        ("Sum=a=b:V", "a=b", "V"),
        (" Name = 5 : mm ", "5", "mm"),
    ],
)
def test_the_unit_is_what_stands_after_the_last_colon(text: str, value: str, unit: str | None) -> None:
    found = arguments.attribute(text)
    assert found["value"] == value
    assert found.get("unit") == unit


@pytest.mark.parametrize(
    "text", ["", "=", "=5", "Voltage", "Voltage=", "Voltage=:", "Voltage=:V", "Voltage= "]
)
def test_an_attribute_without_name_or_value_is_bad_usage(text: str) -> None:
    with pytest.raises(Usage):
        arguments.attribute(text)


words = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1).map(str.strip).filter(bool)


@given(words.filter(lambda name: "=" not in name), words, st.sampled_from(["V", "mm", "°C", "%", "V/µs"]))
def test_what_was_written_with_a_unit_is_read_back(name: str, value: str, unit: str) -> None:
    assert arguments.attribute(f"{name}={value}:{unit}") == {"name": name, "value": value, "unit": unit}


@given(words.filter(lambda name: "=" not in name), words)
def test_a_colon_at_the_end_keeps_any_value_whole(name: str, value: str) -> None:
    assert arguments.attribute(f"{name}={value}:") == {"name": name, "value": value}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://maker.example/a.pdf", {"url": "https://maker.example/a.pdf"}),
        (
            "https://maker.example/a.pdf:datasheet",
            {"url": "https://maker.example/a.pdf", "type": "datasheet"},
        ),
        ("http://host.example:8080", {"url": "http://host.example:8080"}),
        ("http://host.example:8080/a:image", {"url": "http://host.example:8080/a", "type": "image"}),
    ],
)
def test_a_document_is_an_address_and_perhaps_a_type(text: str, found: dict[str, str]) -> None:
    assert arguments.document(text) == found


@pytest.mark.parametrize("text", ["", "datasheet", "ftp://x", "javascript:alert", "https", "https://a b"])
def test_a_document_that_is_no_web_address_is_bad_usage(text: str) -> None:
    with pytest.raises(Usage):
        arguments.document(text)


def test_a_setting_said_twice_is_bad_usage() -> None:
    with pytest.raises(Usage, match="twice"):
        arguments.settings(["a=1", "a=2"])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b'"text"'])
def test_a_file_that_holds_no_object_is_bad_usage(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(content)
    with pytest.raises(Usage):
        arguments.json_file(file)
