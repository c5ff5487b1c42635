"""The guard against mass changes: a source that has gone wrong must not empty a board."""


def is_mass_change(*, held: int, touched: int, most_rows: int, most_share: float) -> bool:
    """Whether so many of a customer's orders would be changed or deleted at once that a person has to look.

    held: orders that the boards hold; touched: of these, how many would be changed or deleted. Both limits must be
    exceeded: a few rows of a small customer are many per cent, and a per cent of a large one is many rows.
    """
    return touched > most_rows and touched > most_share * held
