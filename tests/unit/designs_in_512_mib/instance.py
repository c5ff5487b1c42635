"""One instance that hashes and stages every file of a folder, and says what memory that took: `python -m ...instance FOLDER`.

It prints {"hashed": {name: reason}, "staged": {name: reason}, "peak": bytes}; the reason of what is read is "".
"""

import importlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO
from uuid import UUID

import common.flows.designs  # noqa: F401  # its settings
from common.objects.store import Stored
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.settings import Layers, resolve
from common.shops.checking import check
from common.shops.pictures import placed, size_of
from common.shops.store import StoredTemplate
from common.uploads.choices import Choices
from functions.hash.designs.step import HashDesigns
from functions.stage.designs.plans import Plan
from functions.stage.designs.step import StageDesigns
from infra.local.samples import make_shop

IN_EVERY_INSTANCE = ("functions_framework", "google.cloud.storage", "google.cloud.tasks_v2", "sqlalchemy")
NOW = datetime(2030, 1, 1, tzinfo=UTC)
SHOP = make_shop.FOLDER.with_name("shop.yaml")


@dataclass
class Folder:
    """A bucket that is a folder on disk: what is written is counted and forgotten."""

    folder: Path
    written: int = 0

    def open(self, name: str) -> BinaryIO:
        """See ObjectStore.open."""
        return (self.folder / name).open("rb")

    def get(self, name: str) -> bytes:
        """See ObjectStore.get."""
        return (make_shop.FOLDER.parent / name).read_bytes()

    def stat(self, name: str) -> Stored | None:
        """See ObjectStore.stat."""
        return None

    def put(self, name: str, data: bytes, **_: Any) -> Stored:
        """See ObjectStore.put."""
        self.written += 1
        return Stored(name, self.written, len(data), "")


def claim(step: str, items: Iterable[Item], said: Mapping[str, Any] | None = None) -> Claim:
    """A chunk with these items. said: settings of its run."""
    settings = resolve(Layers(request=dict(said or {})), flow="designs")
    run = Run(
        id="designs_1",
        tenant="t",
        flow="designs",
        mode="PRODUCTION",
        options={},
        settings=settings,
        frozen_at=NOW,
    )
    return Claim(
        chunk_id=1, token="", step=step, phase="", kind="items", lane="", tries=1, run=run, now=NOW, items=list(items)
    )  # fmt: skip


def items_of(folder: Path) -> Iterator[Item]:
    """The files as fetch tells of them."""
    for number, file in enumerate(sorted(folder.iterdir()), 1):
        data = {"file": number, "filename": file.name, "object": file.name, "size": file.stat().st_size}
        more = {"choices": {}, "reference": False, "design_id": str(UUID(int=number))}
        yield Item(id=number, key=file.name, data=data | more)


def template() -> StoredTemplate:
    """Of the sample shop, with a mockup."""
    shop = check(SHOP.read_bytes(), lambda name: size_of(SHOP.parent / name)).shop
    assert shop is not None
    shop = placed(shop, lambda name: name)
    return StoredTemplate(shop=shop, template=next(each for each in shop.templates if each.mockups))


def plans(items: Iterable[Item]) -> Mapping[int, Plan]:
    """Every second design is sold; the others are only stored."""
    sold = template()
    made = {}
    for item in items:
        design = SimpleNamespace(
            id=UUID(int=item.id), object_name=item.data["object"], size=item.data["size"],
            filename=item.data["filename"], created_at=NOW, content_hash="0" * 64, tags=[], description=None,
        )  # fmt: skip
        of = sold if item.id % 2 else None
        mockup = sold.mockup() if of else None
        made[item.id] = Plan(
            design=design, choices=Choices(), sold=of, mockup=mockup, number=item.id, without="no_shop"
        )
    return made


def reasons(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """What became of each file."""
    return {each.item.key: each.reason if each.kind == "reject" else "" for each in outcomes}


def main(folder: Path) -> dict[str, Any]:
    """Hash everything, then stage what can be read and once more all that cannot."""
    for module in IN_EVERY_INSTANCE:
        importlib.import_module(module)
    bucket = Folder(folder)
    services: Any = SimpleNamespace(objects=bucket)
    items = list(items_of(folder))
    hashed = reasons(HashDesigns(services).run(claim("hash", items), items, {}))
    staged = reasons(StageDesigns(services).run(claim("stage", items), items, plans(items)))
    peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    return {"hashed": hashed, "staged": staged, "peak": int(peak) * 1024, "written": bucket.written}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
