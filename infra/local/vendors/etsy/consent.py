"""OAuth 2 as Etsy does it: the consent page with PKCE, and the endpoint that gives tokens."""

import html
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from infra.local.vendors.etsy.grants import Consent, Grants
from infra.local.vendors.etsy.problems import answer, oauth_problem

SCOPES = frozenset({"listings_r", "listings_w", "listings_d", "shops_r", "shops_w"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_FIELDS = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
_PAGE = """<!doctype html><html lang="en"><title>Etsy stand-in</title>
<h1>An application would like to connect with your Etsy account</h1>
<p>It asks for: {scopes}</p>
<form method="post" action="/oauth/connect">{hidden}
<button name="decision" value="grant">Grant access</button>
<button name="decision" value="deny">Cancel</button></form></html>"""


class ConsentPages:
    """The endpoints of one application."""

    def __init__(self, grants: Grants, keystring: str) -> None:
        self._grants = grants
        self._keystring = keystring

    async def show(self, request: Request) -> Response:
        """GET /oauth/connect: the page for the seller."""
        given = dict(request.query_params)
        wrong = self._wrong(given)
        if wrong:
            return HTMLResponse(f"<p>The application sent a bad request: {html.escape(wrong)}</p>", 400)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(given[name])}">' for name in _FIELDS
        )
        return HTMLResponse(_PAGE.format(scopes=html.escape(given["scope"]), hidden=hidden))

    async def decide(self, request: Request) -> Response:
        """POST /oauth/connect: back to the application, with a code or with a refusal."""
        async with request.form() as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        wrong = self._wrong(given)
        if wrong:
            return HTMLResponse(f"<p>The application sent a bad request: {html.escape(wrong)}</p>", 400)
        if given.get("decision") != "grant":
            denied = {"error": "access_denied", "error_description": "the seller did not agree"}
            return _back(given, denied)
        scopes = tuple(given["scope"].split())
        consent = Consent(given["redirect_uri"], scopes, given["code_challenge"])
        return _back(given, {"code": self._grants.code(consent)})

    async def token(self, request: Request) -> Response:
        """POST /v3/public/oauth/token."""
        async with request.form() as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        if given.get("client_id") != self._keystring:
            return oauth_problem(401, "invalid_client", "client_id is not an API key that is known")
        kind = given.get("grant_type")
        if kind == "authorization_code":
            words = (given.get(name, "") for name in ("code", "redirect_uri", "code_verifier"))
            tokens = self._grants.exchange(*words)
            refusal = "code is invalid, expired or used, or code_verifier or redirect_uri does not match"
        elif kind == "refresh_token":
            tokens = self._grants.refresh(given.get("refresh_token", ""))
            refusal = "refresh_token is invalid, expired or used"
        else:
            return oauth_problem(
                400, "unsupported_grant_type", "grant_type is authorization_code or refresh_token"
            )
        return oauth_problem(400, "invalid_grant", refusal) if tokens is None else answer(tokens)

    def _wrong(self, given: Mapping[str, str]) -> str:
        """What is wrong with a request for consent; "" for nothing."""
        missing = [name for name in _FIELDS if not given.get(name)]
        if missing:
            return f"{missing[0]} is missing"
        unknown = set(given["scope"].split()) - SCOPES
        checks = {
            "response_type must be code": given["response_type"] == "code",
            "client_id is not known": given["client_id"] == self._keystring,
            "code_challenge_method must be S256": given["code_challenge_method"] == "S256",
            "redirect_uri must begin with https://": _may_return_to(given["redirect_uri"]),
            f"scope {', '.join(sorted(unknown))} is not known": not unknown,
        }
        return next((words for words, is_right in checks.items() if not is_right), "")


def _may_return_to(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _back(given: Mapping[str, str], answer_: Mapping[str, str]) -> Response:
    address = given["redirect_uri"]
    joint = "&" if urlsplit(address).query else "?"
    return RedirectResponse(f"{address}{joint}{urlencode({**answer_, 'state': given['state']})}", 302)
