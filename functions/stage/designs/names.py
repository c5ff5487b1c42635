"""What the files of a design are called, and where they lie.

A name is made of a number that is used once (`numbers`) or of the design's own content, so that two uploads never
write the same one. Everything lies below the shop's own folder: shops may have templates of the same name.
"""

import re
import unicodedata
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

LONGEST_STEM: Final = 50
"""Characters that a user's name for a file keeps."""
_LONGEST_PART: Final = 100
_NO_PART: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|#\[\]]+')
"""What no part of an object's name has: a way up or down, a wildcard, a control character."""
_NO_STEM: Final = re.compile(r"[^\w-]+")
_TOKEN: Final = re.compile(r"[0-9a-f]{8,}")


def physical(template: str, number: int) -> str:
    """Of a print: `UV 100 UVDTF 16oz_100.png`. UV when the template's name has it, else DTF."""
    kind = "UV" if "UV" in template else "DTF"
    return f"{kind} {number:03} {part(template)}_{number:03}.png"


def digital(number: int) -> str:
    """Of a file that is sold: `Digital 100.png`."""
    return f"Digital {number:03}.png"


def comprehensive(upload: str, at: datetime, content_hash: str, extension: str) -> str:
    """Of a picture without a number: `artwork_20300101_140000_123_0a1b2c3d.png`.

    upload: as the user calls the file; at: business time, its zone is left as it is; content_hash: hexadecimal digits
    of the design, of which eight are taken, so that the same design gets the same name again.
    """
    if not _TOKEN.fullmatch(content_hash):
        raise ValueError("A content hash has at least eight hexadecimal digits.")
    stamp = f"{at:%Y%m%d_%H%M%S}_{at.microsecond // 1000:03}"
    return f"{stem(upload)}_{stamp}_{content_hash[:8]}{extension}"


def mockup(design: str, rank: int) -> str:
    """Of a mock-up of a design, by the design's name: `UV 100 UVDTF 16oz_100_BG_1.jpg`. rank: from 1."""
    return f"{PurePosixPath(design).stem}_BG_{rank}.jpg"


def design_object(shop: str, template: str, name: str, *, is_digital: bool) -> str:
    """Where a rendered design lies, below the tenant's own prefix."""
    middle = ("Digital", part(template)) if is_digital else (part(template),)
    return "/".join((part(shop), *middle, part(name)))


def mockup_object(shop: str, template: str, name: str) -> str:
    """Where a mock-up lies."""
    return "/".join((part(shop), "Mockups", part(template), part(name)))


def stem(name: str) -> str:
    """A user's name for a file as a harmless word of at most 50 characters; `design` when nothing is left of it."""
    last = name.replace("\\", "/").rpartition("/")[2]
    without = last.rpartition(".")[0] or last
    plain = _NO_STEM.sub("_", unicodedata.normalize("NFC", without)).strip("_-")
    return plain[:LONGEST_STEM].strip("_-") or "design"


def part(name: str) -> str:
    """A name as one part of an object's name: never empty, never a way out of its folder."""
    plain = " ".join(_NO_PART.sub(" ", unicodedata.normalize("NFC", name)).split())
    return plain[:_LONGEST_PART].strip(" .") or "_"
