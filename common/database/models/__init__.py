"""Every table as a typed model, for reading and as documentation.

The SQL files of the migrations make the schema and their functions write it; a test holds these models to it.
Import this package only where a query is built: the steps' hot path calls SQL functions and needs no mapper.
"""

from common.database.models.api_token import ApiToken
from common.database.models.base import Base
from common.database.models.chunk import Chunk
from common.database.models.clock import Clock
from common.database.models.customer_book import CustomerBook
from common.database.models.decision import Decision
from common.database.models.designs import (
    CanvasConfig,
    Design,
    DesignHash,
    DesignMatch,
    DesignNumber,
    DesignObject,
    DuplicateVerdict,
    Listing,
    MaskData,
    Mockup,
    MockupImage,
    ProductTemplate,
    Shop,
    ShopVersion,
    SizeConfig,
    UploadFile,
    UploadSession,
)
from common.database.models.effect import Effect
from common.database.models.event import Event
from common.database.models.hash_columns import HashColumns
from common.database.models.item import Item, ItemPart
from common.database.models.lane import Lane, LaneSlot
from common.database.models.manual_task import ManualTask
from common.database.models.orders import (
    Order,
    OrderBatch,
    OrderConflict,
    OrderLine,
    OrderScope,
    StagedOrder,
    StagedOrderLine,
)
from common.database.models.parts import (
    Category,
    Manufacturer,
    Part,
    PartAttribute,
    PartDocument,
    PartExtra,
    PartNumber,
    PartOutcome,
    PartSeller,
)
from common.database.models.quarantine import QuarantinedRecord
from common.database.models.quota import Quota, QuotaHold
from common.database.models.remote_object import RemoteObject
from common.database.models.run import Run
from common.database.models.run_count import run_counts
from common.database.models.seal import Seal
from common.database.models.seen import recognised, row_digests, seen
from common.database.models.send import Send
from common.database.models.setting import Setting
from common.database.models.snapshot import Snapshot
from common.database.models.staged_change import StagedChange
from common.database.models.sync_history import SyncHistory
from common.database.models.tenant import Tenant
from common.database.models.vendor_account import VendorAccount

metadata = Base.metadata
"""All tables together."""

__all__ = [
    "ApiToken",
    "Base",
    "CanvasConfig",
    "Category",
    "Chunk",
    "Clock",
    "CustomerBook",
    "Decision",
    "Design",
    "DesignHash",
    "DesignMatch",
    "DesignNumber",
    "DesignObject",
    "DuplicateVerdict",
    "Effect",
    "Event",
    "HashColumns",
    "Item",
    "ItemPart",
    "Lane",
    "LaneSlot",
    "Listing",
    "ManualTask",
    "Manufacturer",
    "MaskData",
    "Mockup",
    "MockupImage",
    "Order",
    "OrderBatch",
    "OrderConflict",
    "OrderLine",
    "OrderScope",
    "Part",
    "PartAttribute",
    "PartDocument",
    "PartExtra",
    "PartNumber",
    "PartOutcome",
    "PartSeller",
    "ProductTemplate",
    "QuarantinedRecord",
    "Quota",
    "QuotaHold",
    "RemoteObject",
    "Run",
    "Seal",
    "Send",
    "Setting",
    "Shop",
    "ShopVersion",
    "SizeConfig",
    "Snapshot",
    "StagedChange",
    "StagedOrder",
    "StagedOrderLine",
    "SyncHistory",
    "Tenant",
    "UploadFile",
    "UploadSession",
    "VendorAccount",
    "metadata",
    "recognised",
    "row_digests",
    "run_counts",
    "seen",
]
