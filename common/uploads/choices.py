"""What an uploader says of all files of an upload: for which shop, from which template, with which mockup."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from common.errors import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """None where nothing was said: the shop file's own defaults count then."""

    shop: str | None = None
    product_template: str | None = None
    mockup: str | None = None
    canvas_config: str | None = None
    size_config: str | None = None
    description: str | None = None
    is_digital: bool | None = None

    @classmethod
    def parse(cls, said: Mapping[str, Any]) -> Self:
        """From a JSON object. Raises Usage for a name that there is not, or a value of another type."""
        unknown = sorted(set(said) - set(cls.__slots__))
        if unknown:
            known = ", ".join(cls.__slots__)
            raise Usage(f"An upload chooses {known}; not {', '.join(unknown)}.", reason="unknown_choice")
        return cls(**{name: _checked(name, value) for name, value in said.items()})

    def as_json(self) -> dict[str, Any]:
        """What was said, as it is stored."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def _checked(name: str, value: object) -> Any:
    wanted: type = bool if name == "is_digital" else str
    if value is not None and not isinstance(value, wanted):
        raise Usage(
            f"{name} is {'true or false' if wanted is bool else 'a text'}, not {value!r}.",
            reason="bad_choice",
        )
    return value
