"""Etsy's rules for the words of a listing, and the eras that it offers in a year.

Titles: letters, numbers, punctuation, mathematical symbols, blanks, ™ © ®; each of % : & + once; 140 characters. Tags:
letters, numbers, blanks, - ' ™ © ®; 13 of 20 characters. Materials: letters, numbers, blanks; 13.
"""

import unicodedata
from collections.abc import Collection, Sequence

from infra.local.vendors.etsy.problems import Invalid

LONGEST_TITLE = 140
LONGEST_TAG = 20
MOST_TAGS = 13
MOST_MATERIALS = 13
_SIGNS = "™©®"
_ONCE = "%:&+"
_ANCIENT = ("1990s", "1980s", "1970s", "1960s", "1950s", "1940s", "1930s", "1920s", "1910s", "1900s")
_LAST_KNOWN_YEAR = 2028
"""Until then the rule below gives eras that make sense; how Etsy goes on is not known."""


def check_title(title: str) -> None:
    """Raise Invalid for a title that Etsy refuses."""
    if not title.strip():
        raise Invalid("title must not be empty")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"title must have at most {LONGEST_TITLE} characters")
    _check_letters("title", title, _SIGNS, classes=("Nd", "Sm", "Zs"), groups=("L", "P"))
    for letter in _ONCE:
        if title.count(letter) > 1:
            raise Invalid(f"title may contain the character {letter} only once")


def check_tags(tags: Sequence[str]) -> None:
    """Raise Invalid for tags that Etsy refuses."""
    if len(tags) > MOST_TAGS:
        raise Invalid(f"tags: at most {MOST_TAGS} are allowed")
    for tag in tags:
        if not tag or len(tag) > LONGEST_TAG:
            raise Invalid(f"tags: {tag!r} must have 1 to {LONGEST_TAG} characters")
        _check_letters("tags", tag, "-'" + _SIGNS, classes=("Nd", "Zs"), groups=("L",))
    if len({tag.casefold() for tag in tags}) < len(tags):
        raise Invalid("tags: each may be given once")


def check_materials(materials: Sequence[str]) -> None:
    """Raise Invalid for materials that Etsy refuses."""
    if len(materials) > MOST_MATERIALS:
        raise Invalid(f"materials: at most {MOST_MATERIALS} are allowed")
    for material in materials:
        if not material:
            raise Invalid("materials: an empty one is not allowed")
        _check_letters("materials", material, "", classes=("Nd", "Zs"), groups=("L",))


def when_made_values(year: int) -> tuple[str, ...]:
    """The eras of `when_made` in a year: what is twenty years old is vintage, so they move each January."""
    vintage = min(year, _LAST_KNOWN_YEAR) - 20
    recent = (
        f"2020_{year}",
        "2010_2019",
        f"{vintage + 1}_2009",
        f"before_{vintage + 1}",
        f"2000_{vintage}",
    )
    return ("made_to_order", *recent, *_ANCIENT, "1800s", "1700s", "before_1700")


def _check_letters(
    name: str, text: str, signs: str, *, classes: Collection[str], groups: Collection[str]
) -> None:
    for letter in text:
        category = unicodedata.category(letter)
        if letter not in signs and category not in classes and category[0] not in groups:
            raise Invalid(f"{name} contains an invalid character: {letter!r}")
