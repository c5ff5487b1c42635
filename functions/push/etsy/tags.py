"""A listing's tags and materials as Etsy takes them.

Sources: the characters: Etsy's API description, createDraftListing, `tags` and `materials`. 13 tags of 20 characters and 13
materials: Etsy's help pages and third-party clients; they are not in the description. That both travel as one text with
commas: Etsy's open-api issues 291 and 557.

Nothing is cut and none is dropped for being one too many: which words matter only the seller knows.
"""

from collections.abc import Callable, Sequence

from common.errors import Refuse
from functions.push.etsy.normalised import Normalised, category, in_form, only

LONGEST_TAG = 20
MOST = 13
_SIGNS = frozenset("-'™©®")


def tags(given: Sequence[str]) -> Normalised[tuple[str, ...]]:
    """The tags in their order, each once.

    Raises Refuse for more than 13, or one of more than 20 characters.
    """
    made = _each_once(given, _in_a_tag, "tag")
    long = [tag for tag in made.value if len(tag) > LONGEST_TAG]
    if long:
        raise Refuse(
            f"Etsy allows {LONGEST_TAG} characters in a tag; shorten {', '.join(map(repr, long))}.",
            reason="etsy_tag_too_long",
        )
    return _within(made, "tags", "etsy_too_many_tags")


def materials(given: Sequence[str]) -> Normalised[tuple[str, ...]]:
    """The materials in their order, each once. Raises Refuse for more than 13."""
    return _within(_each_once(given, _in_a_material, "material"), "materials", "etsy_too_many_materials")


def _each_once(
    given: Sequence[str], is_allowed: Callable[[str], bool], what: str
) -> Normalised[tuple[str, ...]]:
    kept: dict[str, str] = {}
    notes: list[str] = []
    for text in given:
        made = only(in_form(text), is_allowed, f"{what} {text!r}")
        notes += made.notes
        if not made.value:
            notes.append(f"{what} {text!r}: nothing is left of it; left out")
        elif made.value.casefold() in kept:
            notes.append(f"{what} {text!r}: is there already; left out")
        else:
            kept[made.value.casefold()] = made.value
    return Normalised(tuple(kept.values()), tuple(notes))


def _within(made: Normalised[tuple[str, ...]], what: str, reason: str) -> Normalised[tuple[str, ...]]:
    if len(made.value) > MOST:
        raise Refuse(f"Etsy allows {MOST} {what}, these are {len(made.value)}; take some out.", reason=reason)
    return made


def _in_a_tag(letter: str) -> bool:
    return letter in _SIGNS or _in_a_material(letter)


def _in_a_material(letter: str) -> bool:
    kind = category(letter)
    return kind[0] == "L" or kind in ("Nd", "Zs")
