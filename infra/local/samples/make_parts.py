"""Write parts.ndjson: rows of the BigQuery parts table, with real makers and numbers and invented figures.

    python -m infra.local.samples.make_parts

The same input always gives the same bytes; a test compares them with the committed file. README.md says what
each kind of row is for.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.local.samples.edges import EDGES, MALFORMED, UNLISTED
from infra.local.samples.families import CATEGORIES, Part, parts
from infra.local.samples.invented import choose, draw

FILE = Path(__file__).with_name("parts.ndjson")
Row = dict[str, Any]

_ASKED = 92  # per cent of the tables' parts, those of the edges apart, that are in the parts table
_DELIMITERS = (" > ", "|", "->", " -> ", " | ", "\n", " >\n ")
_LIFECYCLES = (
    *("Active", "Active", "Volume Production", "Unknown"),
    *("Obsolete", "Not Recommended for New Design", "Contact Manufacturer"),
)
_PROFILES = (
    *("category docs",) * 6,
    *("category",) * 3,
    *("",) * 2,
    *("category description",) * 4,
    *("category specs",) * 3,
    *("category description docs",) * 2,  # exactly .80
    *("category description specs docs images",) * 2,
    "specs docs images",  # exactly .80 as well, without a category
    "category specs docs",
    "category anonymous",
)
"""What a row has beside its number and maker ("anonymous": no maker either)."""
_ALIASES = {
    "Texas Instruments": ("TI", "Texas Instruments Inc."),
    "onsemi": ("ON Semiconductor", "ON Semi"),
    "STMicroelectronics": ("ST", "ST Microelectronics"),
    "Microchip": ("Microchip Technology", "Microchip Technology Inc."),
    "Maxim Integrated": ("Maxim", "Maxim Integrated Products"),
    "Analog Devices": ("ADI", "Analog Devices, Inc."),
    "Infineon": ("Infineon Technologies AG", "International Rectifier"),
    "NXP": ("NXP Semiconductors", "Freescale"),
    "Vishay": ("Vishay Semiconductors", "Vishay Intertechnology"),
    "Diodes Incorporated": ("Diodes Inc.", "Diodes"),
}
_LOWEST, _HIGHEST = 0.180625, 1.157837  # boosted scores between which the score job spreads its 0 to 100
_BOOSTS = (1.21176, 1.272348)
_RANKED = 170_820
_EPOCH = datetime(2023, 1, 2, 8, 0, tzinfo=UTC)


def rows() -> Iterator[Row]:
    """Every row, in the order of the file."""
    special = {one["part"] for one in (*EDGES, *MALFORMED)}
    others = (part for part in parts() if (part.number, part.maker) not in special)
    asked = [part for part in others if draw(_key(part), "asked", 100) < _ASKED]
    yield from (_ordinary(part) for part in asked)
    yield from (_edge(place, edge) for place, edge in enumerate(EDGES))
    yield from (_unlisted(number, maker, what) for number, maker, what in UNLISTED)
    yield from (_malformed(place, change) for place, change in enumerate(MALFORMED))


def text() -> str:
    """The file's content."""
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows())


def _ordinary(part: Part) -> Row:
    key = _key(part)
    number = part.former if part.former and draw(key, "former", 3) == 0 else part.number
    profile = choose(key, "profile", _PROFILES)
    row = _row(part, number, _spelling(part.maker, key), profile)
    row["priority_score"] = _drawn_score(key)
    return row


def _edge(place: int, edge: dict[str, Any]) -> Row:
    """A row made for one edge: a part of the tables with what the edge prescribes."""
    number, maker = edge["part"]
    part = _listed(number, maker)
    key = f"edge {place} {number}"
    row = _row(
        part,
        edge.get("pn", number),
        edge.get("manufacturer", maker),
        edge.get("profile", "category docs"),
        key,
    )
    row["priority_score"] = score(edge["score"]) if "score" in edge else _drawn_score(key)
    columns: Row = edge.get("columns", {})
    return row | columns


def _listed(number: str, maker: str) -> Part:
    return next(part for part in parts() if (part.number, part.maker) == (number, maker))


def _unlisted(number: str, maker: str, what: str) -> Row:
    """A real part, mostly long out of production, that the DigiKey sample does not know."""
    part = Part(number, maker, "logic", what, "")
    row = _row(part, number, maker, choose(number, "profile", ("category", "docs", "", "category specs")))
    row["category"] = ""
    row["priority_score"] = score(20 + draw(number, "score", 75))
    return row


def _malformed(place: int, change: dict[str, Any]) -> Row:
    number, maker = change["part"]
    part = _listed(number, maker)
    row = _row(part, part.number, part.maker, "category docs", f"malformed {place}")
    row["priority_score"] = score(change.get("score", 50))
    columns: Row = change.get("columns", {})
    return row | columns


