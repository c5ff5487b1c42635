"""Finished pictures into Cloud Storage: written once under their name, and never over another's."""

from dataclasses import asdict, dataclass
from typing import Any

from common.errors import Conflict
from common.objects.store import ObjectStore, Stored
from functions.stage.designs.encoding import Rendered

_OWNER = "design"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A picture that is stored. generation: of the object; 0 for one that is only tried out."""

    position: int
    kind: str
    name: str
    generation: int
    size: int
    media_type: str
    width: int
    height: int

    def as_json(self) -> dict[str, Any]:
        """As the tables take it."""
        return asdict(self)


class Shelf:
    """Where the pictures of one design go. objects: None where nothing may be written."""

    def __init__(self, objects: ObjectStore | None, prefix: str, design: str) -> None:
        self._objects = objects
        self._prefix = prefix
        self._design = design

    def put(self, position: int, kind: str, name: str, picture: Rendered) -> StoredPicture:
        """Store a picture. Raises Conflict when another design has its name."""
        full = f"{self._prefix}{name}"
        return StoredPicture(
            position=position,
            kind=kind,
            name=full,
            generation=self._write(full, picture) if self._objects else 0,
            size=len(picture.content),
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
        )

    def _write(self, name: str, picture: Rendered) -> int:
        assert self._objects is not None, "asked before"
        there = self._objects.stat(name)
        if there is not None and there.metadata.get(_OWNER) != self._design:
            raise _taken(name, there)
        try:
            # Ours from an earlier try is replaced: shop and template may say something else by now.
            stored = self._objects.put(
                name,
                picture.content,
                content_type=picture.media_type,
                metadata={_OWNER: self._design},
                if_generation=there.generation if there else 0,
            )
        except Conflict:
            stored = self._own(name)
        return stored.generation

    def _own(self, name: str) -> Stored:
        """What stands there now, if it is our own write whose answer was lost, or that of another try."""
        assert self._objects is not None, "asked before"
        there = self._objects.stat(name)
        if there is None or there.metadata.get(_OWNER) != self._design:
            raise _taken(name, there)
        return there


def _taken(name: str, there: Stored | None) -> Conflict:
    owner = there.metadata.get(_OWNER, "nobody") if there else "nobody"
    return Conflict(
        f"{name} belongs to the design {owner}; move it away, or change the name.", reason="name_taken"
    )
