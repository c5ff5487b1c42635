"""The jobs, as a file describes them."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from infra.local.emulators.scheduler.schedules import Cron, Every, Schedule


class Job(BaseModel):
    """One job. Exactly one of `schedule` and `every_seconds` says when.

    body: sent as it is if it is text, else as JSON. service_account: no OIDC token is sent without one.
    audience: of that token; the URL if there is none. retry_count: attempts after a failure, the first after
    `min_backoff_seconds` of virtual time, each next one after twice as long.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,500}$")]
    url: Annotated[str, Field(pattern=r"^https?://")]
    schedule: str | None = None
    every_seconds: float | None = None
    method: str = "POST"
    headers: dict[str, str] = {}
    body: str | dict[str, object] | None = None
    service_account: str | None = None
    audience: str | None = None
    retry_count: Annotated[int, Field(ge=0, le=5)] = 3
    min_backoff_seconds: Annotated[float, Field(ge=0)] = 5.0

    @model_validator(mode="after")
    def _has_one_schedule(self) -> "Job":
        if (self.schedule is None) == (self.every_seconds is None):
            raise ValueError('a job has either "schedule" or "every_seconds"')
        self.when()
        return self

    def when(self) -> Schedule:
        """When it is due; raises ValueError."""
        if self.every_seconds is not None:
            return Every(self.every_seconds)
        return Cron(self.schedule or "")

    def content(self) -> bytes:
        """The body to send."""
        if self.body is None:
            return b""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


def read(file: Path) -> list[Job]:
    """The jobs in a JSON file; raises pydantic.ValidationError, which says what is wrong where."""
    jobs = TypeAdapter(list[Job]).validate_json(file.read_bytes())
    names = [job.name for job in jobs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{file}: job names must be unique: {', '.join(twice)}")
    return jobs
