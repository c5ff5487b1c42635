"""What is wrong with a book is said by line, all of it."""

import pytest

from common.customers.checking import check
from tests.unit.customers.books import SOUND, book_of, places_of, problems_of, yaml


def test_a_sound_book_has_no_problem() -> None:
    assert check(SOUND).problems == ()
    assert check(SOUND.encode("utf-8-sig")).book == check(SOUND).book is not None


def test_nothing_stops_at_the_first_problem() -> None:
    text = """
    review_count: 7
    customers:
      - canonical: NORTHWIND
        statsu: approved
        aliases: [NW]
      - canonical: ACME
        status: perhaps
        shipped: {a: b}
        aliases: [nw]
        aliases: [AC]
        order_key_config: {unique_keys: [CUSTOMER STYLE, customer  style], extra_checks: []}
      - status: review
      - just a text
    boards:
      - {board: main, customers: [NOBODY], seasons: []}
    """
    assert places_of(text) == [
        (1, "", "review_count", "miscounted"),
        (3, "NORTHWIND", "status", "missing"),
        (4, "NORTHWIND", "statsu", "unknown_key"),
        (7, "ACME", "status", "bad_status"),
        (8, "ACME", "shipped", "not_a_list"),
        (9, "ACME", "aliases", "conflict"),
        (10, "ACME", "aliases", "duplicate_key"),
        (11, "ACME", "order_key_config.unique_keys", "duplicate"),
        (11, "ACME", "order_key_config.unique_keys", "no_order_number"),
        (11, "ACME", "order_key_config.extra_checks", "empty_list"),
        (12, "customers[3]", "canonical", "missing"),
        (13, "", "customers", "not_a_mapping"),
        (15, "boards[1]", "board", "not_an_id"),
        (15, "boards[1]", "seasons", "empty_list"),
        (15, "boards[1]", "customers", "unknown_customer"),
    ]


def test_every_problem_says_what_to_do() -> None:
    for problem in check(
        "customers:\n - {canonical: [], status: 1}\n - {aliases: [~]}\nboards: {}\n"
    ).problems:
        assert problem.detail.endswith(".")
        assert str(problem).startswith(f"line {problem.line}: ")


def test_a_book_with_an_error_is_no_book_but_the_rest_of_it_is_told() -> None:
    checked = check(
        yaml(
            """
            customers:
              - {canonical: NORTHWIND, status: approved, aliases: [NW]}
              - {canonical: ACME, status: approved, aliases: [NW, ACME LTD]}
            boards: [{board: "1"}]
            """
        )
    )
    assert checked.book is None
    assert [each.reason for each in checked.problems] == ["conflict"]
    assert checked.draft.find("acme ltd").canonical == "ACME"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("canonical: ONE", "canonical: one"),
        ("canonical: ONE", "{canonical: TWO, aliases: [One]}"),
        ("{canonical: TWO, aliases: [O’NE]}", "{canonical: THREE, shipped: o'ne}"),
        ("{canonical: TWO, packed_products: [A, B]}", "{canonical: THREE, mon_customer_ms: ' b '}"),
        ("{canonical: TWO, master_order_list: cafe\u0301}", "canonical: CAFÉ"),
    ],
)
def test_one_name_of_two_customers_names_both_and_both_lines(first: str, second: str) -> None:
    text = f"customers:\n- {first}\n- {second}\n"
    [conflict] = [each for each in check(text).problems if each.reason == "conflict"]
    names = [each.canonical for each in check(text).draft.customers]
    assert conflict.line == 3
    assert f"{names[0]} (line 2) and {names[1]} (line 3)" in conflict.detail


def test_one_customer_may_repeat_its_own_name() -> None:
    book = book_of("customers: [{canonical: ONE, status: review, shipped: One, aliases: [one, ONE]}]")
    assert [each.canonical for each in book.customers] == ["ONE"]
    assert book.find("one") is book.customers[0]


