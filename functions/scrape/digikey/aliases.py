"""When two spellings name one maker."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

_LEGAL_FORMS = frozenset(
    (
        *(
            "&",
            "ab",
            "ag",
            "asa",
            "bv",
            "co",
            "company",
            "corp",
            "corporation",
            "gmbh",
            "inc",
            "incorporated",
        ),
        *("kg", "limited", "llc", "ltd", "nv", "oy", "plc", "sa", "spa", "srl", "usa"),
    )
)
"""Words at the end of a name that do not tell makers apart (DigiKey writes "NXP USA Inc.")."""


def folded(name: str) -> str:
    """A maker's name for comparing: case, punctuation, spacing and legal form do not count."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
    words = re.sub(r"[^\w+&\u0300-\u036f]+|_+", " ", decomposed.replace(".", "").replace("'", "")).split()
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)


class ManufacturerAliases(Mapping[str, str]):
    """Alias → canonical name, both folded; chains (Dallas → Maxim → ADI) are followed to their end."""

    def __init__(self, canonical_by_alias: Mapping[str, str]) -> None:
        """Raise ValueError when the aliases lead in a circle."""
        direct = {folded(alias): folded(canonical) for alias, canonical in canonical_by_alias.items()}
        self._canonical = {alias: _end_of_chain(alias, direct) for alias in direct}

    def __getitem__(self, alias: str) -> str:
        return self._canonical[folded(alias)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._canonical)

    def __len__(self) -> int:
        return len(self._canonical)

    def resolve(self, name: str) -> str:
        """The canonical folded name; a name without an alias stands for itself."""
        return self._canonical.get(folded(name), folded(name))

    def same(self, one: str, other: str) -> bool:
        """Whether two names mean one maker; an empty name means none."""
        return bool(folded(one)) and self.resolve(one) == self.resolve(other)


def _end_of_chain(alias: str, direct: Mapping[str, str]) -> str:
    seen = [alias]
    while (canonical := direct.get(seen[-1], seen[-1])) != seen[-1]:
        if canonical in seen:
            raise ValueError("manufacturer aliases in a circle: " + " → ".join([*seen, canonical]))
        seen.append(canonical)
    return seen[-1]
