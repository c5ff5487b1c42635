"""Makers and part numbers that really exist, from compact tables here and in families.txt.

A number stands there only because such a part is or was sold. Everything else that a row needs (prices,
stock, scores, dates, ids, addresses) is invented by the scripts beside this file, and marked as a sample.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

_FILE = Path(__file__).with_name("families.txt")

ICS = "Integrated Circuits (ICs)"
DISCRETE = "Discrete Semiconductor Products"
CONNECTORS = "Connectors, Interconnects"

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "logic": (ICS, "Logic", "Gates and Inverters"),
    "opamp": (ICS, "Linear", "Amplifiers"),
    "regulator": (ICS, "Power Management (PMIC)", "Voltage Regulators"),
    "mcu": (ICS, "Embedded", "Microcontrollers"),
    "interface": (ICS, "Interface", "Drivers, Receivers, Transceivers"),
    "converter": (ICS, "Data Acquisition", "Converters"),
    "memory": (ICS, "Memory"),
    "clock": (ICS, "Clock/Timing"),
    "transistor": (DISCRETE, "Transistors", "Bipolar (BJT)", "Single Bipolar Transistors"),
    "mosfet": (DISCRETE, "Transistors", "FETs, MOSFETs", "Single FETs, MOSFETs"),
    "diode": (DISCRETE, "Diodes", "Rectifiers", "Single Diodes"),
    "zener": (DISCRETE, "Diodes", "Zener"),
    "optocoupler": ("Isolators", "Optoisolators"),
    "sensor": ("Sensors, Transducers",),
    "radio": ("RF and Wireless", "RF Transceiver Modules"),
    "connector": (CONNECTORS, "Rectangular Connectors"),
    "terminal": (CONNECTORS, "Terminal Blocks", "Wire to Board"),
    "resistor": ("Resistors", "Chip Resistor - Surface Mount"),
    "trimmer": ("Potentiometers, Variable Resistors", "Trimmer Potentiometers"),
    "capacitor": ("Capacitors", "Ceramic Capacitors"),
    "battery": ("Battery Products", "Batteries Non-Rechargeable (Primary)"),
}
"""Key → path from the root, in a distributor's wording."""

DIGIKEY_SPELLING: Mapping[str, str] = {
    "Analog Devices": "Analog Devices Inc.",
    "Maxim Integrated": "Analog Devices Inc./Maxim Integrated",
    "Bourns": "Bourns Inc.",
    "Microchip": "Microchip Technology",
    "Infineon": "Infineon Technologies",
    "Nexperia": "Nexperia USA Inc.",
    "NXP": "NXP USA Inc.",
    "Vishay": "Vishay Semiconductors",
    "TE Connectivity": "TE Connectivity AMP Connectors",
    "Murata": "Murata Electronics",
    "Panasonic": "Panasonic Electronic Components",
    "Espressif": "Espressif Systems",
    "Toshiba": "Toshiba Semiconductor and Storage",
}
"""A maker as the distributor spells it, where that differs from the table below."""


@dataclass(frozen=True)
class Part:
    """One real orderable number."""

    number: str
    maker: str
    category: str
    """A key of CATEGORIES."""
    what: str
    """What it is, in a few words."""
    package: str
    former: str | None = None
    """An earlier or shorter number of the same part, by which older records know it."""
    specs: tuple[tuple[str, str, str], ...] = ()
    """Name, value, unit: only what the number itself says."""


