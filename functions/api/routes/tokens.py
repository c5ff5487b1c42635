"""Tokens of this API."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from common.interface.api_tokens import ApiToken, ApiTokens, NewApiToken
from functions.api.serving import Body, Id, served_by

router = APIRouter(prefix="/tokens", tags=["tokens"])
TheApiTokens = Annotated[ApiTokens, Depends(served_by(ApiTokens))]


class CreateToken(Body):
    """Who will use it, and what they may do: viewer, operator, approver or admin."""

    name: str
    role: str


class TokenList(BaseModel):
    """Valid tokens, oldest first."""

    tokens: list[ApiToken]


@router.post("", status_code=201, summary="Make a token (admin)")
def create(tokens: TheApiTokens, body: CreateToken) -> NewApiToken:
    """`token` is shown this once."""
    return tokens.create(body.name, body.role)


@router.get("", summary="The valid tokens (admin)")
def list_tokens(tokens: TheApiTokens) -> TokenList:
    """Without the tokens themselves: nobody knows them any more."""
    return TokenList(tokens=tokens.valid())


@router.delete("/{token_id}", status_code=204, summary="End a token at once (admin)")
def revoke(tokens: TheApiTokens, token_id: Id) -> None:
    """Whoever uses it gets 401 from now on."""
    tokens.revoke(token_id)
