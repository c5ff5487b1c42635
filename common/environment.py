"""The one place where the process environment is read, into one typed value.

Precedence inside this file: environment, then `.env`, then the defaults below. What a run may change (thresholds,
limits, modes) is not here but in `common.settings`.
"""

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dotenv import dotenv_values
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """Where this process runs and whom it talks to."""

    model_config = SettingsConfigDict(env_prefix="SHELFLINE_", env_file=".env", extra="ignore")

    local: bool = False
    """True on one machine with the emulators; production never sets it."""
    project: str = "shelfline-local"
    """Google Cloud project id."""
    location: str = "europe-west1"
    """Region of the queues."""
    database_url: str = ""
    """SQLAlchemy URL of Postgres (pg8000); empty in the cloud, where `cloud_sql_instance` says it."""
    cloud_sql_instance: str = ""
    """Connection name `project:region:instance` for the Cloud SQL connector with IAM authentication."""
    database_user: str = "shelfline"
    database_name: str = "shelfline"
    database_pool: int = Field(default=8, ge=1)
    """Connections of one instance: equal to the requests it serves at once."""
    tasks_endpoint: str = ""
    """host:port of the Cloud Tasks emulator (gRPC, plain text); empty for the real service."""
    functions_url: str = "http://127.0.0.1:8080/{step}"
    """Address of a step's function, `{step}` standing for its name; also the audience of its OIDC tokens."""
    service_account: str = "shelfline-tasks@shelfline-local.iam.gserviceaccount.com"
    """The account that Cloud Tasks and Cloud Scheduler call the functions as."""
    oidc_certs_url: str = "https://www.googleapis.com/oauth2/v1/certs"
    """Where the certificates are that sign OIDC tokens."""
    bucket: str = "shelfline-local"
    """Cloud Storage bucket for frozen bodies, uploads and snapshots."""
    dataset: str = "catalogue"
    """BigQuery dataset with the source and enriched tables."""
    dataset_location: str = ""
    """Where the dataset is; empty for the US multi-region."""
    bigquery_endpoint: str = ""
    """URL of the BigQuery emulator; empty for the real service."""
    storage_endpoint: str = ""
    """URL of the Cloud Storage emulator; empty for the real service."""
    signing_key: Path | None = None
    """A service account's key file that signs URLs; empty in the cloud, where the IAM API signs."""
    digikey_url: str = "https://api.digikey.com"
    """Base address of DigiKey's API: the real one, its sandbox (refused for runs), or the stand-in's."""
    monday_url: str = "https://api.monday.com"
    """Base address of monday.com's API, without /v2: the real one, or the stand-in's."""
    etsy_url: str = "https://api.etsy.com"
    """Base address of Etsy's API, without a path: the real one, or the stand-in's."""
    secrets: str = "file:var/secrets"  # where secrets are, not one
    """Where vendor credentials are: `file:FOLDER` or `secret-manager:PROJECT`."""
    flows: str = ""
    """Flows that live outside this package, beside its own: `name=module:attribute`, separated by commas. The modules
    must be importable by every function, and by the local stack, which makes the queues that they declare."""
    daily_runs: str = ""
    """Flows that Cloud Scheduler starts each day, by name, with commas between them."""
    config: Path | None = None
    """A JSON file with settings (lowest precedence)."""
    log_level: str = "INFO"


@cache
def environment() -> Environment:
    """The environment of this process, read once."""
    return Environment()


class SettingsLayer(NamedTuple):
    """What was found for the names that were asked for, in the spelling they were asked in."""

    environment: dict[str, str]
    dotenv: dict[str, str]


def settings_layer(names: Iterable[str]) -> SettingsLayer:
    """The raw values that the environment and `.env` hold for `names`, in whatever case they are written."""
    wanted = {name.upper(): name for name in names}

    def found(source: Iterable[tuple[str, str | None]]) -> dict[str, str]:
        known = ((wanted.get(key.upper()), value) for key, value in source)
        return {name: value for name, value in known if name is not None and value is not None}

    return SettingsLayer(found(os.environ.items()), found(dotenv_values(".env").items()))
