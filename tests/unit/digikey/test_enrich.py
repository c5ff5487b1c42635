"""From a record to an enrichment or to evidence for a person, and how many calls it takes."""

import json
from typing import Any

import pytest
import requests

from common.errors import Refuse
from functions.scrape.digikey.curated_aliases import curated_aliases
from functions.scrape.digikey.enrich import MOST_CALLS, Enrichment, NoMatch, enrich
from tests.unit.digikey.fake_session import NOW, RATE, FakeSession, client, reply
from tests.unit.digikey.products import document, search_body

ALIASES = curated_aliases()
NOT_FOUND = reply(404, {"title": "Not Found"}, RATE)


def looked_up(
    number: Any, maker: Any, *replies: requests.Response
) -> tuple[Enrichment | NoMatch, FakeSession]:
    session = FakeSession(*replies)
    result = enrich(client(session), {"part_number": number, "manufacturer": maker}, ALIASES)
    assert result.calls == len(session.calls) <= MOST_CALLS
    return result, session


def test_a_known_part_takes_one_call() -> None:
    exact = document("LM358P")
    alternatives = [document(f"LM358P{n}") for n in range(30)]
    result, session = looked_up(
        "lm358p ", "TI", reply(200, search_body(exact, *alternatives, exact=(exact,)), RATE)
    )
    assert isinstance(result, Enrichment)
    assert (result.matched_by, result.calls, result.note) == ("part_number", 1, None)
    assert result.fields["part_number"]["value"] == "LM358P"
    assert result.product_url == "https://digikey.example/LM358P"
    assert result.fetched_at == NOW
    assert result.rate is not None
    assert result.rate.remaining == 876
    assert session.calls[0].options["json"]["Keywords"] == "lm358p"


def test_a_part_under_another_name_is_found_among_the_alternatives() -> None:
    listed = document("0022232021", "Molex", OtherNames=["22-23-2021"])
    result, _ = looked_up("22-23-2021", "Molex", reply(200, search_body(document("22-23-9"), listed)))
    assert isinstance(result, Enrichment)
    assert result.matched_by == "other_name"


def test_a_product_without_parameters_is_completed_from_its_details() -> None:
    sparse, full = document("LM358P", Parameters=[]), document("LM358P")
    result, session = looked_up(
        "LM358P", "TI", reply(200, search_body(sparse)), reply(200, {"Product": full}, RATE)
    )
    assert isinstance(result, Enrichment)
    assert len(result.fields["attributes"]) == 1
    assert session.calls[1].url.endswith("-ND/productdetails")
    assert session.calls[1].options["params"] == {"manufacturerId": str(sparse["Manufacturer"]["Id"])}


@pytest.mark.parametrize("details", [NOT_FOUND, reply(200, {"Product": document("LM358P", "onsemi")})])
def test_details_that_are_missing_or_of_another_product_are_not_used_and_that_is_said(
    details: requests.Response,
) -> None:
    sparse = document("LM358P", Parameters=[])
    result, _ = looked_up("LM358P", "TI", reply(200, search_body(sparse)), details)
    assert isinstance(result, Enrichment)
    assert result.note == "details_missing"
    assert result.fields["manufacturer"]["value"] == "Texas Instruments"


def test_an_unknown_part_takes_one_call_and_leaves_what_was_seen() -> None:
    alternatives = [document(f"XR22{n:02d}") for n in range(25)]
    result, _ = looked_up("XR2206CP", "Exar", reply(200, search_body(*alternatives), RATE))
    assert isinstance(result, NoMatch)
    assert result.reason == "not_found"
    assert result.evidence["asked"] == {"part_number": "XR2206CP", "manufacturer": "Exar"}
    assert result.evidence["seen"] == 25
    assert len(result.evidence["candidates"]) == 10
    assert result.evidence["candidates"][0] == {
        "part_number": "XR2200",
        "manufacturer": "Texas Instruments",
        "manufacturer_id": alternatives[0]["Manufacturer"]["Id"],
        "other_names": [],
        "digikey_part_numbers": [alternatives[0]["ProductVariations"][0]["DigiKeyProductNumber"]],
        "url": "https://digikey.example/XR2200",
        "accepted_number": False,
    }
    json.dumps(result.evidence)


def test_a_search_cut_off_at_its_page_is_followed_by_asking_for_the_number_itself() -> None:
    page = [document(f"SN74HC{n}") for n in range(50)]
    found = document("SN74HC00N")
    result, session = looked_up(
        "SN74HC00N", "TI", reply(200, search_body(*page, count=93)), reply(200, {"Product": found})
    )
    assert isinstance(result, Enrichment)
    assert session.calls[1].options["params"] == {"manufacturerId": str(page[0]["Manufacturer"]["Id"])}


def test_what_such_a_question_brings_must_pass_the_rule_too() -> None:
    page = reply(200, search_body(document("CR20"), count=93))
    other = document("CR2032", "Panasonic")
    result, _ = looked_up("CR2032", "Renata", page, reply(200, {"Product": other}))
    assert isinstance(result, NoMatch)
    assert result.reason == "wrong_manufacturer"
    assert [(one["manufacturer"], one["accepted_number"]) for one in result.evidence["candidates"]] == [
        ("Panasonic", True),
        ("Texas Instruments", False),
    ]


def test_a_number_unknown_there_as_well_is_not_found() -> None:
    result, _ = looked_up("CR2032", None, reply(200, search_body(document("CR20"), count=93)), NOT_FOUND)
    assert isinstance(result, NoMatch)
    assert result.reason == "not_found"
    assert result.rate is not None


def test_a_number_of_dots_is_never_asked_for_by_path() -> None:
    result, _ = looked_up("..", None, reply(200, search_body(document("A"), count=93)))
    assert isinstance(result, NoMatch)


def test_a_number_that_fits_two_makers_is_ambiguous_and_both_are_evidence() -> None:
    both = (document("CR2032", "Panasonic"), document("CR2032", "Murata"))
    result, _ = looked_up("CR2032", None, reply(200, search_body(*both, exact=both)))
    assert isinstance(result, NoMatch)
    assert result.reason == "ambiguous"
    assert [one["manufacturer"] for one in result.evidence["candidates"]] == ["Panasonic", "Murata"]


@pytest.mark.parametrize("number", [None, "", "  ", "X" * 251])
def test_a_number_that_digikey_cannot_be_asked_for_is_refused(number: str | None) -> None:
    with pytest.raises(Refuse, match="1 to 250 characters"):
        looked_up(number, "TI")
