"""Names of shops, templates and their parts: people read them, and the folders of objects are called so."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from common.shops.fault import Fault

LONGEST: Final = 80
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|#\[\]]')


def name_faults(name: str, field: str = "name") -> Iterator[Fault]:
    """Everything that is wrong with a name."""
    if not name.strip():
        yield Fault(field, "blank", "The name is blank; write one.")
    elif len(name) > LONGEST:
        yield Fault(field, "too_long", f"A name has at most {LONGEST} characters, this one {len(name)}.")
    elif found := sorted(set(_UNFIT.findall(name))):
        letters = ", ".join(map(repr, found))
        yield Fault(
            field, "bad_name", f"Files are named after it, so it must not have {letters}; take that out."
        )
    elif name.strip(" .") != name or " ".join(unicodedata.normalize("NFC", name).split()) != name:
        detail = "A name has single blanks between its words, no dot or blank around it, and composed letters (NFC)."
        yield Fault(field, "bad_name", detail)
