"""Everything the emulator keeps, in one state directory."""

from pathlib import Path

from infra.local.clock import SharedClock

from .buckets import Buckets
from .content import ContentFiles
from .index import Index
from .lifecycle import apply_rules
from .objects import Objects
from .sessions import Sessions


class Store:
    """Buckets, objects and upload sessions; safe to use from many threads.

    Opening it removes what a crash left over. Raises StateInUse if another process has the directory open.
    """

    def __init__(self, folder: Path, clock: SharedClock) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._index = Index(folder / "index.db")
        self.content = ContentFiles(folder / "content")
        self.buckets = Buckets(self._index, clock)
        self.objects = Objects(self._index, self.content, self.buckets, clock)
        self.sessions = Sessions(self._index, self.content, self.objects, clock)
        self.content.remove_all_but(self.objects.files() | self.sessions.files())

    def keep_house(self) -> None:
        """Apply lifecycle rules and forget expired sessions."""
        apply_rules(self.buckets, self.objects, self._clock)
        self.sessions.expire()

    def close(self) -> None:
        """Let go of the state directory."""
        self._index.close()
