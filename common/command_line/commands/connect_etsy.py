"""connect etsy: the key of an application, and a seller's consent to it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from common.command_line.connecting import EnvFile, UseReal, Vendor, asked, connect, secret_from
from common.command_line.session import Session
from common.command_line.target import CHECKOUT
from common.etsy.account import NAME, Account
from common.etsy.addresses import REAL, Addresses
from common.etsy.consent import Question

_ETSY = Vendor(NAME, "Etsy", "SHELFLINE_ETSY_URL", REAL)
_CALLBACK = "http://127.0.0.1:3003/callback"


def etsy(
    session: Session,
    keystring: Annotated[
        str | None, typer.Option(help="The application's keystring; asked for without it.")
    ] = None,
    secret_file: Annotated[
        Path | None,
        typer.Option(help="A file with the shared secret; else it is asked for, or read from a pipe."),
    ] = None,
    redirect_uri: Annotated[
        str, typer.Option(help="The callback address that is registered for the application.")
    ] = _CALLBACK,
    paste: Annotated[
        bool,
        typer.Option("--paste", help="Paste the address that the browser ends at; nothing listens here."),
    ] = False,
    patience: Annotated[int, typer.Option(help="Seconds to wait for the browser.", min=1)] = 300,
    address: Annotated[
        str, typer.Option(help="Where Etsy's API is; the stand-in's address for a try.")
    ] = REAL,
    use_real: UseReal = None,
    env_file: EnvFile = CHECKOUT / ".env",
) -> None:
    """Ask a seller at Etsy for consent, and store the tokens (etsy.com/developers, Your apps).

    It prints an address to open in the seller's browser; after "Grant access" the browser is sent to a small
    server that listens on this machine until then. The application has to have that callback address
    registered. Where the browser is on another machine, or Etsy wants an https:// address there, register
    one, name it with --redirect-uri, and --paste what the browser ends at. Key and tokens go where
    SHELFLINE_SECRETS says: a file that only you can read, or Secret Manager. Shelfline renews the tokens by
    itself; consent has to be given again after 90 days without a run.
    """
    key = keystring or asked("Keystring", hidden=False)
    secret = secret_from(secret_file, "shared secret")
    question = Question(key, redirect_uri)
    answer = _answer(session, Addresses.of(address), question, patience, paste=paste)
    account = _account(Addresses.of(address), question, question.code_in(answer), secret)
    connect(session, _ETSY, account.as_texts(), env_file, use_real)


def _answer(session: Session, addresses: Addresses, question: Question, patience: int, *, paste: bool) -> str:
    """The address that the seller was sent back to."""
    where = f"Open this address in the seller's browser:\n  {question.address(addresses.consent)}"
    if paste:
        session.output.say(where)
        return asked("Address that the browser ended at", hidden=False)
    from common.etsy.callback import Callback

    with Callback(question.redirect_uri) as callback:  # before anybody can be sent there
        session.output.say(f"{where}\nWaiting for the browser at {question.redirect_uri} …")
        return callback.wait(patience)


def _account(addresses: Addresses, question: Question, code: str, secret: str) -> Account:
    """The account behind a code, with the number of its shop: the key has been tried, too."""
    import requests

    from common.etsy.seller import seller_of
    from common.etsy.token_endpoint import TokenEndpoint
    from common.etsy.transport import Transport

    with requests.Session() as http:
        transport = Transport(http)
        tokens = TokenEndpoint(addresses, transport).exchange(question, code)
        account = Account(question.keystring, secret, "").renewed(tokens, datetime.now(UTC))
        return account.of_shop(seller_of(account, addresses, transport).shop_id)
