"""What a calibration found: each preset's recall by transform, the room of each rule, and the pairs most alike."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, line, pairs

_FAMILIES = (
    ("bits", "Bits"),
    ("rule", "Rule"),
    ("lowest", "Copies found from"),
    ("highest", "Nothing else up to"),
    ("closest", "Most alike"),
)
_CLOSEST = (("a", "Picture"), ("b", "Other picture"), ("distance", "Bits apart"))


def calibration_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """What was looked at, the tables, and what to choose."""
    presets = answer["presets"]
    columns = [("transform", "Copies found"), *((each["name"], _heading(each)) for each in presets)]
    families = [{**each, "bits": each["size"] ** 2, **_bounds(each)} for each in answer["families"]]
    return [
        pairs(_head(answer)),
        Rows(columns, list(_recalls(presets)), title="Presets"),
        Rows(_FAMILIES, families, title="Thresholds, in bits that may differ"),
        Rows(_CLOSEST, answer["closest"], title="Pairs most alike under the preset standard"),
        *map(line, _remarks(answer)),
    ]


def _head(answer: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        ("Pictures", answer["pictures"]),
        ("Pairs of unrelated ones", f"{answer['pairs']:,}"),
        ("Flat, never matched by hash", len(answer["flat"]) or None),
        ("Exact copies, left out", len(answer["exact_copies"]) or None),
        ("Refused", ", ".join(f"{each['name']} ({each['reason']})" for each in answer["refused"]) or None),
    ]


def _heading(preset: Mapping[str, Any]) -> str:
    return f"{preset['name']}: {preset['rule']}, {preset['size'] ** 2} bits, ≤ {preset['within']}"


def _recalls(presets: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row for each transform, then one for what was taken for a copy and is none."""
    for transform in presets[0]["recall"]:
        shares = {each["name"]: f"{each['recall'][transform]:.1%}" for each in presets}
        yield {"transform": transform, **shares}
    yield {
        "transform": "other designs taken for copies",
        **{each["name"]: each["false_matches"] for each in presets},
    }


def _bounds(family: Mapping[str, Any]) -> dict[str, Any]:
    lowest, highest = family["lowest"], family["highest"]
    return {
        "lowest": "never" if lowest is None else lowest,
        "highest": "never" if highest < 0 else highest,
    }


def _remarks(answer: Mapping[str, Any]) -> Iterator[str]:
    found = answer["chosen"]
    if found is None:
        yield (
            "\nNo rule finds the copies and nothing else. Look at the pairs most alike: if they are one design, say so "
            "with --labels."
        )
        return
    yield (
        f"\nBest apart: {found['rule']} of {found['size'] ** 2} bits, from {found['lowest']} to {found['highest']} bits; "
        f"{found['within']} is a good threshold."
    )
    holding = [each["name"] for each in answer["presets"] if each["holds"]]
    if holding:
        yield f"Presets that hold on these pictures: {', '.join(holding)} (design_duplicate_preset)."
    else:
        yield "No preset holds on these pictures: set duplicate_hamming_threshold beside the nearest one."
