"""What a person found out about a record."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.errors import Usage

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^(https?|ftp)://[^\s]+$")
]
"""People click on these, so only the web's own kinds are taken."""

_MOST_ENTRIES = 500


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Entry(_Said):
    notes: Text | None = None
    """What the person says of this one entry."""
    source_url: Address | None = None
    """Where this one was found, if elsewhere."""


class Attribute(_Entry):
    """One property of the record."""

    name: Name
    value: Text
    unit: Name | None = None


class Extra(_Entry):
    """One more thing to know that is no property."""

    name: Name
    value: Text


class Document(_Entry):
    """Where something about the record can be read or seen."""

    url: Address
    type: Name = "document"
    description: Text | None = None


class Seller(_Entry):
    """Who sells it."""

    name: Name
    type: Name = "distributor"


class Answer(_Said):
    """Everything one person says of one record."""

    note: Text | None = None
    source_url: Address | None = None
    """Where it was found."""
    attributes: list[Attribute] = Field(default=[], max_length=_MOST_ENTRIES)
    extras: list[Extra] = Field(default=[], max_length=_MOST_ENTRIES)
    documents: list[Document] = Field(default=[], max_length=_MOST_ENTRIES)
    sellers: list[Seller] = Field(default=[], max_length=_MOST_ENTRIES)

    @property
    def updates(self) -> int:
        """How many entries it has."""
        return len(self.attributes) + len(self.extras) + len(self.documents) + len(self.sellers)

    def checked(self, *, note_suffices: bool = False) -> Self:
        """The same, if it says anything. Raises Usage when it does not.

        note_suffices: whether a note alone is an answer, as where a person only lets a record go on.
        """
        if self.updates or (note_suffices and self.note):
            return self
        wanted = "a note" if note_suffices else "at least one attribute, extra, document or seller"
        raise Usage(f"Give {wanted}.", reason="nothing_to_do")

    def as_json(self, editor: str, by: str) -> dict[str, Any]:
        """As it is kept with the task and given to the steps. by: whose token was used."""
        return {**self.model_dump(), "editor": editor, "by": by}
