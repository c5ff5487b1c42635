"""Our mark in a draft: what it is found again by when the answer to its creation was lost.

Etsy's createDraftListing has no idempotency key, no sku and no id of ours, and a 500 does not prove that nothing was made
(open-api issue 162). So a mark has to go into the creation itself, in a field that comes back when drafts are listed:
- a tag takes one of the thirteen that buyers search by, and a seller who uses all thirteen would have none for it;
- a material is shown to buyers as what the thing is made of; the title is the last place for a code;
- personalisation texts are announced to be removed, and images have no place for it before there is a listing;
- the end of the description has no limit that it could use up, and is letters and digits only, so that neither Etsy's
  escaping of HTML nor its trimming of blanks can change it.
So it is the description's last line, `Ref. 2JX5PTRUB7M3QKDA`: a seller may keep it (it reads like an article number) or
strike it out. Once the sku stands in the inventory that is the lasting key; then an update may take the line away, where the
seller wants that. It should be made of the description that we sent, not of the one that Etsy answers, which may come
back with its signs escaped.
"""

import base64
import hashlib
import json
import re

_LETTERS = 16  # of base 32: 80 bits
_LINE = re.compile(rf"\s*\bRef\. [A-Z2-7]{{{_LETTERS}}}\b\s*\Z")


def mark_of(*parts: str) -> str:
    """The mark of what these name, e.g. (tenant, key, incarnation): always the same, and nobody else's."""
    digest = hashlib.sha256(json.dumps(parts).encode()).digest()
    return f"Ref. {base64.b32encode(digest).decode()[:_LETTERS]}"


def with_mark(description: str, mark: str) -> str:
    """The description with the mark as its last line, in place of one that was there."""
    return f"{without_mark(description)}\n\n{mark}"


def without_mark(description: str) -> str:
    """The description as the seller wrote it, without blanks at its end."""
    return _LINE.sub("", description).rstrip()


def has_mark(description: str, mark: str) -> bool:
    """Whether the mark stands in it, at the end or wherever somebody has moved it to."""
    return re.search(rf"\b{re.escape(mark)}\b", description) is not None
