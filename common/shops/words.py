"""Whether Etsy takes the words of a template, by the very rules that a draft is made with."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from common.errors import Refuse
from common.pipeline.flow import load
from common.shops.fault import Fault

# Named as text, as flows name their steps: nothing in common imports functions.
_TITLE: Final = "functions.push.etsy.titles:title"
_TAGS: Final = "functions.push.etsy.tags:tags"
_MATERIALS: Final = "functions.push.etsy.tags:materials"
_MOST_IMAGES: Final = "functions.push.etsy.listing:MOST_IMAGES"
_ERA: Final = re.compile(r"made_to_order|20\d\d_20\d\d|before_\d{4}|\d{3}0s|1[78]00s")


def title_faults(field: str, text: str) -> Iterator[Fault]:
    """What Etsy would not take of a title, or of a part of one; what would be changed is only to be looked at."""
    return _faults(field, load(_TITLE), text)


def tags_faults(texts: Sequence[str]) -> Iterator[Fault]:
    """What Etsy would not take of tags."""
    return _faults("tags", load(_TAGS), texts)


def materials_faults(texts: Sequence[str]) -> Iterator[Fault]:
    """What Etsy would not take of materials."""
    return _faults("materials", load(_MATERIALS), texts)


def era_faults(value: str) -> Iterator[Fault]:
    """A `when_made` that has not the form of one. Which eras there are moves each January, so that is Etsy's to say."""
    if not _ERA.fullmatch(value):
        detail = f"{value!r} is no era; write made_to_order, or one such as 2020_2026, 1990s or before_2007."
        yield Fault("when_made", "not_an_era", detail)


def most_images() -> int:
    """How many images a listing has at most."""
    return int(load(_MOST_IMAGES))


def _faults(field: str, rule: Callable[[Any], Any], words: object) -> Iterator[Fault]:
    try:
        made = rule(words)
    except Refuse as error:
        yield Fault(field, error.reason, str(error))
        return
    for note in made.notes:
        yield Fault(field, "changed_for_etsy", f"{note}.", is_error=False)
