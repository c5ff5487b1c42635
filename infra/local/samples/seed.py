"""Put the samples where the flows read them, once: a source that is there already is left as it is."""

import json
from pathlib import Path

from common.services import Services
from common.warehouse.port import Column

_HERE = Path(__file__).parent
_JOB = "shelfline_sample_parts"


def seed_parts(services: Services) -> int:
    """The sample parts as table `parts`, with all their edges and the rows that are wrong; rows loaded, 0 if it is there."""
    if services.warehouse.table_exists("parts"):
        return 0
    rows = [json.loads(line) for line in (_HERE / "parts.ndjson").read_text().splitlines()]
    schema = [_column(field) for field in json.loads((_HERE / "parts_schema.json").read_text())]
    return services.warehouse.load_rows(_JOB, "parts", rows, schema)


SEEDS = {"parts": seed_parts}
"""What puts the samples of each flow in place."""


def _column(field: dict[str, object]) -> Column:
    inside = field.get("fields") or []
    assert isinstance(inside, list)
    return Column(
        str(field["name"]),
        str(field["type"]),
        str(field.get("mode", "NULLABLE")),
        tuple(_column(each) for each in inside),
    )
