"""A file on the machine where the command runs."""

from pathlib import Path

from common.errors import Usage


def content_of(file: Path, largest: int) -> bytes:
    """The bytes of a file, and one more than `largest` of one that is larger: whoever reads it says so. Raises Usage."""
    try:
        with file.open("rb") as opened:
            return opened.read(largest + 1)
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}.", reason="unreadable_file") from error
