"""What a v4 request may hold. Anything else is refused, as a mistake here would only show against the real
one.

Field names and ranges are the vendor's. Filters which this stand-in cannot apply are known but refused by
name.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

Site = Literal["US", "CA", "UK", "DE", "FR", "IT", "ES", "NL", "AT", "BE", "CH", "SE", "JP", "KR", "CN", "IN"]
Currency = Literal["USD", "CAD", "GBP", "EUR", "JPY", "CHF", "SEK", "KRW", "CNY", "INR"]
Language = Literal["en", "de", "fr", "it", "es", "nl", "sv", "ja", "ko", "zhs"]


def _not_covered(value: Any) -> Any:
    if value not in (None, [], {}, "None", "NoFilter"):
        raise ValueError("the stand-in does not apply this filter")
    return value


NotCovered = Annotated[Any, BeforeValidator(_not_covered)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FilterId(_Strict):
    """One entry of a filter; ids travel as text."""

    Id: str


class Filters(_Strict):
    """How a search is narrowed."""

    ManufacturerFilter: list[FilterId] = []
    CategoryFilter: list[FilterId] = []
    StatusFilter: list[FilterId] = []
    MarketPlaceFilter: Literal["NoFilter", "ExcludeMarketPlace", "MarketPlaceOnly"] = "NoFilter"
    MinimumQuantityAvailable: int = Field(0, ge=0)
    SearchOptions: list[
        Literal[
            "ChipOutpost",
            "Has3DModel",
            "HasCadModel",
            "HasDatasheet",
            "HasProductPhoto",
            "InStock",
            "NewProduct",
            "NonRohsCompliant",
            "NormallyStocking",
            "RohsCompliant",
        ]
    ] = []
    PackagingFilter: NotCovered = None
    SeriesFilter: NotCovered = None
    TariffFilter: NotCovered = None
    ParameterFilterRequest: NotCovered = None


class Sorting(_Strict):
    """In which order products come."""

    Field: Literal["None", "ManufacturerProductNumber", "Manufacturer", "QuantityAvailable", "Price"] = "None"
    SortOrder: Literal["Ascending", "Descending"] = "Ascending"


class KeywordRequest(_Strict):
    """The body of POST /search/keyword."""

    Keywords: str = Field(min_length=1, max_length=250)
    Limit: int = Field(25, ge=1, le=50)
    Offset: int = Field(0, ge=0)
    FilterOptionsRequest: Filters = Filters()
    SortOptions: Sorting = Sorting()


def complaints(error: ValidationError) -> dict[str, list[str]]:
    """A validation error as the `errors` of a problem body: field path → messages."""
    found: dict[str, list[str]] = {}
    for complaint in error.errors():
        field = ".".join(str(part) for part in complaint["loc"]) or "body"
        found.setdefault(field, []).append(complaint["msg"])
    return found
