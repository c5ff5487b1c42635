"""Reads a shop's file, or says everything that is wrong with it."""

from contextlib import suppress
from typing import Final

import yaml

from common.customers import document
from common.customers.checked_file import CheckedFile
from common.customers.fields import Fields
from common.customers.problem import Findings, TooManyProblems
from common.shops import entries
from common.shops.reading import Reading, SizeOf, named
from common.shops.shop import FACTS, Named, Shop

_KNOWN: Final = ("shop", "etsy", "templates")
_ETSY: Final = ("shop_id", "shipping_profile_id", "return_policy_id", "readiness_state_id", *FACTS)
_HINT: Final = "`shop: NAME`, `etsy:` and `templates:`"


class Checked(CheckedFile[Shop]):
    """What a shop's file says, and what is wrong with it."""

    @property
    def shop(self) -> Shop | None:
        """The shop, if there is no error in it."""
        return self.valid


def check(content: bytes | str, size_of: SizeOf | None = None) -> Checked:
    """Read a file's content, YAML in UTF-8. Never raises: whatever is wrong is among the problems.

    size_of: with it, the pictures are looked at as well: that they are there, and as large as the file says.
    """
    findings = Findings()
    reading = _Reading(findings, size_of)
    with suppress(TooManyProblems):  # the last problem says so
        reading.read(content)
    return Checked(reading.shop, findings.by_line(), reading.is_readable)


class _Reading:
    """What was read so far."""

    def __init__(self, findings: Findings, size_of: SizeOf | None) -> None:
        self._findings = findings
        self._size_of = size_of
        self.shop = Shop(name="", etsy_shop_id=0)
        self.is_readable = False

    def read(self, content: bytes | str) -> None:
        """Read everything. Raises TooManyProblems."""
        root = document.read(content, self._findings, what="shop's file", begin=_HINT)
        if root is None:
            return
        if not isinstance(root, yaml.MappingNode):
            detail = f"A shop's file is a mapping; begin with {_HINT}."
            self._findings.error(document.line_of(root), "", "", "not_a_mapping", detail)
            return
        self.is_readable = True
        whole = Reading(Fields(root, "", self._findings), self._findings, self._size_of)
        whole.fields.tell_unknown(_KNOWN)
        self.shop, defaults = self._read_shop(whole)
        self._read_templates(whole, defaults)

    def _read_shop(self, whole: Reading) -> tuple[Shop, dict[str, int | None]]:
        name = whole.needed("shop", "the shop's name")
        node = whole.fields.mapping("etsy")
        if node is None:
            if not whole.has("etsy"):
                whole.error(
                    "etsy",
                    "missing",
                    "The shop's account is left out; write `etsy:` and below it `shop_id:`.",
                )
            return Shop(name=name, etsy_shop_id=0), {}
        etsy = Reading(node, self._findings)
        node.tell_unknown(_ETSY)
        number = etsy.whole("shop_id")
        if not etsy.has("shop_id"):
            etsy.error("shop_id", "missing", "Etsy's number of the shop is left out; write `shop_id:`.")
        shop = Shop(
            name=name,
            etsy_shop_id=1 if number is None else number,
            facts={fact: tuple(self._read_facts(etsy, fact)) for fact in FACTS if etsy.has(fact)},
        )
        for fault in shop.faults():
            if fault.field != "shop":
                etsy.tell([fault])
            elif name:
                whole.tell([fault])
        return shop, {name: etsy.whole(name) for name in FACTS.values() if etsy.has(name)}

    def _read_facts(self, etsy: Reading, fact: str) -> list[Named]:
        found = []
        for each in etsy.list_of(fact, lambda _, number: f"{fact}[{number}]"):
            each.fields.tell_unknown(("id", "name"))
            number = each.whole("id")
            if not each.has("id"):
                each.error("id", "missing", "Etsy's number is left out; write `id:`.")
            if number is not None:
                found.append(Named(number, each.text("name")))
        return found

    def _read_templates(self, whole: Reading, defaults: dict[str, int | None]) -> None:
        readings = list(
            whole.list_of("templates", lambda node, number: named(node, "name", f"templates[{number}]"))
        )
        entries.tell_twice(readings, "templates")
        found = []
        for reading in readings:
            template = entries.template(reading, defaults)
            reading.tell(self.shop.unknown(template))
            found.append(template)
        if whole.fields.is_empty("templates"):
            detail = "There are no templates; write `templates:` and below it `- name: NAME`."
            whole.error("templates", "missing", detail)
        self.shop = Shop(
            name=self.shop.name,
            etsy_shop_id=self.shop.etsy_shop_id,
            facts=self.shop.facts,
            templates=tuple(found),
        )
