"""Everything that is known of a design from its bytes, made from one decode."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from functions.hash.designs.content import coded_hash, survey
from functions.hash.designs.flatness import Flatness, FlatnessLimits, flatness_of
from functions.hash.designs.hashes import Hashes, hashes_of, points_of
from functions.hash.designs.jpeg import JpegHeader
from functions.hash.designs.reading import Opened, Reader, Source
from functions.hash.designs.representation import KEPT_SIDE, REPRESENTATION_VERSION, represent
from functions.hash.designs.variants import variant_hashes

if TYPE_CHECKING:
    from PIL import Image

FINGERPRINT_VERSION = REPRESENTATION_VERSION
"""Fingerprints of two versions are not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What tells a design from others, and what is to be known of its file."""

    version: int
    content_hash: str
    """64 hexadecimal digits; equal for exact copies, see `content`."""
    hashes: Hashes
    is_flat: bool
    """It must not be matched by its hashes alone."""
    flatness: Flatness
    kind: str
    """The format, one of signature.KINDS."""
    width: int
    """Pixels, upright, with margins."""
    height: int
    has_alpha: bool
    notes: tuple[str, ...]
    """See reading.Opened."""
    variants: Mapping[str, Hashes] = field(default_factory=dict)
    """By the names of `variants.VARIANTS`, where they were asked for."""


class Fingerprinter:
    """Makes fingerprints; one serves all threads of a process."""

    def __init__(
        self, reader: Reader | None = None, flat: FlatnessLimits | None = None, *, with_variants: bool = False
    ) -> None:
        self._reader = reader or Reader()
        self._flat = flat or FlatnessLimits()
        self._with_variants = with_variants

    def __call__(self, source: Source, name: str = "") -> Fingerprint:
        """The fingerprint of a file. name: as the user calls it.

        Raises ImageRefused with any reason but those of rendering.
        """
        content, representation, picture = self._read(source, name)
        points = points_of(representation)
        flatness = flatness_of(points)
        return Fingerprint(
            version=FINGERPRINT_VERSION,
            content_hash=content,
            hashes=hashes_of(representation, points),
            is_flat=self._flat.is_flat(flatness),
            flatness=flatness,
            kind=picture.kind,
            width=picture.width,
            height=picture.height,
            has_alpha=picture.has_alpha,
            notes=picture.notes,
            variants=variant_hashes(representation) if self._with_variants else {},
        )

    def _read(self, source: Source, name: str) -> tuple[str, "Image.Image", "_Facts"]:
        """The content hash, the representation, and what the decoded picture told; the picture itself is gone."""
        with self._reader.open(source, name) as opened:
            return self._jpeg(opened, opened.jpeg) if opened.jpeg else self._other(opened)

    def _jpeg(self, opened: Opened, header: JpegHeader) -> tuple[str, "Image.Image", "_Facts"]:
        with self._reader.decoded(opened, at_least=KEPT_SIDE) as picture:
            content = coded_hash(header, opened.stream, picture.orientation)
            facts = _Facts(
                opened.kind, *picture.orientation.size(opened.size), False, (*opened.notes, *picture.notes)
            )
            return content, represent(picture, (0, 0, *picture.size)), facts

    def _other(self, opened: Opened) -> tuple[str, "Image.Image", "_Facts"]:
        with self._reader.decoded(opened) as picture:
            content, box = survey(picture)
            facts = _Facts(opened.kind, *picture.size, picture.has_alpha, (*opened.notes, *picture.notes))
            return content, represent(picture, box), facts


@dataclass(frozen=True, slots=True)
class _Facts:
    kind: str
    width: int
    height: int
    has_alpha: bool
    notes: tuple[str, ...]


def fingerprint(source: Source | Path, name: str = "") -> Fingerprint:
    """The fingerprint of one file within the default limits. Raises ImageRefused."""
    return Fingerprinter()(source, name)
