"""The pictures of a shop's mock-ups, as bytes: fetched once for the designs that follow each other."""

from collections import OrderedDict

from common.objects.store import ObjectStore

MOST_BYTES = 8 << 20
"""Kept in one process; a picture that is larger by itself is fetched each time."""


class BasePictures:
    """Objects that are named by their content: under one name there is never anything else."""

    def __init__(self, objects: ObjectStore, most: int = MOST_BYTES) -> None:
        self._objects = objects
        self._most = most
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, name: str) -> bytes:
        """The bytes of a picture. Raises NotFound."""
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        content = self._objects.get(name)
        if len(content) <= self._most:
            self._kept[name] = content
            while sum(map(len, self._kept.values())) > self._most:
                self._kept.popitem(last=False)
        return content

    def forget(self) -> None:
        """Fetch all anew: one of them could not be shown, and a person may put the right one in its place."""
        self._kept.clear()
