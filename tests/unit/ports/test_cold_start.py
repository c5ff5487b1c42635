"""Importing every adapter loads no Google library: a step pays only for the clients that it uses."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
MODULES = (
    "common.auth.oidc",
    "common.auth.tokens",
    "common.objects.cloud_storage",
    "common.secrets.files",
    "common.secrets.secret_manager",
    "common.tasks.cloud_tasks",
    "common.tasks.wake_up",
    "common.warehouse.bigquery_client",
)

HEAVY = {
    "google.api_core",
    "google.auth",
    "google.cloud.bigquery",
    "google.cloud.storage",
    "google.cloud.tasks_v2",
    "google.protobuf",
    "grpc",
    "requests",
    "urllib3",
}


def test_adapters_import_no_google_library_and_no_http_client() -> None:
    code = f"import sys, {', '.join(MODULES)}; print(sorted({HEAVY} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
