"""The numbers in the names of designs: one sequence for each template of each shop, in the database."""

from typing import TYPE_CHECKING

from common.shops.mockup import FIRST_NUMBER

if TYPE_CHECKING:
    from common.database.engine import Database


def take(
    database: "Database",
    tenant: str,
    shop: int,
    template: str,
    *,
    count: int = 1,
    starting: int = FIRST_NUMBER,
) -> int:
    """Take so many numbers in a row: the first of them. None of a shop's template is ever given twice.

    shop: its id; template: its name, by which files are named. starting: the mock-up's `starting_name`: numbers
    begin there, or jump there when they are not so far yet, but never back. Committed by itself, so nobody waits for
    another's transaction: keep the number where the design is kept before anything is named by it; one that is not
    kept is a gap, and nothing else. Raises DataRefused for a shop that the tenant does not have.
    """
    if count < 1 or starting < 1:
        raise ValueError("At least one number is taken, and numbers begin at 1.")
    return int(database.call("shelfline_take_design_numbers_v1", tenant, shop, template, count, starting))
