"""Customer books as they are written."""

from textwrap import dedent

from common.customers import BookProblem, CustomerBook
from common.customers.checking import check

SOUND = """\
review_count: 1
customers:
  - canonical: NORTHWIND
    status: approved
    packed_products: NORTHWIND
    shipped: NORTHWIND CLOTHIERS
    master_order_list: [NORTHWIND CLOTHIERS, Northwind Ltd]
    mon_customer_ms: NORTHWIND
    aliases: [NW CLOTHIERS]
    order_key_config:
      unique_keys: [AAG ORDER NUMBER, CUSTOMER STYLE]
      extra_checks: [PO NUMBER, ORDER TYPE]
    shipment_key_config:
      unique_keys: [Customer_PO, Shipping_Method, Style, Color, Size]
      extra_checks: [shippingCountry]
    column_mapping: {Their Header: po number, Left Out: null}
    matching_config: {threshold: 0.85, fuzzy: true, fields: [style, 7]}
  - canonical: TALLOW & REED (AU)
    status: review
    shipped: Tallow and Reed Pty
boards:
  - board: "2001001"
    seasons: [SPRING SUMMER 2026]
    customers: [Northwind Ltd]
  - board: 2001002
"""


def yaml(text: str) -> str:
    """A book written indented in a test."""
    return dedent(text).lstrip("\n")


def book_of(text: str) -> CustomerBook:
    """The book of a text that has no error."""
    checked = check(yaml(text))
    assert checked.errors == ()
    return checked.draft


def problems_of(text: str) -> list[BookProblem]:
    """What is wrong with a text; that it names no board counts only where it is asked for."""
    return [each for each in check(yaml(text)).problems if (each.field, each.reason) != ("boards", "missing")]


def places_of(text: str) -> list[tuple[int, str, str, str]]:
    """(line, entry, field, reason) of each problem."""
    return [(each.line, each.entry, each.field, each.reason) for each in problems_of(text)]
