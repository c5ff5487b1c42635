"""The tables of the designs flow."""

from common.database.models.designs.canvas import CanvasConfig, SizeConfig
from common.database.models.designs.design import Design, DesignMatch, DesignObject, Listing
from common.database.models.designs.likeness import DesignHash, DuplicateVerdict
from common.database.models.designs.mockup import MaskData, Mockup, MockupImage
from common.database.models.designs.shop import Shop, ShopVersion
from common.database.models.designs.template import DesignNumber, ProductTemplate
from common.database.models.designs.upload import UploadFile, UploadSession

__all__ = [
    "CanvasConfig",
    "Design",
    "DesignHash",
    "DesignMatch",
    "DesignNumber",
    "DesignObject",
    "DuplicateVerdict",
    "Listing",
    "MaskData",
    "Mockup",
    "MockupImage",
    "ProductTemplate",
    "Shop",
    "ShopVersion",
    "SizeConfig",
    "UploadFile",
    "UploadSession",
]
