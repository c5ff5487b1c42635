"""What the catalogue holds of a part: the source's record, what DigiKey adds, and before both what a person said. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

DOCUMENT_COLUMNS: tuple[str, ...] = (
    "part_number",
    "manufacturer",
    "product_id",
    "category_path",
    "description",
    "lifecycle_status",
    "attributes",
    "documents",
    "sellers",
    "extras",
)
"""What makes a part in the catalogue "changed". Provenance is beside it: reading the same fact again changes nothing."""

Document = dict[str, Any]
_NOTHING: Mapping[str, Any] = {}


def document(
    data: Mapping[str, Any], answers: Sequence[Mapping[str, Any]] = ()
) -> tuple[Document, dict[str, Any]]:
    """The document of a working item, and for each of its fields where it comes from.

    data: record (the source's), and if there are enrichment (as `functions.scrape.digikey.mapping` says) and answer (a person's:
    attributes [{name, value, unit}], extras [{name, value}], documents [{url, type, description}], sellers [{name, type}], editor,
    source_url). Lists are sorted, so that their order at a vendor changes nothing.
    answers: what people said of the part in earlier runs, the newest last; it stands until a person says otherwise.
    """
    record, enrichment = data["record"], data.get("enrichment") or _NOTHING
    said = [*answers, data.get("answer") or _NOTHING]
    provenance: dict[str, Any] = {}
    built: Document = {
        "part_number": record["part_number"],
        "product_id": record["product_id"],
        **{
            name: _single(name, record, enrichment, provenance)
            for name in ("manufacturer", "description", "lifecycle_status")
        },
        "category_path": _category(record, enrichment, provenance),
    }
    for field, identity, parts in _lists(record, enrichment, said):
        built[field], provenance[field] = _merged(identity, parts)
    return built, provenance


def _single(
    name: str, record: Mapping[str, Any], enrichment: Mapping[str, Any], provenance: dict[str, Any]
) -> Any:
    fact = enrichment.get(name)
    if fact and not (
        name == "manufacturer" and record[name]
    ):  # the source's own maker stands; DigiKey fills a gap
        provenance[name] = _origin(fact)
        return fact["value"]
    provenance[name] = {"source": "bigquery"}
    return record[name]


def _category(
    record: Mapping[str, Any], enrichment: Mapping[str, Any], provenance: dict[str, Any]
) -> list[str]:
    fact = enrichment.get("category")
    if fact and fact["value"] and fact["value"] != ["Uncategorized"]:
        provenance["category_path"] = _origin(fact)
        return list(fact["value"])
    provenance["category_path"] = {"source": "bigquery"}
    return list(record["category_path"] or []) or ["Uncategorized"]


def _lists(
    record: Mapping[str, Any], enrichment: Mapping[str, Any], said: Sequence[Mapping[str, Any]]
) -> Iterable[tuple[str, str, list[tuple[dict[str, Any], dict[str, Any]]]]]:
    """Each list field, what identifies an entry in it, and its entries with their origin; later ones win."""
    bigquery = {"source": "bigquery"}
    yield "attributes", "name", [
        *(({"name": s["name"], "value": s["value"], "unit": s["unit"]}, bigquery)
          for s in record["specs"] if s["name"] and s["value"]),
        *(({"name": f["name"], "value": _text(f["value"]), "unit": None}, _origin(f)) for f in enrichment.get("attributes", ())),
        *(({"name": a["name"], "value": _text(a["value"]), "unit": a.get("unit")}, origin)
          for a, origin in _by_hand(said, "attributes")),
    ]  # fmt: skip
    yield "documents", "url", [
        *(({"url": url, "type": kind, "description": text}, bigquery) for url, kind, text in _own_documents(record)),
        *(({"url": f["value"], "type": f["type"], "description": f.get("description")}, _origin(f))
          for f in enrichment.get("documents", ())),
        *(({"url": d["url"], "type": d.get("type", "document"), "description": d.get("description")}, origin)
          for d, origin in _by_hand(said, "documents")),
    ]  # fmt: skip
    yield "sellers", "name", [
        *((_own_seller(s), bigquery) for s in record["sellers"] if s.get("name")),
        *(({"name": f["name"], "type": f["type"], "offer": f["value"]}, _origin(f)) for f in enrichment.get("sellers", ())),
        *(({"name": s["name"], "type": s.get("type", "distributor"), "offer": {}}, origin)
          for s, origin in _by_hand(said, "sellers")),
    ]  # fmt: skip
    yield "extras", "name", [
        *(({"name": e["name"], "value": e["value"]}, bigquery) for e in record["extra"] if e["name"] and e["value"]),
        *(({"name": f["name"], "value": _text(f["value"])}, _origin(f)) for f in enrichment.get("extras", ())),
        *(({"name": e["name"], "value": _text(e["value"])}, origin) for e, origin in _by_hand(said, "extras")),
    ]  # fmt: skip


def _own_documents(record: Mapping[str, Any]) -> Iterable[tuple[str, str, str | None]]:
    if record["datasheet_url"]:
        yield record["datasheet_url"], "datasheet", None
    for doc in record["docs"]:
        if doc["url"]:
            yield doc["url"], doc["type"] or "document", doc["description"]


def _own_seller(seller: Mapping[str, Any]) -> dict[str, Any]:
    offer = {name: value for name, value in seller.items() if name not in ("name", "type") and value}
    return {"name": seller["name"], "type": seller.get("type") or "distributor", "offer": offer}


def _by_hand(
    said: Sequence[Mapping[str, Any]], field: str
) -> Iterable[tuple[Mapping[str, Any], dict[str, Any]]]:
    """The entries that people gave, the newest answer last, each with who said it."""
    for answer in said:
        origin = {"source": "manual", "editor": answer.get("editor"), "source_url": answer.get("source_url")}
        yield from ((entry, origin) for entry in answer.get(field, ()))


def _merged(
    identity: str, entries: Iterable[tuple[dict[str, Any], dict[str, Any]]]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {}
    origins: dict[str, Any] = {}
    for entry, origin in entries:
        values[entry[identity]] = entry
        origins[entry[identity]] = origin
    return [values[name] for name in sorted(values)], origins


def _origin(fact: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fact.get(name) for name in ("source", "source_url", "fetched_at")}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    return value if isinstance(value, str) else str(value)
