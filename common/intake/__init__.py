"""Reading a user's own file: CSV, a JSON array, or one JSON object per line.

    with open_rows(Path("parts.csv"), PARTS_COLUMNS) as rows:
        print(rows.notices)
        for entry in rows:  # Row(number, values) or Problem(row=…)
            ...

Encoding, delimiter and the order of columns are found out; headers are known by synonyms or a mapping. Memory
stays bounded whatever the file holds; a bad record is a `Problem`, and the rest is read. A flow that keeps whatever a file
has gives EveryColumn() for its columns.
"""

from common.intake.columns import Columns, read_mapping
from common.intake.every_column import EveryColumn
from common.intake.reader import Intake, open_rows, read_rows
from common.intake.rows import Row
from common.problems import Problem

__all__ = ["Columns", "EveryColumn", "Intake", "Problem", "Row", "open_rows", "read_mapping", "read_rows"]
