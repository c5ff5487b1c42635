"""The environment that the functions run with on one machine: real client libraries, before emulators."""

from collections.abc import Mapping

from infra.local.ports import HOST, Ports
from infra.local.postgres import Postgres
from infra.local.stack.state import State

PROJECT = "shelfline-local"
LOCATION = "europe-west1"
BUCKET = "shelfline-local"
DATASET = "catalogue"
SERVICE_ACCOUNT = f"shelfline-tasks@{PROJECT}.iam.gserviceaccount.com"


def http(ports: Ports, name: str) -> str:
    """The address of a service on its port."""
    return f"http://{HOST}:{ports(name)}"


def variables(state: State, ports: Ports, postgres: Postgres, vendors: Mapping[str, str]) -> dict[str, str]:
    """Every variable, by name. vendors: address of each vendor by its variable."""
    return {
        **_own(state, ports, postgres),
        **_google(state, ports),
        **vendors,
        "NO_PROXY": f"{HOST},localhost",  # a proxy for the internet must not see calls on this machine
        "no_proxy": f"{HOST},localhost",
        "XDG_RUNTIME_DIR": str(state.runtime),  # gunicorn would put a socket into the home folder
    }


def _own(state: State, ports: Ports, postgres: Postgres) -> dict[str, str]:
    """What `common.environment` reads, and the file with the local administrator's token."""
    return {
        "SHELFLINE_LOCAL": "true",
        "SHELFLINE_PROJECT": PROJECT,
        "SHELFLINE_LOCATION": LOCATION,
        "SHELFLINE_DATABASE_URL": postgres.url(),
        "SHELFLINE_TASKS_ENDPOINT": f"{HOST}:{ports('tasks-grpc')}",
        "SHELFLINE_FUNCTIONS_URL": http(ports, "functions") + "/{step}",
        "SHELFLINE_SERVICE_ACCOUNT": SERVICE_ACCOUNT,
        "SHELFLINE_OIDC_CERTS_URL": f"{http(ports, 'tasks')}/certs",
        "SHELFLINE_BUCKET": BUCKET,
        "SHELFLINE_DATASET": DATASET,
        "SHELFLINE_BIGQUERY_ENDPOINT": http(ports, "bigquery"),
        "SHELFLINE_STORAGE_ENDPOINT": http(ports, "storage"),
        "SHELFLINE_SIGNING_KEY": str(state.of("storage") / "service-account.json"),
        "SHELFLINE_SECRETS": f"file:{state.secrets}",
        "SHELFLINE_API_TOKEN_FILE": str(state.api_token),
    }


def _google(state: State, ports: Ports) -> dict[str, str]:
    """What Google's libraries read. An empty configuration folder hides the credentials of who runs this."""
    metadata = f"{HOST}:{ports('metadata')}"
    return {
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "GOOGLE_APPLICATION_CREDENTIALS": "",
        "CLOUDSDK_CONFIG": str(state.runtime / "gcloud"),
        "GCE_METADATA_HOST": metadata,
        "GCE_METADATA_IP": metadata,
        "STORAGE_EMULATOR_HOST": http(ports, "storage"),
        "BIGQUERY_EMULATOR_HOST": http(ports, "bigquery"),
    }
