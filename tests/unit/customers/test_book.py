"""Who is meant by a name, and which board takes an order."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.customers import DEFAULT_UNIQUE_KEYS, UNKNOWN, CustomerBook
from common.errors import Misconfigured
from tests.unit.customers.books import SOUND, book_of

ROOT = Path(__file__).parents[3]
PATTERNS = book_of(
    """
    customers:
      - canonical: HARBOUR LANE
        status: approved
        packed_products: [HARBOUR LANE, HARBOUR LANE KIDS, HL MENS]
        shipped: HARBOURLANE
      - canonical: TALLOW (AU)
        status: review
        aliases: [Tallow Australia]
      - canonical: TALLOW (NZ)
        status: approved
      - canonical: ROUTE SEVENTEEN
        status: approved
        aliases: [ROUTE 17]
      - canonical: FERN
        status: review
        aliases: [Fern & Sons Trading Pty. Ltd.]
      - canonical: O'HARA'S
        status: approved
    boards:
      - {board: "11", customers: [HL MENS], seasons: [Spring 2026, "2026 SPRING"]}
      - {board: "12", customers: [HARBOUR LANE]}
      - {board: "13", seasons: [AUTUMN 2026]}
      - {board: "14", customers: [FERN]}
    """
)


@pytest.mark.parametrize(
    ("name", "canonical", "status"),
    [
        ("harbour lane kids", "HARBOUR LANE", "approved"),
        ("HL  Mens", "HARBOUR LANE", "approved"),
        ("HarbourLane", "HARBOUR LANE", "approved"),
        ("tallow (au)", "TALLOW (AU)", "review"),
        ("tallow (nz)", "TALLOW (NZ)", "approved"),
        ("TALLOW", "TALLOW", "unknown"),
        ("Route 17", "ROUTE SEVENTEEN", "approved"),
        ("Route Seventeen", "ROUTE SEVENTEEN", "approved"),
        ("fern & sons trading pty. ltd.", "FERN", "review"),
        ("O’Hara’s", "O'HARA'S", "approved"),
        ("O`HARA´S", "O'HARA'S", "approved"),
        (" nobody’s  brand ", "NOBODY'S BRAND", "unknown"),
        ("", UNKNOWN, "unknown"),
        ("  ", UNKNOWN, "unknown"),
        (None, UNKNOWN, "unknown"),
    ],
)
def test_a_spelling_finds_its_customer(name: str | None, canonical: str, status: str) -> None:
    found = PATTERNS.find(name)
    assert (found.canonical, found.status) == (canonical, status)


def test_approved_customers_come_in_the_order_of_the_file_then_review_then_unknown() -> None:
    names = ("HARBOUR LANE", "TALLOW (NZ)", "ROUTE SEVENTEEN", "O'HARA'S", "FERN", "NOBODY")
    assert [PATTERNS.find(name).position for name in names] == [1, 2, 3, 4, 999, 1000]


@given(st.text())
def test_the_canonical_name_finds_what_the_name_found(name: str) -> None:
    found = PATTERNS.find(name)
    assert PATTERNS.find(found.canonical) == found


@given(st.sampled_from([name for each in PATTERNS.customers for name in each.spellings]), st.data())
def test_every_spelling_of_a_name_finds_the_same_customer(name: str, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([letter.lower(), letter.upper()])) for letter in name]
    blank = data.draw(st.sampled_from([" ", "  ", "\t", "\u00a0"]))
    spelled = unicodedata.normalize("NFD", f"{blank}{''.join(letters).replace(' ', blank)}{blank}")
    assert PATTERNS.find(spelled) is PATTERNS.find(name)


def test_a_name_is_looked_up_once() -> None:
    assert PATTERNS.find("Some Stranger") is PATTERNS.find("Some Stranger")


def test_without_keys_of_its_own_a_customer_has_the_usual_ones() -> None:
    assert PATTERNS.find("FERN").unique_keys == DEFAULT_UNIQUE_KEYS
    assert PATTERNS.find("NOBODY").unique_keys == DEFAULT_UNIQUE_KEYS
    assert PATTERNS.find("FERN").extra_checks == ()


@pytest.mark.parametrize(
    ("customer", "season", "board"),
    [
        ("HARBOUR LANE", "SPRING 2026", "11"),
        ("harbourlane", ["", None, "2026 spring"], "11"),
        ("HARBOUR LANE", ["AUTUMN 2026", "spring  2026"], "11"),
        ("HARBOUR LANE", "AUTUMN 2026", "12"),
        ("HARBOUR LANE", None, "12"),
        ("TALLOW (AU)", ["AUTUMN 2026"], "13"),
        ("A STRANGER", "autumn 2026", "13"),
        ("FERN", [], "14"),
        ("TALLOW (AU)", "SPRING 2026", None),
        ("", None, None),
    ],
)
def test_the_first_board_that_takes_it_counts(
    customer: str, season: str | list[str | None] | None, board: str | None
) -> None:
    assert PATTERNS.board(customer, season) == board
    assert PATTERNS.board(PATTERNS.find(customer), season) == board


def test_everything_of_an_entry_is_kept() -> None:
    found = book_of(SOUND).find("nw clothiers")
    assert found.unique_keys == ("AAG ORDER NUMBER", "CUSTOMER STYLE")
    assert found.extra_checks == ("PO NUMBER", "ORDER TYPE")
    assert found.column_mapping == {"Their Header": "PO NUMBER", "Left Out": None}
    assert found.names["master_order_list"] == ("NORTHWIND CLOTHIERS", "Northwind Ltd")
    assert found.shipment_key_config["extra_checks"] == ["shippingCountry"]
    assert found.matching_config == {"threshold": 0.85, "fuzzy": True, "fields": ["style", 7]}
    assert found.line == 3


@pytest.mark.parametrize("book", [PATTERNS, book_of(SOUND), CustomerBook()])
def test_a_book_comes_back_from_json_as_it_was(book: CustomerBook) -> None:
    assert CustomerBook.from_json(json.loads(json.dumps(book.as_json()))) == book


def test_a_document_of_another_form_says_to_load_the_file_again() -> None:
    with pytest.raises(Misconfigured, match="shelfline customers load FILE"):
        CustomerBook.from_json({"format": 2})


def test_reading_stored_books_loads_no_parser() -> None:
    code = "import sys, common.customers.store, functions.api.routes.customers; print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
