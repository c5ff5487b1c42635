"""How much a customer book may be. A book of fifty customers has 10 KiB and 2,000 values."""

from typing import Final

LARGEST_FILE: Final = 4 << 20
"""Bytes."""
MOST_NODES: Final = 200_000
"""Keys and values, repeated for every alias: some thousands of customers."""
DEEPEST: Final = 12
"""Levels of lists and mappings; a customer's entry has five."""
MOST_PROBLEMS: Final = 1000
"""More than a person reads; a bound for a file that is something else altogether."""
