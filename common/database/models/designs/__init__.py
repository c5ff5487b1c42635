"""The tables of the designs flow."""

from common.database.models.designs.canvas import CanvasConfig, SizeConfig
from common.database.models.designs.mockup import MaskData, Mockup, MockupImage
from common.database.models.designs.shop import Shop, ShopVersion
from common.database.models.designs.template import DesignNumber, ProductTemplate

__all__ = [
    "CanvasConfig",
    "DesignNumber",
    "MaskData",
    "Mockup",
    "MockupImage",
    "ProductTemplate",
    "Shop",
    "ShopVersion",
    "SizeConfig",
]
