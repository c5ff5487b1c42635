"""What every model shares: the metadata, the names that Postgres gives, the types behind the annotations."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import ARRAY, TIMESTAMP, BigInteger, Double, Identity, MetaData, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import UserDefinedType

NOW = text("shelfline_now()")
"""Business time; 0 seconds off the real one in production."""
WALL_NOW = text("clock_timestamp()")
"""Real time: for leases and measured durations."""
ZERO = text("0")
EMPTY_OBJECT = text("'{}'")
"""Also the empty array: Postgres reads the literal as the column's type."""
EMPTY_LIST = text("'[]'")


class Xid8(UserDefinedType[int]):
    """Postgres' 64-bit transaction id, which never wraps around."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "xid8"


Identifier = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
"""A number that Postgres draws; nothing can be read from its order."""
BigInt = Annotated[int, mapped_column(BigInteger)]
"""A count or a reference that may pass 2**31."""
TransactionId = Annotated[int, mapped_column(Xid8)]


class Base(DeclarativeBase):
    """The base of every model. The migrations own the schema; a test holds the two together."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        str: Text(),
        float: Double(),
        Decimal: Numeric(),
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[int]: ARRAY(BigInteger()),
        list[str]: ARRAY(Text()),
    }
