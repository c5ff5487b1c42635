"""Fingerprint uploaded pictures, and know each that is new: what it shows, and which stored ones it looks like.

A picture that cannot be read is refused with its reason and stops no other. Threads of one instance share the memory for
downloads and for decoding.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.errors import NotFound
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services
from common.settings.designs import DesignSettings
from functions.hash.designs.document import document
from functions.hash.designs.download import Downloaded, Downloads
from functions.hash.designs.fingerprint import Fingerprinter
from functions.hash.designs.flatness import FlatnessLimits
from functions.hash.designs.limits import ImageLimits
from functions.hash.designs.reading import Reader
from functions.hash.designs.refusal import ImageRefused
from functions.hash.designs.rejecting import rejected_file
from functions.hash.designs.remember import mark_read, remember

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MEBIBYTE = 1 << 20
# What was read before and is known as a design needs no second look at its bytes.
_READ_BEFORE = """
select f.id, f.file_hash, f.content_hash from upload_files f
join designs d on d.tenant_id = f.tenant_id and d.trial = '' and d.content_hash = f.content_hash
where f.tenant_id = %s and f.is_read and f.id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint)
"""


@dataclass(frozen=True, slots=True)
class Workbench:
    """What reading pictures takes, made once for the settings it is made with."""

    downloads: Downloads
    fingerprinter: Fingerprinter


class HashDesigns(ItemStep):
    """One fingerprint for each file."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._benches: dict[tuple[Any, ...], Workbench] = {}

    def load(self, connection: "Connection", claim: Claim) -> Mapping[int, Any]:
        """Of the files that were read before, what they hold, by the file's id."""
        files = as_json([item.data["file"] for item in claim.items])
        return {row.id: row for row in connection.exec_driver_sql(_READ_BEFORE, (claim.run.tenant, files))}

    def run(self, claim: Claim, items: Sequence[Item], loaded: Mapping[int, Any]) -> Iterator[Outcome]:
        """In the order of the files, some of them at the same time."""
        settings = DesignSettings.of(claim.run.settings)
        bench = self._bench(settings)
        threads = settings.comprehensive_workflow_max_threads
        with ThreadPoolExecutor(max_workers=min(threads, len(items))) as pool:
            hashing = [pool.submit(_hashed, bench, item, loaded.get(item.data["file"])) for item in items]
            try:
                for each in hashing:
                    yield each.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """Know what was read, what of it is new, and what that looks like."""
        mark_read(connection, run, recorded)
        remember(connection, run, [outcome for outcome in recorded if outcome.kind == "next"])

    def _bench(self, settings: DesignSettings) -> Workbench:
        asked = (
            settings.design_max_megapixels,
            settings.design_decode_mib,
            settings.design_flat_deviation,
            settings.design_flat_weak_share,
            settings.design_match_variants,
            settings.upload_file_mib,
        )
        if asked not in self._benches:
            self._benches = {asked: _workbench(self._services, settings)}
        return self._benches[asked]


def _workbench(services: Services, settings: DesignSettings) -> Workbench:
    reader, flat = Reader(ImageLimits.of(settings)), FlatnessLimits.of(settings)
    return Workbench(
        Downloads(services.objects, largest=settings.upload_file_mib * _MEBIBYTE),
        Fingerprinter(reader, flat, with_variants=settings.design_match_variants),
    )


def _hashed(bench: Workbench, item: Item, before: Any) -> Outcome:
    if before is not None:
        known = {"content_hash": before.content_hash, "file_hash": before.file_hash}
        return outcomes.proceed(item, "read_before", data=known)
    try:
        with bench.downloads.open(item.data["object"], item.data["size"]) as file:
            return _read(bench, item, file)
    except ImageRefused as error:
        return rejected_file(item, error.reason, str(error))
    except NotFound:
        return rejected_file(item, "not_uploaded", "The file is not in storage any more; upload it again.")


def _read(bench: Workbench, item: Item, file: Downloaded) -> Outcome:
    """What a file shows. One that is refused was read all the same: its bytes are not asked for again."""
    read = {"file": item.data["file"], "file_hash": file.file_hash, "size": file.size}
    try:
        fingerprint = bench.fingerprinter(file.content, item.data["filename"])
    except ImageRefused as error:
        return rejected_file(item, error.reason, str(error)).writing(read=read)
    data = {
        "file_hash": file.file_hash,
        "size": file.size,
        "content_hash": fingerprint.content_hash,
        "design": document(fingerprint),
    }
    hashed = outcomes.proceed(item, "fingerprinted", data=data).writing(
        read={**read, "content_hash": fingerprint.content_hash}
    )
    return hashed.telling(notes=list(fingerprint.notes), size=[fingerprint.width, fingerprint.height])