def _row(part: Part, number: str | None, maker: str | None, profile: str, key: str | None = None) -> Row:
    """The 25 columns, without a score."""
    key = key or _key(part)
    has = profile.split()
    created = _EPOCH + timedelta(minutes=draw(key, "created", 600_000))
    slug = hashlib.sha256(key.encode()).hexdigest()[:12]
    documents = _documents(slug, key) if "docs" in has else []
    return {
        "product_id": hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(),
        "pn": number,
        "product_series": None,
        "manufacturer": None if "anonymous" in has else maker,
        "brand": part.maker if draw(key, "brand", 4) == 0 else None,
        "category": _category(part, key) if "category" in has else choose(key, "no category", ("", None)),
        "title": f"{part.number} {part.what}",
        "description": f"{part.what.capitalize()}, {part.package}" if "description" in has else None,
        "datasheet_url": documents[0]["doc_url"] if documents else None,
        "lifecycle_status": choose(key, "lifecycle", _LIFECYCLES),
        "package_type": part.package or None,
        "intro_date": choose(
            key, "intro", (None, None, "0001-01-01", f"{2000 + draw(key, 'year', 23)}-06-01")
        ),
        "country_of_origin": None,
        "primary_image_url": f"/images/{slug}.jpg" if "images" in has else None,
        "created": _stamp(created),
        "modified": _stamp(created + timedelta(minutes=draw(key, "modified", 400_000))),
        "active_for_use": draw(key, "active", 20) > 0,
        "manuf_standard_packaging": choose(key, "packaging", (None, 25, 50, 1000, 2500, 3000)),
        "specs": _specs(part, key) if "specs" in has else [],
        "images": [{"image_id": slug, "image_url": f"/images/{slug}.jpg"}] if "images" in has else [],
        "sellers": [],
        "docs": documents,
        "compliance": [{"type": "RoHS", "value": "unknown (sample)"}]
        if draw(key, "compliance", 3) == 0
        else [],
        "extra": [{"name": "score_job", "value": "sample"}],
        "priority_score": None,
    }


def _key(part: Part) -> str:
    return f"{part.maker}|{part.number}"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _category(part: Part, key: str) -> str:
    """The category path as source systems write it: each with its own delimiter, now and then two of them."""
    path = CATEGORIES[part.category]
    first, rest = choose(key, "delimiter", _DELIMITERS), choose(key, "delimiter of the rest", _DELIMITERS)
    return path[0] + "".join((first if level == 0 else rest) + name for level, name in enumerate(path[1:]))


def _specs(part: Part, key: str) -> list[dict[str, str | None]]:
    """What the number itself says; the unit of micro and ohm in either of their two code points."""
    specs: list[dict[str, str | None]] = [
        {"spec_name": "Package", "spec_value": part.package, "spec_units": None}
    ]
    for name, value, unit in part.specs:
        signs = unit if draw(key, "signs", 2) else unit.replace("µ", "\u03bc").replace("Ω", "\u2126")
        specs.append({"spec_name": name, "spec_value": value, "spec_units": signs})
    return specs


def _documents(slug: str, key: str) -> list[dict[str, str]]:
    """One datasheet at an address that is nobody's; a third of them without a scheme."""
    scheme = choose(key, "scheme", ("https://", "https://", "//"))
    url = f"{scheme}datasheets.example/{slug}.pdf"
    return [{"doc_url": url, "doc_desc": "Datasheet (sample address)", "doc_type": "datasheet"}]


def _spelling(maker: str, key: str) -> str:
    """The maker's name as one of many sources spells it."""
    aliases = _ALIASES.get(maker, (maker,))
    variants: tuple[str, ...] = (
        *(maker,) * 12,
        maker.upper(),
        maker.lower(),
        f" {maker.replace(' ', '  ')} ",
        unicodedata.normalize("NFD", maker),
        *aliases,
    )
    return choose(key, "spelling", variants)


def _drawn_score(key: str) -> Row | None:
    """No score for one row in twelve, in either of the two ways the source says so; else 0 to 100."""
    kind = draw(key, "scored", 24)
    if kind == 0:
        return None
    if kind == 1:
        return score(None)
    return score(draw(key, "score", 100_000) / 1000)


def score(points: float | str | None) -> Row:
    """The score record for 0 to 100 points; None: not computed; text: what FLOAT64 takes as text."""
    if points is None:
        empty = dict.fromkeys(("base", "boosted", "score", "percentile", "updated_at"))
        return {**empty, "has_score": False, "tier": None}
    number = 50.0 if isinstance(points, str) else float(points)
    boosted = _LOWEST + number / 100 * (_HIGHEST - _LOWEST)
    boost = _BOOSTS[int(number * 1000) % 2]
    return {
        "base": round(boosted / boost, 6),
        "boosted": round(boosted, 6),
        "score": points,
        "percentile": round(max(1, (100 - number) / 100 * _RANKED) / _RANKED, 6),
        "updated_at": "2025-01-06T04:00:00Z",
        "has_score": True,
        "tier": "ABCDE"[min(4, max(0, int((100 - number) // 20)))],
    }


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