_LOGIC = {
    "00": "quad 2-input NAND gate",
    "02": "quad 2-input NOR gate",
    "04": "hex inverter",
    "08": "quad 2-input AND gate",
    "14": "hex Schmitt-trigger inverter",
    "32": "quad 2-input OR gate",
    "74": "dual D-type flip-flop",
    "86": "quad 2-input XOR gate",
    "125": "quad bus buffer",
    "138": "3-to-8 line decoder",
    "139": "dual 2-to-4 line decoder",
    "157": "quad 2-to-1 multiplexer",
    "161": "4-bit binary counter",
    "164": "8-bit serial-in shift register",
    "165": "8-bit parallel-in shift register",
    "174": "hex D-type flip-flop",
    "240": "octal inverting buffer",
    "244": "octal buffer",
    "245": "octal bus transceiver",
    "273": "octal D-type flip-flop",
    "373": "octal transparent latch",
    "374": "octal D-type flip-flop",
    "595": "8-bit shift register with output latches",
}
_CMOS_4000 = {
    "4001B": "quad 2-input NOR gate",
    "4011B": "quad 2-input NAND gate",
    "4013B": "dual D-type flip-flop",
    "4015B": "dual 4-stage shift register",
    "4016B": "quad bilateral switch",
    "4017B": "decade counter",
    "4020B": "14-stage binary counter",
    "4021B": "8-stage shift register",
    "4023B": "triple 3-input NAND gate",
    "4025B": "triple 3-input NOR gate",
    "4026B": "decade counter with 7-segment outputs",
    "4027B": "dual JK flip-flop",
    "4028B": "BCD-to-decimal decoder",
    "4029B": "presettable up/down counter",
    "4040B": "12-stage binary counter",
    "4043B": "quad NOR latch",
    "4046B": "phase-locked loop",
    "4047B": "monostable/astable multivibrator",
    "4049UB": "hex inverting buffer",
    "4050B": "hex buffer",
    "4051B": "8-channel analog multiplexer",
    "4052B": "dual 4-channel analog multiplexer",
    "4053B": "triple 2-channel analog multiplexer",
    "4060B": "14-stage counter with oscillator",
    "4066B": "quad bilateral switch",
    "4069UB": "hex inverter",
    "4070B": "quad 2-input XOR gate",
    "4071B": "quad 2-input OR gate",
    "4073B": "triple 3-input AND gate",
    "4075B": "triple 3-input OR gate",
    "4081B": "quad 2-input AND gate",
    "4093B": "quad 2-input NAND Schmitt trigger",
    "4094B": "8-stage shift-and-store register",
    "4511B": "BCD-to-7-segment driver",
    "4518B": "dual BCD up counter",
    "4538B": "dual monostable multivibrator",
    "40106B": "hex Schmitt trigger",
}


def _logic() -> Iterator[Part]:
    for (code, what), (suffix, package) in product(
        _LOGIC.items(), {"N": "PDIP", "DR": "SOIC", "PWR": "TSSOP"}.items()
    ):
        yield Part(f"SN74HC{code}{suffix}", "Texas Instruments", "logic", what, package)
    for code, what in _CMOS_4000.items():
        yield Part(f"CD{code}E", "Texas Instruments", "logic", what, "PDIP")
    for code in ("00", "02", "04", "08", "14", "32", "74", "86", "138", "165", "244", "245"):
        number = f"74HC{code}D"
        yield Part(f"{number},653", "Nexperia", "logic", _LOGIC[code], "SOIC", number)
    for code in ("00", "04", "08", "14", "32", "74", "138", "165", "595"):
        number = f"MC74HC{code}AD"
        yield Part(f"{number}G", "onsemi", "logic", _LOGIC[code], "SOIC", number)


def _listed() -> Iterator[Part]:
    """The families of the text file."""
    heading: list[str] = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            fields = [field.strip() for field in line.strip("[]").split("|")]
            heading = [*fields, "", "", ""][:6]
        elif not line.startswith("#"):
            yield from (_part(entry, *heading) for entry in line.split())


def _part(entry: str, maker: str, category: str, what: str, ending: str, name: str, unit: str) -> Part:
    number, package, *value = entry.split("=")
    former = number.removesuffix(ending) if ending and number.endswith(ending) else None
    return Part(number, maker, category, what, package, former, ((name, value[0], unit),) if value else ())


def _with_spaced_numbers() -> Iterator[Part]:
    """Numbers whose other form has spaces, hyphens or slashes in it."""
    for poles in (2, 3, 4, 5, 6, 8):
        code = f"2{poles:02d}1"
        yield Part(f"002223{code}", "Molex", "connector", "KK 254 header", "TH", f"22-23-{code}")
    for number, name in (("1935161", "PT 1,5/ 2-5,0-H"), ("1935174", "PT 1,5/ 3-5,0-H")):
        yield Part(number, "Phoenix Contact", "terminal", "terminal block", "TH", name)


def parts() -> list[Part]:
    """Every part of the tables, in a fixed order; the same number may come from several makers."""
    return [*_logic(), *_listed(), *_with_spaced_numbers()]
