"""The physical lines of a text, numbered as an editor numbers them, each in bounded memory."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple, TextIO

from common.intake.rows import RECORD_LIMIT

_ENDS = ("\n", "\r")


class Line(NamedTuple):
    """One line with its end."""

    number: int
    text: str
    is_cut: bool
    """It was longer than a record may be; only its beginning is here."""


class Lines:
    """Reads lines one after the other; lines can be given back to be read again."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._number = 0
        self._returned: deque[Line] = deque()

    def next(self) -> Line | None:
        """The next line, NUL characters left out, or None at the end."""
        if self._returned:
            return self._returned.popleft()
        text = self._text.readline(RECORD_LIMIT)
        if not text:
            return None
        self._number += 1
        is_cut = len(text) >= RECORD_LIMIT and not text.endswith(_ENDS)
        if is_cut:
            self._skip_to_line_end()
        return Line(self._number, text.replace("\0", ""), is_cut)

    def give_back(self, lines: Iterable[Line]) -> None:
        """Have these lines, in this order, read next."""
        self._returned.extendleft(reversed(list(lines)))

    def _skip_to_line_end(self) -> None:
        rest = self._text.readline(RECORD_LIMIT)
        while rest and not rest.endswith(_ENDS):
            rest = self._text.readline(RECORD_LIMIT)
