"""A listing's title as Etsy takes it.

Sources: the characters, and that each of % : & + may stand once: Etsy's API description, createDraftListing, `title`.
140 characters: Etsy's seller handbook and third-party clients; it is not in the description.
"""

from common.errors import Refuse
from functions.push.etsy.normalised import Normalised, category, in_form, only

LONGEST = 140
"""Characters."""
_ONCE = {"%": " percent", ":": " -", "&": " and ", "+": " plus "}
"""What may stand once, and what a second one becomes."""
_SIGNS = frozenset("™©®")


def title(text: str) -> Normalised[str]:
    """The title, with what had to be changed. Too long a one is cut between two words, never inside one.

    Raises Refuse when nothing is left of it, or when its first word alone is too long.
    """
    allowed = only(in_form(text), _is_allowed, "title")
    said, notes = _said_once(allowed.value)
    whole = in_form(said)
    if not whole:
        raise Refuse("The title holds nothing that Etsy allows; give it one.", reason="etsy_title")
    cut = _cut(whole)
    if cut != whole:
        notes += (f"title: cut from {len(whole)} to {len(cut)} characters; Etsy allows {LONGEST}",)
    return Normalised(cut, allowed.notes + notes)


def _is_allowed(letter: str) -> bool:
    kind = category(letter)
    return letter in _SIGNS or kind[0] in "LP" or kind in ("Nd", "Sm", "Zs")


def _said_once(text: str) -> tuple[str, tuple[str, ...]]:
    notes: list[str] = []
    for letter, otherwise in _ONCE.items():
        first, found, rest = text.partition(letter)
        if letter in rest:
            text = first + found + rest.replace(letter, otherwise)
            notes.append(f"title: Etsy allows {letter} once; the others were written as{otherwise.rstrip()}")
    return text, tuple(notes)


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    cut = text[: max(0, text.rfind(" ", 0, LONGEST + 1))].rstrip(" ,;:-–—|/&+")
    if not cut:
        raise Refuse(
            f"The title begins with a word of more than {LONGEST} characters; shorten it.",
            reason="etsy_title",
        )
    return cut
