"""Many made-up hashes of 256 bits, and a table of them: random ones, and such as libraries of pictures have."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from common.database.copy import copy_lines
from common.database.engine import Database
from common.database.migrate import run_sql
from functions.hash.designs.dealing import dealt_rows
from functions.hash.designs.near_duplicates import HashedDesign

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.uint8]

VERSION = 1
TENANT = "default"
_CLUSTER = 10  # copies of each picture
_APART = 12  # bits that a copy may differ in from its picture
_AT_ONCE = 20_000
_COLUMNS = (
    *("tenant_id", "design_id", "hash_version", "content_hash"),
    *("phash", "dhash", "phash_small", "dhash_small", "is_flat"),
)
_BANDS = "select indexname, indexdef from pg_indexes where tablename = 'design_hashes' and indexname like 'design_hashes_%%hash%%'"
_SIZES = "select pg_table_size('design_hashes'), pg_indexes_size('design_hashes')"


def random_hashes(rows: int, seed: int) -> "Rows":
    """Every bit by chance: no two are near."""
    return np.random.default_rng(seed).integers(0, 256, (rows, 32), dtype=np.uint8)


def clustered_hashes(rows: int, seed: int) -> "Rows":
    """Ten copies of each picture, up to 12 bits apart from it. Of all pictures' bits a quarter is set in one of fifty, a
    quarter in one of five, half by chance: as in pictures on one background, taken in one light."""
    chance = np.random.default_rng(seed)
    often = np.repeat(np.array([0.02, 0.2, 0.5, 0.5]), 64)
    pictures = chance.random((-(-rows // _CLUSTER), 256), dtype=np.float32) < often
    bits = np.repeat(pictures, _CLUSTER, axis=0)[:rows]
    for _ in range(_APART):
        changed = np.flatnonzero(chance.random(rows) < 0.7)
        bits[changed, chance.integers(0, 256, len(changed))] ^= True
    return np.packbits(bits[chance.permutation(rows)], axis=1)


KINDS: dict[str, Callable[[int, int], "Rows"]] = {"random": random_hashes, "clustered": clustered_hashes}


@dataclass(frozen=True, slots=True)
class Bits:
    """The hashes of one picture; those of 64 bits are the first of the others."""

    phash: int
    dhash: int

    @property
    def phash_small(self) -> int:
        """64 bits."""
        return self.phash >> 192

    @property
    def dhash_small(self) -> int:
        """64 bits."""
        return self.dhash >> 192


def near_one(rows: "Rows", chance: np.random.Generator, most: int) -> "Rows":
    """One of the rows with up to so many bits flipped."""
    bits = np.unpackbits(rows[chance.integers(len(rows))])
    bits[chance.choice(256, chance.integers(most + 1), replace=False)] ^= 1
    return np.packbits(bits)


def design_of(number: int, phash: "Rows", dhash: "Rows") -> HashedDesign:
    """A design with these hashes."""
    bits = Bits(int.from_bytes(phash.tobytes(), "big"), int.from_bytes(dhash.tobytes(), "big"))
    return HashedDesign(design=UUID(int=number), content_hash=f"{number:064x}", hashes=bits, is_flat=False)


def create(database: Database) -> None:
    """The index's tables, where the schema lacks them."""
    with database.engine.begin() as connection:
        if connection.exec_driver_sql("select to_regclass('design_hashes')").scalar() is None:
            run_sql(connection, "0003_designs_index.sql")


def load(database: Database, phashes: "Rows", dhashes: "Rows", first: int) -> None:
    """Store these as the designs of the numbers from `first` on: rows by COPY, then the indexes of all bands."""
    with database.engine.begin() as connection:
        bands = connection.exec_driver_sql(_BANDS).all()
        for name, _ in bands:
            connection.exec_driver_sql(f"drop index {name}")
        copy_lines(connection, "design_hashes", _COLUMNS, _lines(phashes, dhashes, first))
        connection.exec_driver_sql("set local maintenance_work_mem = '512MB'")
        for _, definition in bands:
            connection.exec_driver_sql(definition)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze design_hashes")


def size(database: Database) -> tuple[int, int]:
    """Bytes of the table and of its indexes."""
    with database.engine.connect() as connection:
        table, indexes = connection.exec_driver_sql(_SIZES).one()
    return int(table), int(indexes)


def _lines(phashes: "Rows", dhashes: "Rows", first: int) -> Iterator[str]:
    for start in range(0, len(phashes), _AT_ONCE):
        both = [rows[start : start + _AT_ONCE] for rows in (phashes, dhashes)]
        digits = [_digits(rows, 64) for rows in both]
        digits += [_digits(np.ascontiguousarray(rows[:, :8]), 16) for rows in both]
        for number, hashes in enumerate(zip(*digits, strict=True), first + start):
            cells = (TENANT, str(UUID(int=number)), str(VERSION), f"{number:064x}")
            yield "\t".join((*cells, *hashes, "f")) + "\n"


def _digits(rows: "Rows", width: int) -> list[str]:
    written = dealt_rows(rows).tobytes().hex()
    return ["x" + written[at : at + width] for at in range(0, len(written), width)]
