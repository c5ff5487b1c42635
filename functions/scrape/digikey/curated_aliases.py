"""Names under which one maker's parts are traded: abbreviations, divisions, and what it has taken over.

General knowledge of the trade, kept by hand; a tenant's own table adds to it or overrides it. A company
taken over is an alias because distributors move its part numbers to the buyer while older records keep the
old name. Companies that were spun off under a new name and kept their numbers (Freescale came from Motorola,
Nexperia from NXP) are no aliases of their parents, because both went on making parts under like numbers: an
acceptance there needs a person.
"""

from collections.abc import Mapping

from functions.scrape.digikey.aliases import ManufacturerAliases

CURATED_ALIASES: Mapping[str, tuple[str, ...]] = {
    "Texas Instruments": (
        "TI",
        "Texas Instr",
        "Burr-Brown",
        "Burr Brown",
        "National Semiconductor",
        "NSC",
        "Unitrode",
        "Luminary Micro",
        "Benchmarq",
    ),
    "onsemi": (
        "ON Semiconductor",
        "ON Semi",
        "On-Semi",
        "Fairchild",
        "Fairchild Semiconductor",
        "Fairchild/ON Semiconductor",
        "Sanyo Semiconductor",
        "Aptina",
        "Catalyst Semiconductor",
        "AMI Semiconductor",
    ),
    "NXP": (
        "NXP Semiconductors",
        "NXP USA",
        "Freescale",
        "Freescale Semiconductor",
        "Philips Semiconductors",
    ),
    "STMicroelectronics": ("ST", "STM", "ST Micro", "ST Microelectronics", "SGS-Thomson", "SGS Thomson"),
    "Analog Devices": (
        "ADI",
        "AD",
        "Maxim",
        "Maxim Integrated",
        "Maxim Integrated Products",
        "Analog Devices Inc./Maxim Integrated",
        "Dallas Semiconductor",
        "Linear Technology",
        "Linear Technology/Analog Devices",
        "LTC",
        "Hittite",
        "Hittite Microwave",
        "Trinamic",
        "Analog Devices/Linear Technology",
    ),
    "Microchip": (
        "Microchip Technology",
        "Atmel",
        "Microsemi",
        "Microsemi Corporation",
        "Micrel",
        "SMSC",
        "Supertex",
        "Silicon Storage Technology",
        "SST",
        "Microchip Technology/Atmel",
        "Microchip Technology/Micrel",
    ),
    "Infineon": (
        "Infineon Technologies",
        "International Rectifier",
        "IR",
        "Cypress",
        "Cypress Semiconductor",
        "Cypress Semiconductor Corp",
        "Siemens Semiconductors",
        "Spansion",
        "Infineon Technologies/International Rectifier",
    ),
    "Renesas": (
        "Renesas Electronics",
        "Renesas Electronics America",
        "Intersil",
        "IDT",
        "Integrated Device Technology",
        "Dialog Semiconductor",
        "NEC Electronics",
        "Renesas Electronics America/Intersil",
    ),
    "Nexperia": ("Nexperia USA",),
    "Diodes Incorporated": (
        "Diodes",
        "Diodes Inc",
        "Diodes Zetex",
        "Zetex",
        "Pericom",
        "Pericom Semiconductor",
    ),
    "Vishay": (
        "Vishay Intertechnology",
        "Vishay Siliconix",
        "Siliconix",
        "Vishay General Semiconductor",
        "Vishay General Semiconductor - Diodes Division",
        "General Semiconductor",
        "Vishay Semiconductor Diodes Division",
        "Vishay Semiconductor Opto Division",
        "Vishay Semiconductors",
        "Vishay Dale",
        "Vishay Telefunken",
    ),
    "ROHM": ("Rohm Semiconductor", "Lapis Semiconductor", "Kionix"),
    "Toshiba": ("Toshiba Semiconductor", "Toshiba Semiconductor and Storage", "Toshiba Electronic Devices"),
    "Broadcom": ("Broadcom Limited", "Avago", "Avago Technologies", "Agilent Semiconductor", "LSI"),
    "AMD": ("Xilinx", "AMD Xilinx", "AMD/Xilinx", "Advanced Micro Devices"),
    "Silicon Labs": ("Silicon Laboratories", "SiLabs"),
    "TE Connectivity": (
        "TE",
        "Tyco Electronics",
        "AMP",
        "TE Connectivity AMP Connectors",
        "TE Connectivity AMP",
        "Deutsch",
        "Raychem",
    ),
    "Molex": ("Molex Connector", "Molex Connector Corporation"),
    "Amphenol ICC": ("Amphenol FCI", "Amphenol ICC (FCI)", "FCI"),
    "Murata": ("Murata Electronics", "Murata Electronics North America", "Murata Manufacturing"),
    "Panasonic": ("Panasonic Electronic Components", "Panasonic Electric Works"),
    "YAGEO": ("Yageo Phycomp", "Phycomp"),
    "Würth Elektronik": ("Wurth Elektronik", "Wurth Electronics", "Würth Elektronik eiSos", "WE"),
    "Bourns": ("Bourns J.W. Miller",),
    "Littelfuse": ("Littelfuse Teccor", "Teccor", "IXYS", "Littelfuse/IXYS"),
    "Allegro MicroSystems": ("Allegro", "Allegro Micro"),
    "Espressif": ("Espressif Systems",),
    "Nordic Semiconductor": ("Nordic", "Nordic VLSI"),
    "Skyworks": ("Skyworks Solutions",),
    "Lattice": ("Lattice Semiconductor",),
    "FTDI": ("Future Technology Devices International", "FTDI Chip"),
}
"""Canonical name → the other names of the same maker."""


def curated_aliases(overrides: Mapping[str, str] | None = None) -> ManufacturerAliases:
    """The curated list, with a tenant's own alias → canonical entries taking precedence."""
    listed = {alias: canonical for canonical, names in CURATED_ALIASES.items() for alias in names}
    return ManufacturerAliases(listed | dict(overrides or {}))
