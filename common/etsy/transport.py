"""One HTTP exchange with Etsy: a whole answer, or `NoAnswer`. What the answer means is read elsewhere."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import requests

from common.database.engine import assert_no_transaction
from common.http.exchange import Exchange, Reply, Vendor

_ETSY = Vendor("Etsy", "etsy", pieces="listings")


@dataclass(frozen=True)
class Upload:
    """A file in a form. The fields beside it travel as form data: put among the files, Etsy overlooks them."""

    field: str
    name: str
    content: bytes
    media_type: str


class Transport:
    """Sends one request at a time through a session. Every call checks first that no database transaction is open."""

    def __init__(
        self,
        session: requests.Session,
        *,
        before_call: Callable[[], None] = assert_no_transaction,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._exchange = Exchange(_ETSY, session, before_call=before_call, monotonic=monotonic)

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Sequence[tuple[str, str]] | None = None,
        upload: Upload | None = None,
    ) -> Reply:
        """Send a request. Raises NoAnswer when no whole answer came.

        body: bytes as they are, or the fields of a form; with an upload the form is multipart.
        """
        files = {upload.field: (upload.name, upload.content, upload.media_type)} if upload else None
        return self._exchange.send(method, url, {"Accept": "application/json", **headers}, body, files)