def test_a_name_is_the_text_that_stands_there() -> None:
    """No boolean for NO, no number for 0017: names are not values."""
    book = book_of(
        """
        customers:
          - {canonical: NO, status: approved, aliases: [0017, 1_000, 2026-01-01]}
        boards: [{board: 0200}]
        """
    )
    assert book.customers[0].spellings == ("NO", "0017", "1_000", "2026-01-01")
    assert book.boards[0].board == "0200"


def test_a_key_that_stands_twice_is_named_with_both_lines() -> None:
    text = "customers:\n- canonical: A\n  status: review\n  status: approved\n"
    [problem] = problems_of(text)
    assert "line 3 and line 4" in problem.detail
    assert [each.reason for each in problems_of("customers: []\ncustomers: []\n")] == [
        "missing",
        "duplicate_key",
    ]


@pytest.mark.parametrize(
    ("key", "advice"),
    [("Canonical", "canonical?"), ("alias", "aliases?"), ("column_map", "column_mapping?"), ("zzz", "known")],
)
def test_an_unknown_key_is_a_warning_with_the_nearest_known_one(key: str, advice: str) -> None:
    [problem] = problems_of(f"customers: [{{canonical: A, status: review, {key}: x}}]")
    assert (problem.severity, problem.reason, problem.field) == ("warning", "unknown_key", key)
    assert advice in problem.detail


@pytest.mark.parametrize("said", ["1", "one", "-2"])
def test_a_wrong_count_is_a_warning(said: str) -> None:
    text = f"review_count: {said}\ncustomers: [{{canonical: A, status: approved}}]\nboards: [{{board: 1}}]"
    [problem] = check(text).problems
    assert (problem.severity, problem.reason) == ("warning", "miscounted")
    assert check(text).book is not None


@pytest.mark.parametrize(
    ("entry", "field", "reason"),
    [
        ("status: review", "canonical", "missing"),
        ("canonical: ''", "canonical", "blank"),
        ("canonical: [A]", "canonical", "not_a_text"),
        ("canonical: unknown", "canonical", "reserved"),
        ("aliases: NW", "aliases", "not_a_list"),
        ("aliases: [' ']", "aliases", "blank"),
        ("aliases: [[A]]", "aliases", "not_a_text"),
        ("shipped: ''", "shipped", "blank"),
        ("packed_products: []", "packed_products", "empty_list"),
        ("order_key_config: [A]", "order_key_config", "not_a_mapping"),
        ("order_key_config: {unique_keys: AAG ORDER NUMBER}", "order_key_config.unique_keys", "not_a_list"),
        ("order_key_config: {unique_keys: [PO NUMBER]}", "order_key_config.unique_keys", "no_order_number"),
        ("order_key_config: {uniq_keys: []}", "order_key_config.uniq_keys", "unknown_key"),
        ("shipment_key_config: {extra_checks: [a, A]}", "shipment_key_config.extra_checks", "duplicate"),
        ("column_mapping: {Theirs: ''}", "column_mapping.Theirs", "blank"),
        ("column_mapping: {Theirs: [A]}", "column_mapping.Theirs", "not_a_text"),
        ("column_mapping: {Theirs: A, theirs: B}", "column_mapping", "duplicate"),
        ("column_mapping: {' ': A}", "column_mapping", "blank"),
        ("matching_config: 3", "matching_config", "not_a_mapping"),
        ("matching_config: {a: {b: 1, b: 2}}", "matching_config.a.b", "duplicate_key"),
        ("[a, b]: c", "", "bad_key"),
        ("<<: {status: review}", "<<", "merge_key"),
    ],
)
def test_a_field_that_is_not_as_it_should_be_is_named(entry: str, field: str, reason: str) -> None:
    key = entry.split(":", 1)[0]
    others = {"canonical": "CUSTOMER", "status": "review"}
    rest = "".join(
        f"  {name}: {value}\n" for name, value in others.items() if name != key and reason != "missing"
    )
    found = places_of(f"customers:\n- {entry}\n{rest}")
    assert (2, field, reason) in [(line, name, why) for line, _, name, why in found]
    assert len(found) == 1


