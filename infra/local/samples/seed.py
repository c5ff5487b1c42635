"""Put the samples where the flows read them, once: a source that is there already is left as it is.

A flow may have several loads, each followed by a run. A load whose turn has passed loads nothing.
"""

import gzip
import hashlib
import io
import json
import mimetypes
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from common.auth.tokens import Principal, Role
from common.customers.checking import check
from common.customers.store import find, load
from common.interface.shops import Shops, checked
from common.interface.uploads import NewFile, Uploads
from common.services import Services
from common.uploads.choices import Choices
from common.warehouse.port import Column
from functions.fetch.orders.loader import OrdersLoader, fingerprint
from functions.fetch.orders.schema import TABLE, load_of
from infra.local.samples import make_designs
from infra.local.samples.make_orders import FILES

Load = Callable[[Services], int]
"""Puts a sample into a flow's source; answers the rows loaded, 0 when it is not its turn."""

_HERE = Path(__file__).parent
_JOB = "shelfline_sample_parts"
_CUSTOMERS = _HERE / "customers.yaml"
_TENANT = "default"
_SHOP = _HERE / "shop.yaml"
_CHOICES = Choices(shop="Sample shop", product_template="UVDTF 16oz")


def seed_parts(services: Services) -> int:
    """The sample parts as table `parts`, with all their edges and the rows that are wrong; rows loaded, 0 if it is there."""
    if services.warehouse.table_exists("parts"):
        return 0
    rows = [json.loads(line) for line in (_HERE / "parts.ndjson").read_text().splitlines()]
    schema = [_column(field) for field in json.loads((_HERE / "parts_schema.json").read_text())]
    return services.warehouse.load_rows(_JOB, "parts", rows, schema)


def seed_orders(place: int) -> Load:
    """The order book as of its 1st, 2nd or 3rd load (place 0 to 2), where it comes right after the one that is there."""

    def put(services: Services) -> int:
        if _loaded(services) != place:
            return 0
        _know_customers(services)
        path, loader = FILES[place], OrdersLoader(services)
        return loader.load(_book(path), file=path.name.removesuffix(".gz"), tenant=_TENANT).loaded

    return put


def seed_designs(services: Services) -> int:
    """The sample artwork as an upload that has ended; files that were read before are not stored again."""
    principal = Principal(_TENANT, "make run", Role.ADMIN)
    _know_shop(services, principal)
    uploads, loaded = Uploads(services, principal), 0
    with TemporaryDirectory() as folder:
        files = make_designs.write(Path(folder))
        started = uploads.start([_new_file(file) for file in files], choices=_CHOICES, sign=False)
        for told, file in zip(started.files, files, strict=True):
            loaded += 1
            with file.open("rb") as stream:
                uploads.receive(started.session_id, told.number, stream)
    uploads.finish(started.session_id, run=False)
    return loaded


SEEDS: dict[str, list[Load]] = {
    "parts": [seed_parts],
    "orders": [seed_orders(place) for place in range(len(FILES))],
    "designs": [seed_designs],
}
"""What puts the samples of each flow in place, load by load."""


def _loaded(services: Services) -> int:
    """How many of the sample order books have had their turn; all, when the table is of anybody else's making."""
    if not services.warehouse.table_exists(TABLE):
        return 0
    marks = [fingerprint(_book(path), {}) for path in FILES]
    mark = load_of(services.warehouse.table(TABLE).columns)
    return marks.index(mark) + 1 if mark in marks else len(marks)


def _know_customers(services: Services) -> None:
    """The sample's customer book, unless there is one already."""
    content = _CUSTOMERS.read_bytes()
    book = check(content).book
    assert book is not None, "a test checks the sample"
    with services.database.transaction() as connection:
        if find(connection, _TENANT) is None:
            load(connection, _TENANT, book, content=content, file=_CUSTOMERS.name, by="make run")


def _know_shop(services: Services, principal: Principal) -> None:
    """The sample's shop, unless there is one already."""
    shops = Shops(services, principal)
    if shops.show().shops:
        return
    content = _SHOP.read_bytes()
    names = checked(content, _SHOP.name).pictures
    with ExitStack() as opened:
        pictures = {name: opened.enter_context((_HERE / name).open("rb")) for name in names}
        shops.load(content, _SHOP.name, pictures)


def _new_file(file: Path) -> NewFile:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    content = file.read_bytes()
    return NewFile(
        filename=file.name,
        size=len(content),
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _book(path: Path) -> io.BytesIO:
    return io.BytesIO(gzip.decompress(path.read_bytes()))


def _column(field: dict[str, object]) -> Column:
    inside = field.get("fields") or []
    assert isinstance(inside, list)
    return Column(
        str(field["name"]),
        str(field["type"]),
        str(field.get("mode", "NULLABLE")),
        tuple(_column(each) for each in inside),
    )
