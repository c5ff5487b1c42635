"""The customer book: who the customers are, what every system calls them, and whose orders go to which board.

`checking.check` reads a YAML file into a `CustomerBook`, or says by line everything that is wrong with it; `store` keeps
its versions. Nothing but `store` touches a database, so a file is checked wherever it lies; and nothing but `checking`
loads a YAML parser, so that the steps, which read stored books, start without one.
"""

from common.customers.board import BoardRule
from common.customers.book import CustomerBook
from common.customers.customer import DEFAULT_UNIQUE_KEYS, SYSTEMS, Customer, Status
from common.customers.names import UNKNOWN, fold
from common.customers.problem import BookProblem, Severity

__all__ = [
    "DEFAULT_UNIQUE_KEYS",
    "SYSTEMS",
    "UNKNOWN",
    "BoardRule",
    "BookProblem",
    "Customer",
    "CustomerBook",
    "Severity",
    "Status",
    "fold",
]
