"""Rows of the sample that exist for the edge they are at.

part: number and maker in the tables; pn, manufacturer: what the row says instead; profile: what else it has
(see make_parts); score: 0 to 100; columns: columns replaced as they are.
"""

import unicodedata
from typing import Any

_TI = "Texas Instruments"
_PN_AND_MAKER = ""
_EXACTLY_80 = "category description docs"
_BELOW_HALF = "category anonymous"


def _scores_at_thresholds() -> list[dict[str, Any]]:
    """Scores on and beside each threshold, once for a medium and once for a low completeness."""
    medium = (
        "SN74HC08N",
        "SN74HC14N",
        "SN74HC32N",
        "SN74HC74N",
        "SN74HC86N",
        "SN74HC125N",
        "SN74HC138N",
        "SN74HC139N",
    )
    low = ("CD4001BE", "CD4011BE", "CD4013BE", "CD4017BE", "CD4040BE", "CD4051BE", "CD4060BE", "CD4066BE")
    points = (19.999, 20.0, 29.999, 30.0, 59.999, 60.0, 80.0, 100.0)
    return [
        *(
            {"part": (number, _TI), "profile": _PN_AND_MAKER, "score": at}
            for number, at in zip(medium, points, strict=True)
        ),
        *(
            {"part": (number, _TI), "profile": _BELOW_HALF, "score": at}
            for number, at in zip(low, points, strict=True)
        ),
    ]


EDGES: list[dict[str, Any]] = [
    # The sample row of the domain description.
    {
        "part": ("BLF177", "NXP"),
        "score": 92.2,
        "columns": {"category": "Semiconductors > RF > Transistors", "lifecycle_status": "Obsolete"},
    },
    *_scores_at_thresholds(),
    {"part": ("LM358P", _TI), "profile": _EXACTLY_80, "score": 85.0},
    {"part": ("LM324N", _TI), "profile": "specs docs images", "score": 85.0},
    {"part": ("NE555P", _TI), "profile": _PN_AND_MAKER, "score": 0.0},
    # Ohm and micro in both of their code points: one unit, two spellings.
    *(
        {
            "part": (number, maker),
            "profile": "category specs",
            "score": 68.0,
            "columns": {"specs": [{"spec_name": name, "spec_value": value, "spec_units": unit}]},
        }
        for number, maker, name, value, unit in (
            ("RC0603FR-0710KL", "YAGEO", "Resistance", "10", "k\u03a9"),
            ("RC0805FR-0710KL", "YAGEO", "Resistance", "10", "k\u2126"),
            ("GRM188R71H104KA93D", "Murata", "Capacitance", "0.1", "\u00b5F"),
            ("CL10B104KB8NNNC", "Samsung Electro-Mechanics", "Capacitance", "0.1", "\u03bcF"),
        )
    ),
    # The same number from two makers: two items, never one.
    *(
        {"part": (number, maker), "profile": "category", "score": 70.0}
        for number, makers in {
            "LM339N": (_TI, "STMicroelectronics"),
            "BD139": ("STMicroelectronics", "onsemi"),
            "1N4148": ("onsemi", "Vishay"),
            "CR2032": ("Panasonic", "Murata"),
        }.items()
        for maker in makers
    ),
    # The same numbers without a maker: nothing tells which is meant.
    *(
        {"part": (number, maker), "profile": _BELOW_HALF, "score": 65.0}
        for number, maker in (
            ("TL084CN", _TI),
            ("TL074CN", _TI),
            ("BD140", "onsemi"),
            ("1N4148", "onsemi"),
            ("CR2025", "Murata"),
        )
    ),
    # One maker bought the other, and the distributor lists both: the old name decides, the buyer's does not.
    {
        "part": ("LM7805CT", "Fairchild Semiconductor"),
        "manufacturer": "Fairchild",
        "profile": "category",
        "score": 66.0,
    },
    {"part": ("LM7805CT", "Fairchild Semiconductor"), "profile": "category", "score": 66.0},
    {
        "part": ("LM7805CT", "onsemi"),
        "manufacturer": "ON Semiconductor",
        "profile": "category",
        "score": 66.0,
    },
    # A maker that does not make it.
    {
        "part": ("STM32F103C8T6", "STMicroelectronics"),
        "manufacturer": "GigaDevice",
        "profile": "category",
        "score": 71.0,
    },
    {"part": ("ATMEGA328P-PU", "Microchip"), "manufacturer": _TI, "profile": "category", "score": 71.0},
    # Twins: one key once spelling, case and the composition of letters are looked through.
    {"part": ("SN74HC00N", _TI), "manufacturer": "TEXAS INSTRUMENTS", "profile": "category", "score": 72.0},
    {
        "part": ("SN74HC00N", _TI),
        "pn": "sn74hc00n ",
        "manufacturer": "texas  instruments",
        "profile": "category",
        "score": 72.0,
    },
    *(
        {
            "part": ("61300211121", "Würth Elektronik"),
            "manufacturer": unicodedata.normalize(form, "Würth Elektronik"),
            "profile": "category",
            "score": 73.0,
        }
        for form in ("NFC", "NFD")
    ),
]

UNLISTED: tuple[tuple[str, str, str], ...] = (
    ("MAX038CPP", "Maxim Integrated", "function generator"),
    ("NE602AN", "Philips Semiconductors", "double-balanced mixer"),
    ("SN76489AN", _TI, "programmable sound generator"),
    ("TMS9918A", _TI, "video display processor"),
    ("MC68000P8", "Motorola", "16/32-bit microprocessor"),
    ("MC6809P", "Motorola", "8-bit microprocessor"),
    ("AY-3-8910", "General Instrument", "programmable sound generator"),
    ("XR2206CP", "Exar", "function generator"),
    ("ICL8038CCPD", "Intersil", "waveform generator"),
    ("CEM3340", "Curtis Electromusic", "voltage controlled oscillator"),
    ("SAA1057", "Philips Semiconductors", "PLL frequency synthesizer"),
    ("TDA7000", "Philips Semiconductors", "FM radio circuit"),
    ("P8051AH", "Intel", "8-bit microcontroller"),
    ("D8255AC-2", "NEC", "programmable peripheral interface"),
    ("R6502AP", "Rockwell", "8-bit microprocessor"),
)
"""Real parts that the DigiKey sample does not know: number, maker, what it is."""

MALFORMED: tuple[dict[str, Any], ...] = (
    {"part": ("SN74HC157N", _TI), "columns": {"pn": None}},
    {"part": ("SN74HC161N", _TI), "columns": {"pn": " \u00a0 "}},
    {"part": ("SN74HC164N", _TI), "score": "NaN"},  # with the infinities, the only text that FLOAT64 takes
    {"part": ("SN74HC165N", _TI), "score": "Infinity"},
    {"part": ("SN74HC174N", _TI), "score": -3.5},
    {"part": ("SN74HC240N", _TI), "score": 140.0},
)
"""Rows for the quarantine."""
