"""The vendors that a stand-in can play. A new stand-in is one more entry.

Each vendor has one setting, its address in `common.environment`. Left alone, the stand-in plays the vendor;
set in the environment or in `.env`, it is the real service: then no stand-in starts, and the clock cannot
be moved.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from common.environment import Environment

ETSY_PER_SECOND = 50
_SAMPLES = Path(__file__).parents[1] / "samples"


@dataclass(frozen=True)
class Vendor:
    """One vendor.

    setting: the field of `common.environment.Environment` with its address.
    arguments: what the stand-in's command line needs besides port, state and clock.
    credentials: what the stand-in accepts; stored as the vendor's credentials unless there are some already.
    """

    name: str
    setting: str
    arguments: tuple[str, ...] = ()
    credentials: Mapping[str, str] = field(default_factory=dict)

    def credentials_json(self) -> str:
        """The credentials as the file under `secrets` holds them."""
        return json.dumps(dict(self.credentials)) + "\n"

    @property
    def variable(self) -> str:
        """The environment variable of the setting."""
        return f"SHELFLINE_{self.setting.upper()}"


VENDORS = (
    Vendor(
        "digikey",
        setting="digikey_url",
        arguments=("--catalogue", str(_SAMPLES / "digikey_catalogue.ndjson")),
        credentials={"client_id": "local-client", "client_secret": "local-secret"},
    ),
    Vendor(
        "monday",
        setting="monday_url",
        arguments=(
            "--boards",
            str(_SAMPLES / "monday_boards.json"),
            "--token",
            "local-token",
            "--plan",
            "pro",
        ),
        credentials={"token": "local-token"},
    ),
    Vendor(
        "etsy",
        setting="etsy_url",
        # An application that Etsy has granted more than its first 5 calls a second; `infra.local.run` goes by it.
        arguments=("--refresh-token", "1001.local-refresh", "--per-second", str(ETSY_PER_SECOND)),
        credentials={
            "keystring": "local-keystring",
            "shared_secret": "local-secret",
            "refresh_token": "1001.local-refresh",
            "shop_id": "5001",
        },
    ),
)


def real_vendors(environment: Environment, stand_ins: Mapping[str, str]) -> dict[str, str]:
    """The vendors that somebody has set to the real service, with its address.

    stand_ins: the address of each vendor's stand-in; a setting that names it (as in an environment that the
        stack itself wrote) means the stand-in.
    """
    chosen = {
        vendor.name: str(getattr(environment, vendor.setting))
        for vendor in VENDORS
        if vendor.setting in environment.model_fields_set
    }
    return {name: url for name, url in chosen.items() if url.rstrip("/") != stand_ins[name]}
