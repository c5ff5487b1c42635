"""Settings, and what they would change."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from common.interface.configuration import Configuration, ConfigurationView
from common.interface.what_if import Forecast, WhatIf
from functions.api.serving import Body, served_by

router = APIRouter(tags=["configuration"])
TheConfiguration = Annotated[Configuration, Depends(served_by(Configuration))]
TheWhatIf = Annotated[WhatIf, Depends(served_by(WhatIf))]


class StoreSettings(Body):
    """Values by the name of the setting."""

    settings: dict[str, Any]


class AskWhatIf(Body):
    """Which decisions to look at again, under which settings."""

    flow: str
    settings: dict[str, Any]
    since_days: int = Field(default=30, ge=1, le=3650)
    limit: int = Field(default=10_000, ge=1, le=100_000)


@router.get("/config", summary="Every setting with its value and origin")
def show(configuration: TheConfiguration, flow: str | None = None) -> ConfigurationView:
    """As a run that is started now would see them."""
    return configuration.show(flow)


@router.put("/config", summary="Store settings for the tenant (admin)")
def store(configuration: TheConfiguration, body: StoreSettings) -> ConfigurationView:
    """All or none; runs that have started keep those they started with."""
    return configuration.store(body.settings)


@router.delete("/config/{name}", summary="Take a stored setting back (admin)")
def forget(configuration: TheConfiguration, name: str) -> ConfigurationView:
    """The next weaker origin's value holds again."""
    return configuration.forget(name)


@router.post("/what-if", summary="What decisions would be under other settings")
def what_if(questions: TheWhatIf, body: AskWhatIf) -> Forecast:
    """Replays stored decisions; nothing is changed."""
    return questions.forecast(body.flow, body.settings, since_days=body.since_days, limit=body.limit)
