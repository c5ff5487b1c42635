"""The bearer token in an Authorization header."""

from common.errors import Unauthenticated


def bearer_token(authorization: str | None) -> str:
    """The token that an Authorization header carries.

    Raises:
        Unauthenticated: there is no header, or it is of another scheme.
    """
    scheme, _, token = (authorization or "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("send a token: `Authorization: Bearer TOKEN`", reason="no_token")
    return token
