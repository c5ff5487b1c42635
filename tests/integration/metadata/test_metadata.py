"""The metadata server, asked by Google's own libraries in a process configured as the functions are."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from google.auth import jwt

from infra.local.keys import Signer
from tests.integration.emulator_process import EmulatorProcess

ACCOUNT = "runner@shelfline-test.iam.gserviceaccount.com"
AUDIENCE = "https://functions.example/fetch"
# google.auth reads its environment when it is imported, so that it needs a process of its own.
ASK = f"""
import json, google.auth, google.auth.transport.requests as transport
from google.oauth2 import id_token
request = transport.Request()
credentials, project = google.auth.default()
credentials.refresh(request)
print(json.dumps({{
    "project": project,
    "account": credentials.service_account_email,
    "valid": credentials.valid,
    "universe": credentials.universe_domain,
    "identity": id_token.fetch_id_token(request, {AUDIENCE!r}),
}}))
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def server(keys):
    server = EmulatorProcess(
        "infra.local.emulators.metadata",
        *("--keys", str(keys), "--project", "shelfline-test", "--service-account", ACCOUNT),
    )
    yield server
    assert server.stop() == 0


def ask(server, path, headers=None):
    """(status, headers, text) of a page under /computeMetadata/v1."""
    url = f"{server.url}/computeMetadata/v1{path}"
    request = urllib.request.Request(url, headers=headers or {"Metadata-Flavor": "Google"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def test_googles_library_finds_project_account_and_tokens_without_a_key_file(server, keys, tmp_path):
    address = server.url.removeprefix("http://")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),  # no credentials of whoever runs the tests
        "GCE_METADATA_HOST": address,
        "GCE_METADATA_IP": address,
    }
    output = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, check=True, timeout=30
    ).stdout
    found = json.loads(output)
    assert (found["project"], found["account"]) == ("shelfline-test", ACCOUNT)
    assert found["valid"] is True
    assert found["universe"] == "googleapis.com"
    certificates = Signer.load_or_create(keys).certificates()
    claims = jwt.decode(found["identity"], certs=certificates, audience=AUDIENCE)
    assert (claims["email"], claims["email_verified"]) == (ACCOUNT, True)


def test_who_does_not_name_the_flavor_is_refused(server):
    assert ask(server, "/project/project-id", {"X-Other": "1"})[0] == 403


def test_every_answer_says_that_it_is_the_metadata_server(server):
    for path in ("/project/project-id", "/nothing"):
        assert ask(server, path)[1]["Metadata-Flavor"] == "Google"


@pytest.mark.parametrize("name", ["default", ACCOUNT])
def test_the_account_is_known_by_two_names(server, name):
    assert ask(server, f"/instance/service-accounts/{name}/email")[2] == ACCOUNT


def test_another_account_is_not_found(server):
    assert ask(server, "/instance/service-accounts/someone@else.test/email")[0] == 404


def test_an_identity_token_needs_an_audience(server):
    assert ask(server, "/instance/service-accounts/default/identity")[0] == 400


def test_an_access_token_is_kept_until_it_is_about_to_expire(server):
    first, second = (json.loads(ask(server, "/instance/service-accounts/default/token")[2]) for _ in range(2))
    assert first["access_token"] == second["access_token"]
    assert 300 < second["expires_in"] <= 3600
    assert first["token_type"] == "Bearer"


def test_a_planted_fault_is_met_and_used_up(server):
    fault = server.plant("metadata.token", "status", status=503)
    path = "/instance/service-accounts/default/token"
    assert [ask(server, path)[0] for _ in range(2)] == [503, 200]
    assert server.struck(fault) == 1
