"""The key that signs identity tokens."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.auth import exceptions, jwt

from infra.local.keys import Signer

EMAIL, AUDIENCE = "caller@project.iam.gserviceaccount.com", "https://function.example/fetch"


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return Signer.load_or_create(tmp_path_factory.mktemp("keys"))


def test_a_token_says_who_calls_whom_as_google_says_it(signer):
    claims = jwt.decode(signer.token(EMAIL, AUDIENCE), certs=signer.certificates(), audience=AUDIENCE)
    assert claims["iss"] == "https://accounts.google.com"
    assert (claims["email"], claims["email_verified"]) == (EMAIL, True)
    assert claims["exp"] - claims["iat"] == 3600
    assert len(claims["sub"]) == 21


def test_a_token_names_the_certificate_that_proves_it(signer):
    header = jwt.decode_header(signer.token(EMAIL, AUDIENCE))
    assert header["alg"] == "RS256"
    assert list(signer.certificates()) == [header["kid"]]


def test_a_token_is_used_again_until_half_of_its_life_is_over(signer):
    assert signer.token(EMAIL, AUDIENCE) == signer.token(EMAIL, AUDIENCE)


def test_a_lifetime_in_the_past_makes_a_token_that_is_refused(signer):
    with pytest.raises(exceptions.InvalidValue, match="expired"):
        jwt.decode(signer.token(EMAIL, AUDIENCE, lifetime=-60), certs=signer.certificates())


def test_another_folder_has_another_key(signer, tmp_path):
    token = Signer.load_or_create(tmp_path).token(EMAIL, AUDIENCE)
    with pytest.raises(exceptions.MalformedError):
        jwt.decode(token, certs=signer.certificates())


def test_all_who_start_at_once_get_the_same_key_and_leave_one_private_file(tmp_path):
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(4) as pool:
        signers = list(pool.map(lambda _: Signer.load_or_create(folder), range(4)))
    assert len({each.key_id for each in signers}) == 1
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
