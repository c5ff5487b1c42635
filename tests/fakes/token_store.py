"""A store of token hashes in memory."""

from common.auth.tokens import Principal, StoredToken, new_token


class FakeTokenStore:
    """Finds tokens by hash."""

    def __init__(self) -> None:
        self.stored: dict[str, StoredToken] = {}

    def find(self, token_hash: str) -> StoredToken | None:
        """See TokenStore.find."""
        return self.stored.get(token_hash)

    def issue(self, principal: Principal) -> str:
        """Make and keep a token; answers the plain one."""
        plain, token_hash = new_token()
        self.stored[token_hash] = StoredToken(token_hash, principal)
        return plain