@pytest.mark.parametrize("text", ["customers:\n", "customers: []\n", "review_count: 0\n", "boards: []\n"])
def test_a_book_without_customers_is_none(text: str) -> None:
    assert ("customers", "missing") in [(each.field, each.reason) for each in check(text).errors]


def test_a_book_without_boards_is_told_that_nothing_can_be_pushed() -> None:
    [problem] = check("customers: [{canonical: A, status: review}]").problems
    assert (problem.severity, problem.field) == ("warning", "boards")


def test_more_customers_than_there_are_turns_cannot_be_approved() -> None:
    entries = "".join(f"- {{canonical: C{number}, status: approved}}\n" for number in range(999))
    assert [(each[0], each[3]) for each in places_of(f"customers:\n{entries}")] == [
        (1000, "too_many_approved")
    ]


def test_after_a_thousand_problems_it_stops_and_says_so() -> None:
    found = problems_of("customers:\n" + "- nothing\n" * 3000)
    assert len(found) == 1001
    assert found[-1].reason == "too_many_problems"


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        (["{}", "{seasons: [S]}"], [3]),
        (["{seasons: [S]}", "{}"], []),
        (["{seasons: [S, T]}", "{seasons: [t], customers: [A]}"], [3]),
        (["{customers: [A]}", "{customers: [A, B]}"], []),
        (["{customers: [A]}", "{customers: [B]}", "{customers: [A, B], seasons: [S]}"], [4]),
        (["{customers: [A], seasons: [S]}", "{customers: [A]}", "{customers: [A], seasons: [T]}"], [4]),
        (["{customers: [A]}", "{customers: [a]}"], [3]),
    ],
)
def test_a_rule_that_can_never_match_is_a_warning(rules: list[str], lines: list[int]) -> None:
    customers = "{customers: [{canonical: A, status: review}, {canonical: B, status: review}], boards: [\n"
    text = (
        customers + ",\n".join(rule.replace("{", "{board: 1,", 1).replace(",}", "}") for rule in rules) + "]}"
    )
    found = check(text).problems
    assert [each.line for each in found] == lines
    assert all((each.severity, each.reason) == ("warning", "unreachable") for each in found)


@pytest.mark.parametrize(
    ("rule", "field", "reason"),
    [
        ("{seasons: [S]}", "board", "missing"),
        ("{board: ' '}", "board", "blank"),
        ("{board: [1]}", "board", "not_a_text"),
        ("{board: '12a'}", "board", "not_an_id"),
        ("{board: ٣}", "board", "not_an_id"),
        ("{board: 1, customers: [A, B, a]}", "customers", "duplicate"),
        ("{board: 1, customers: [A, Z]}", "customers", "unknown_customer"),
        ("{board: 1, seasons: [S, s]}", "seasons", "duplicate"),
        ("{board: 1, season: [S]}", "season", "unknown_key"),
        ("{board: 1, seasons: S}", "seasons", "not_a_list"),
    ],
)
def test_a_rule_that_is_not_as_it_should_be_is_named(rule: str, field: str, reason: str) -> None:
    customers = "customers: [{canonical: A, status: review}, {canonical: B, status: review}]"
    assert places_of(f"{customers}\nboards:\n- {rule}\n") == [(3, "boards[1]", field, reason)]


def test_a_rule_whose_customers_cannot_be_read_does_not_come_to_take_all() -> None:
    text = (
        "customers: [{canonical: A, status: review}]\nboards:\n- {board: 1, customers: [Z]}\n- {board: 2}\n"
    )
    assert [each.reason for each in check(text).problems] == ["unknown_customer"]
    assert [each.board for each in check(text).draft.boards] == ["2"]


def test_a_rule_of_more_pairs_than_anybody_writes_is_compared_with_none() -> None:
    names = [f"C{number}" for number in range(400)]
    customers = "\n".join(f"- {{canonical: {name}, status: review}}" for name in names)
    rule = f"- {{board: 1, customers: [{', '.join(names)}], seasons: [{', '.join(names)}]}}\n"
    assert check(f"customers:\n{customers}\nboards:\n{rule}{rule}").problems == ()
