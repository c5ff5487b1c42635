"""Which order a row is."""

import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.canonical import canonical_bytes
from common.problems import Problem
from functions.fetch.orders.layout import Layout
from functions.hash.orders.identity import DEFAULT_UNIQUE_KEYS, NAMESPACE, RowIdentities
from tests.unit.orders.sample import LABELS, LAYOUT, cells

TEXTS = some.text(some.characters(exclude_categories=["Cs"]), max_size=8)


def identity(
    row: list[str],
    layout: Layout = LAYOUT,
    customer: str = "NORTHWIND",
    keys: tuple[str, ...] = DEFAULT_UNIQUE_KEYS,
) -> str | Problem:
    return RowIdentities(layout, "acme", customer, keys)(row)


def test_an_id_never_changes() -> None:
    """Ids are on boards: if this fails, every order there would be created a second time."""
    assert identity(cells()) == "44d880e0-503b-53d8-b7cc-76e4465d95ae"


def test_an_id_is_the_uuid_of_the_canonical_key() -> None:
    names = sorted(DEFAULT_UNIQUE_KEYS)
    values = ["JOO-00505", "WHITE", "JWHD100120", "SEA", "8148-00"]
    written = canonical_bytes(["acme", "NORTHWIND", names, values]).decode()
    assert identity(cells()) == str(uuid.uuid5(NAMESPACE, written))


@pytest.mark.parametrize("column", DEFAULT_UNIQUE_KEYS)
def test_every_column_of_the_key_tells_orders_apart(column: str) -> None:
    """An order number alone is not unique: style, colour, delivery and PO belong to the key."""
    assert identity(cells({column: "OTHER"})) != identity(cells())


def test_what_is_not_in_the_key_does_not_count() -> None:
    assert identity(cells({"S": "13", "TOTAL QTY": "67", "NOTES": "late", "RECORD_UUID": "1"})) == identity(
        cells()
    )


def test_tenant_and_customer_belong_to_the_id() -> None:
    assert identity(cells(), customer="OTHER") != identity(cells())
    assert RowIdentities(LAYOUT, "other", "NORTHWIND")(cells()) != identity(cells())


def test_blanks_and_the_form_of_letters_do_not_count_but_case_does() -> None:
    one = identity(cells({"CUSTOMER COLOUR DESCRIPTION": "Grün blau"}))
    assert identity(cells({"CUSTOMER COLOUR DESCRIPTION": "  Gru\u0308n \t blau "})) == one
    assert identity(cells({"CUSTOMER COLOUR DESCRIPTION": "GRÜN BLAU"})) != one


def test_keys_are_known_in_any_spelling_and_order() -> None:
    keys = ("po_number", "Customer Style", "AAG ORDER NUMBER")
    assert identity(cells(), keys=keys) == identity(
        cells(), keys=("AAG ORDER NUMBER", "PO NUMBER", "CUSTOMER STYLE")
    )


@pytest.mark.parametrize("column", ["AAG ORDER NUMBER", "CUSTOMER STYLE"])
def test_a_row_without_order_number_or_style_has_no_id(column: str) -> None:
    problem = identity(cells({column: " null "}))
    assert isinstance(problem, Problem)
    assert (problem.column, problem.reason) == (column, "no_key")


def test_a_blank_colour_delivery_or_po_is_a_value_of_its_own() -> None:
    assert isinstance(identity(cells({"PLANNED DELIVERY METHOD": ""})), str)


def test_a_key_that_is_blank_altogether_is_none() -> None:
    problem = identity(cells({"PO NUMBER": "", "NOTES": ""}), keys=("PO NUMBER", "NOTES"))
    assert isinstance(problem, Problem)
    assert problem.column == "NOTES"


def test_key_columns_that_the_source_lacks_are_told() -> None:
    layout = Layout([label for label in LABELS if label != "PO NUMBER"])
    assert RowIdentities(layout, "acme", "NORTHWIND").missing_columns == ("PO NUMBER",)
    assert RowIdentities(LAYOUT, "acme", "NORTHWIND").missing_columns == ()


def test_an_empty_list_of_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="NORTHWIND has an empty list of unique keys"):
        identity(cells(), keys=())


def test_the_key_is_shown_to_people_without_what_is_blank() -> None:
    identities = RowIdentities(LAYOUT, "acme", "NORTHWIND")
    assert identities.key_text(cells({"PLANNED DELIVERY METHOD": ""})) == (
        "AAG ORDER NUMBER JOO-00505, CUSTOMER COLOUR DESCRIPTION WHITE, CUSTOMER STYLE JWHD100120, PO NUMBER 8148-00"
    )


def test_many_rows_have_the_ids_they_have_alone() -> None:
    rows = [cells({"PO NUMBER": f"{number % 700}-00"})[: 15 + number % 7] for number in range(1203)]
    identities = RowIdentities(LAYOUT, "acme", "NORTHWIND")
    assert identities.of(rows) == [identities(row) for row in rows]
    assert identities.of([]) == []


@given(some.randoms(use_true_random=False), TEXTS, TEXTS)
def test_an_id_is_stable_under_the_order_of_columns_and_blanks(
    chance: random.Random, colour: str, delivery: str
) -> None:
    changes = {"CUSTOMER COLOUR DESCRIPTION": colour, "PLANNED DELIVERY METHOD": delivery}
    labels = list(LABELS)
    chance.shuffle(labels)
    spaced = {column: f" {text}\t" for column, text in changes.items()}
    assert identity(cells(spaced, labels), Layout(labels)) == identity(cells(changes))


@given(some.tuples(TEXTS, TEXTS), some.tuples(TEXTS, TEXTS))
def test_values_do_not_flow_from_one_column_into_the_next(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    columns = ("CUSTOMER COLOUR DESCRIPTION", "PO NUMBER")
    identities = RowIdentities(LAYOUT, "acme", "NORTHWIND")
    rows = [cells(dict(zip(columns, pair, strict=True))) for pair in (one, other)]
    same_key = identities.key_text(rows[0]) == identities.key_text(rows[1])
    assert same_key or identities(rows[0]) != identities(rows[1])
    assert identity(cells(dict(zip(columns, ("a|b", "c"), strict=True)))) != identity(
        cells(dict(zip(columns, ("a", "b|c"), strict=True)))
    )
