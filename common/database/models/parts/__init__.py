"""The catalogue of the parts flow."""

from common.database.models.parts.category import Category
from common.database.models.parts.detail import PartAttribute, PartDocument, PartExtra, PartNumber, PartSeller
from common.database.models.parts.manufacturer import Manufacturer
from common.database.models.parts.outcome import PartOutcome
from common.database.models.parts.part import Part

__all__ = [
    "Category",
    "Manufacturer",
    "Part",
    "PartAttribute",
    "PartDocument",
    "PartExtra",
    "PartNumber",
    "PartOutcome",
    "PartSeller",
]
