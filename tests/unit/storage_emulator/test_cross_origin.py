"""What a bucket's `cors` rules allow a page."""

from infra.local.emulators.storage.cross_origin import EVERYTHING, answer_headers, preflight_headers

RULE = {
    "origin": ["https://shop.example"],
    "method": ["PUT"],
    "responseHeader": ["Content-Type", "x-goog-meta-color"],
    "maxAgeSeconds": 60,
}


def preflight(
    origin: str = "https://shop.example", method: str = "PUT", wanted: str = "content-type"
) -> dict[str, str]:
    headers = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": wanted,
    }
    return preflight_headers([RULE], headers)


def test_a_page_may_ask_for_what_a_rule_allows() -> None:
    assert preflight() == {
        "Access-Control-Allow-Origin": "https://shop.example",
        "Vary": "Origin",
        "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Max-Age": "60",
    }


def test_another_origin_method_or_header_gets_no_permission() -> None:
    assert preflight(origin="https://evil.example") == {}
    assert preflight(method="DELETE") == {}
    assert preflight(wanted="content-type, x-goog-acl") == {}


def test_an_answer_can_be_read_by_the_origins_of_a_rule_only() -> None:
    exposed = {"Access-Control-Expose-Headers": "Content-Type, x-goog-meta-color"}
    allowed = {"Access-Control-Allow-Origin": "https://shop.example", "Vary": "Origin"}
    assert answer_headers([RULE], {"origin": "https://shop.example"}, "PUT") == allowed | exposed
    assert answer_headers([RULE], {"origin": "https://evil.example"}, "PUT") == {}
    assert answer_headers([RULE], {}, "PUT") == {}


def test_the_open_rule_lets_every_page_do_everything() -> None:
    assert answer_headers([EVERYTHING], {"origin": "null"}, "DELETE")["Access-Control-Allow-Origin"] == "*"
