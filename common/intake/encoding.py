"""Which characters the bytes of a file mean."""

import codecs
from typing import BinaryIO, NamedTuple

from common.errors import Usage

_BLOCK = 1 << 16
_NOT_TEXT = {
    b"PK\x03\x04": "a spreadsheet or a zip archive; save the sheet as CSV (UTF-8)",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet; save the sheet as CSV (UTF-8)",
    b"\x1f\x8b": "compressed; unpack it first",
    b"%PDF": "a PDF; export a table as CSV (UTF-8)",
    b"PAR1": "a Parquet file; export it as CSV or JSON lines",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

WINDOWS_NOTICE = (
    "The file is not UTF-8 and was read as Windows-1252; look at the accented letters, or save it as UTF-8."
)


class TextForm(NamedTuple):
    """How to decode a file, and what a person should know of it."""

    encoding: str
    notices: tuple[str, ...] = ()


def find_encoding(stream: BinaryIO) -> TextForm:
    """The encoding of a whole seekable file, read once in blocks and left at its start.

    UTF-8 with or without a mark, UTF-16, and Windows-1252 as the last resort, with a notice. Raises Usage for
    an empty file, for one that is no text, and for one that breaks the encoding its mark promises.
    """
    start = _start(stream)
    for signature, meaning in _NOT_TEXT.items():
        if start.startswith(signature):
            raise Usage(f"The file is {meaning}.")
    if promised := _promised(start):
        if not _decodes(stream, promised):
            raise Usage(f"The file begins as {promised}, but is damaged further on; export it again.")
        return TextForm(promised)
    if _decodes(stream, "utf-8"):
        return TextForm("utf-8")
    if b"\0" not in start and _decodes(stream, "cp1252"):
        return TextForm("cp1252", (WINDOWS_NOTICE,))
    raise Usage("The file is not text; save it as CSV or JSON in UTF-8.")


def _start(stream: BinaryIO) -> bytes:
    stream.seek(0)
    start = stream.read(1024)
    if not start.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
        stream.seek(0)
        if not any(
            block.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff") for block in iter(lambda: stream.read(_BLOCK), b"")
        ):
            raise Usage("The file is empty; export it again, with a header line.")
    return start


def _promised(start: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if len(start) >= 4 and start[0] and start[2] and start[1] == start[3] == 0:
        return "utf-16-le"
    if len(start) >= 4 and start[1] and start[3] and start[0] == start[2] == 0:
        return "utf-16-be"
    return None


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        for block in iter(lambda: stream.read(_BLOCK), b""):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True
