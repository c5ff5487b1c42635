"""A part's way from BigQuery through DigiKey into the catalogue, and back to BigQuery."""

import itertools

import pytest

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


def test_what_digikey_lists_is_kept_as_text_that_people_write(parts: PartsPipeline) -> None:
    parts.source(source_row("LM358P"))
    parts.digikey.sells("LM358P", OtherNames=["LM358PE4", "LM358PG4"])
    parts.run()
    extras = dict(parts.sql("select name, value from part_extras"))
    assert extras["other_names"] == "LM358PE4; LM358PG4"


def test_what_the_source_knows_itself_is_kept_beside_what_digikey_adds(parts: PartsPipeline) -> None:
    lists = {
        "specs": [{"spec_name": "Circuits", "spec_value": "2", "spec_units": "pcs"}],
        "docs": [{"doc_url": "https://maker.example/a.pdf", "doc_desc": "Errata", "doc_type": "errata"}],
        "sellers": [
            {"name": "Corner Shop", "type": "broker", "sku": "C-1", "price": "0.40", "currency": "EUR"}
        ],
        "extra": [{"name": "bin", "value": "7"}],
    }
    parts.source(source_row("A", maker=None, **lists))
    parts.digikey.sells("A")
    parts.run()
    attributes = parts.sql(
        "select name, value_text, value_number, unit, source from part_attributes order by name"
    )
    assert attributes == [
        ("Circuits", "2", 2, "pcs", "bigquery"),
        ("Mounting Type", "Through Hole", None, None, "digikey"),
    ]
    documents = parts.sql("select url, type, description, source from part_documents")
    assert documents == [("https://maker.example/a.pdf", "errata", "Errata", "bigquery")]
    sellers = parts.sql("select name, type, offer->>'sku', source from part_sellers order by name")
    assert sellers == [
        ("Corner Shop", "broker", "C-1", "bigquery"),
        ("DigiKey", "distributor", None, "digikey"),
    ]
    assert ("bin", "7", "bigquery") in parts.sql("select name, value, source from part_extras")


@pytest.mark.parametrize("spellings", list(itertools.permutations(["Microchip", "MICROCHIP", "microchip"])))
def test_a_makers_name_does_not_depend_on_which_of_its_parts_comes_first(
    parts: PartsPipeline, spellings: tuple[str, ...]
) -> None:
    for score, maker in zip((90, 80, 70), spellings, strict=True):
        parts.source(source_row(f"PIC{score}", maker=maker, score=score))
        parts.digikey.sells(f"PIC{score}", maker="Microchip")
    parts.run({"max_batch_size": 1})
    assert parts.sql("select key, name from manufacturers") == [("microchip", "Microchip")]
