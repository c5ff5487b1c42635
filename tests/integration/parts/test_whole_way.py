"""A part's way from BigQuery through DigiKey into the catalogue, and back to BigQuery."""

from tests.support.parts import PartsPipeline, source_row


def test_a_known_part_ends_in_the_catalogue_and_in_bigquery(parts: PartsPipeline) -> None:
    parts.source(source_row("LM358P"))
    parts.digikey.sells("LM358P")
    run = parts.run()
    assert parts.state(run) == "completed"
    assert parts.ends(run) == {"LM358P": ("done", "pushed")}
    assert parts.sql("select key, part_number, version from parts") == [
        ("texas instruments|lm358p", "LM358P", 1)
    ]
    [row] = parts.enriched()
    assert row["pn"] == "LM358P"
    assert [attribute["name"] for attribute in row["attributes"]] == ["Mounting Type"]
    assert parts.found_by_sweep == 0
