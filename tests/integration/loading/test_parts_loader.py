"""The samples go into BigQuery through the real clients, whole and once."""

import io
import json
from pathlib import Path

from common.services import Services
from functions.fetch.parts.loader import PartsLoader

_SAMPLES = Path(__file__).parents[3] / "infra/local/samples/parts.ndjson"


def _rows(services: Services, job: str) -> list[dict[str, object]]:
    services.warehouse.start_query(job, "select * from parts order by product_id", {})
    return services.warehouse.query_page(job, None, 5000).rows


def test_the_samples_are_loaded_and_again_change_nothing(services: Services) -> None:
    loader = PartsLoader(services)
    with _SAMPLES.open("rb") as stream:
        first = loader.load(stream, file=_SAMPLES.name, tenant="default")
        before = _rows(services, "rows_before")
        again = loader.load(stream, file=_SAMPLES.name, tenant="default")
    given = [json.loads(line) for line in _SAMPLES.read_text().splitlines()]
    assert first.read == len(given)
    assert first.loaded + first.rejected == first.read
    assert len(before) == first.loaded
    assert (again.read, again.loaded, again.rejected) == (first.read, first.loaded, first.rejected)
    assert _rows(services, "rows_after") == before
    assert list(services.objects.list("loads/")) == []


def test_a_sample_reads_in_bigquery_as_in_its_file(services: Services) -> None:
    line = next(line for line in _SAMPLES.read_text().splitlines() if json.loads(line)["priority_score"])
    PartsLoader(services).load(io.BytesIO(line.encode()), file="one.ndjson", tenant="default")
    given = json.loads(line)
    services.warehouse.start_query(
        "one_row", "select * from parts where product_id = @id", {"id": given["product_id"]}
    )
    [row] = services.warehouse.query_page("one_row", None, 1).rows
    assert (row["pn"], row["priority_score"]["score"]) == (given["pn"], given["priority_score"]["score"])
    assert [spec["spec_name"] for spec in row["specs"]] == [spec["spec_name"] for spec in given["specs"]]
