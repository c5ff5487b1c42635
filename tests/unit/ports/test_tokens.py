"""Bearer tokens for people, and what their roles allow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from common.auth.tokens import Principal, Role, StoredToken, authenticate, hash_token, new_token
from common.errors import Forbidden, Unauthenticated
from tests.fakes.token_store import FakeTokenStore

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OPERATOR = Principal("default", "nightly", Role.OPERATOR)


def test_a_new_token_is_recognisable_and_kept_only_as_a_hash() -> None:
    plain, token_hash = new_token()
    assert plain.startswith("slt_")
    assert token_hash == hash_token(plain)
    assert plain not in token_hash


def test_no_two_tokens_are_the_same() -> None:
    assert len({new_token()[0] for _ in range(100)}) == 100


def test_a_token_names_its_principal() -> None:
    store = FakeTokenStore()
    assert authenticate(f"Bearer {store.issue(OPERATOR)}", store, NOW) == OPERATOR


@pytest.mark.parametrize("header", [None, "Bearer slt_unknown", "Bearer eyJhbGciOi", "Basic slt_x"])
def test_anything_else_is_refused(header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(header, FakeTokenStore(), NOW)


def test_a_token_ends_at_its_end() -> None:
    store = FakeTokenStore()
    header = f"Bearer {store.issue(OPERATOR)}"
    [token_hash] = store.stored
    store.stored[token_hash] = replace(store.stored[token_hash], expires_at=NOW)
    assert authenticate(header, store, NOW - timedelta(seconds=1)) == OPERATOR
    with pytest.raises(Unauthenticated, match="expired"):
        authenticate(header, store, NOW)


def test_a_store_that_matches_loosely_does_not_let_anyone_in() -> None:
    class LooseStore:
        def find(self, token_hash: str) -> StoredToken | None:
            return StoredToken(hash_token("slt_other"), OPERATOR)

    with pytest.raises(Unauthenticated):
        authenticate(f"Bearer {new_token()[0]}", LooseStore(), NOW)


@pytest.mark.parametrize(("held", "required"), list(product(Role, Role)))
def test_a_role_allows_itself_and_what_is_below(held: Role, required: Role) -> None:
    order = ["viewer", "operator", "approver", "admin"]
    allowed = order.index(held.name.lower()) >= order.index(required.name.lower())
    assert held.allows(required) is allowed
    if allowed:
        Principal("default", "someone", held).require(required)
    else:
        with pytest.raises(Forbidden, match=f"needs {required.name.lower()}"):
            Principal("default", "someone", held).require(required)


def test_roles_are_read_by_name() -> None:
    assert [Role.parse(name) for name in ("viewer", "Admin")] == [Role.VIEWER, Role.ADMIN]
    with pytest.raises(ValueError, match="the roles are viewer, operator, approver, admin"):
        Role.parse("root")
