"""One entry of `customers` in a book."""

from dataclasses import dataclass
from typing import Any, cast

import yaml

from common.customers.customer import (
    DEFAULT_UNIQUE_KEYS,
    ORDER_NUMBER,
    REVIEW_POSITION,
    SYSTEMS,
    Customer,
    Status,
)
from common.customers.fields import Fields, Text, is_null
from common.customers.kept import kept
from common.customers.names import UNKNOWN, fold

_KNOWN = (
    "canonical",
    "status",
    *SYSTEMS,
    "aliases",
    "order_key_config",
    "shipment_key_config",
    "column_mapping",
    "matching_config",
)
_KEY_CONFIG = ("unique_keys", "extra_checks")
_STATUSES = ("approved", "review")


@dataclass(frozen=True, slots=True)
class Entry:
    """A customer as its entry says it; its position is given once all are known."""

    customer: Customer
    names: tuple[tuple[str, Text], ...]
    """Every name that it claims, with the key under which it does."""


def read_entry(fields: Fields) -> Entry | None:
    """The customer of an entry; None when it has no name. Every problem of the entry is told."""
    fields.tell_unknown(_KNOWN)
    canonical = _canonical(fields)
    status = _status(fields)
    names = {system: fields.texts(system, one_will_do=True) or [] for system in SYSTEMS}
    aliases = fields.texts("aliases", may_be_empty=True) or []
    unique_keys, extra_checks = _order_keys(fields)
    shipment_key_config = _shipment_keys(fields)
    column_mapping = _column_mapping(fields)
    matching_config = kept(fields.mapping("matching_config"))
    if canonical is None:
        return None
    customer = Customer(
        canonical=fold(canonical.value),
        status=status or "review",
        position=REVIEW_POSITION,
        unique_keys=unique_keys or DEFAULT_UNIQUE_KEYS,
        extra_checks=extra_checks,
        column_mapping=column_mapping,
        names={system: _values(texts) for system, texts in names.items() if texts},
        aliases=_values(aliases),
        shipment_key_config=shipment_key_config,
        matching_config=matching_config,
        line=fields.line,
    )
    claims = {"canonical": [canonical], "aliases": aliases, **names}
    return Entry(customer, tuple((key, text) for key, texts in claims.items() for text in texts))


def label(node: yaml.MappingNode, place: str) -> str:
    """What an entry is called in problems: its canonical name, else its place."""
    for key, value in node.value:
        if (
            isinstance(key, yaml.ScalarNode)
            and key.value == "canonical"
            and isinstance(value, yaml.ScalarNode)
        ):
            return fold(value.value) or place
    return place


def _values(texts: list[Text]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.value for text in texts))


def _canonical(fields: Fields) -> Text | None:
    found = fields.text("canonical")
    if found is None and fields.get("canonical") is None:
        fields.error(
            fields.line_at("canonical"), "canonical", "missing", "Give the customer its one name here."
        )
    if found is not None and fold(found.value) == UNKNOWN:
        detail = f"{UNKNOWN} is what orders without a customer's name are filed under; choose another name."
        fields.error(found.line, "canonical", "reserved", detail)
    return found


def _status(fields: Fields) -> Status | None:
    found = fields.text("status")
    if found is not None and found.value.lower() in _STATUSES:
        return cast(Status, found.value.lower())
    said = "Write `status: approved` when its orders may go on by themselves, else `status: review`."
    if found is not None:
        fields.error(found.line, "status", "bad_status", f"{found.value!r} is no status. {said}")
    elif fields.get("status") is None:
        fields.error(fields.line_at("status"), "status", "missing", said)
    return None


def _order_keys(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    config = fields.mapping("order_key_config")
    if config is None:
        return (), ()
    config.tell_unknown(_KEY_CONFIG)
    unique_keys = tuple(text.value for text in config.distinct("unique_keys"))
    if unique_keys and ORDER_NUMBER not in unique_keys:
        detail = f"Without {ORDER_NUMBER}, rows of different orders would count as one; add it."
        config.error(config.line_at("unique_keys"), "unique_keys", "no_order_number", detail)
    return unique_keys, tuple(text.value for text in config.distinct("extra_checks"))


def _shipment_keys(fields: Fields) -> dict[str, Any]:
    """Its two lists are held to what those of orders are; other keys are other programs' own."""
    config = fields.mapping("shipment_key_config")
    if config:
        for name in _KEY_CONFIG:
            config.distinct(name)
    return kept(config)


def _column_mapping(fields: Fields) -> dict[str, str | None]:
    config = fields.mapping("column_mapping")
    found: dict[str, str | None] = {}
    lines: dict[str, int] = {}
    for header, node in config or ():
        folded = fold(header.value)
        if not folded:
            fields.error(
                header.line, "column_mapping", "blank", "A header is blank; write it, or take it out."
            )
        elif folded in lines:
            detail = f"{header.value} is mapped twice, in line {lines[folded]} and line {header.line}; take one out."
            fields.error(header.line, "column_mapping", "duplicate", detail)
        else:
            lines[folded] = header.line
            column = config.text(header.value) if config and not is_null(node) else None
            found[header.value] = fold(column.value) if column else None
    return found
