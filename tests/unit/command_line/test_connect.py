"""shelfline connect: where credentials go, and where they never show."""

import json
import stat
from pathlib import Path

import pytest

from common.environment import environment
from tests.unit.command_line.conftest import Shelf

SETTING = "SHELFLINE_DIGIKEY_URL=https://api.digikey.com"


@pytest.fixture(autouse=True)
def _environment_of_this_test() -> None:
    environment.cache_clear()


def stored(stack: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((stack / "secrets" / "digikey.json").read_text())
    return found


def test_id_and_secret_are_read_from_a_pipe_and_kept_for_the_owner_alone(
    stack: Path, shelfline: Shelf
) -> None:
    result = shelfline("connect", "digikey", input="the-id\nthe-secret\n")
    assert result.exit_code == 0, result.output
    assert stored(stack) == {"client_id": "the-id", "client_secret": "the-secret"}
    assert stat.S_IMODE((stack / "secrets" / "digikey.json").stat().st_mode) == 0o600
    assert "the-secret" not in result.output
    assert SETTING in result.stdout


def test_the_secret_can_come_from_a_file(stack: Path, shelfline: Shelf, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(" the-secret \n")
    words = "connect digikey --client-id the-id --secret-file secret.txt --account-id 42 --json"
    result = shelfline(*words.split())
    assert stored(stack) == {"client_id": "the-id", "client_secret": "the-secret", "account_id": "42"}
    assert json.loads(result.stdout)["real"] is False


def test_no_option_takes_the_secret_itself(shelfline: Shelf) -> None:
    assert shelfline("connect", "digikey", "--client-secret", "x").exit_code == 2


def test_the_secrets_go_where_the_environment_says(
    shelfline: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELFLINE_SECRETS", f"file:{tmp_path / 'other'}")
    assert shelfline("connect", "digikey", input="i\ns\n").exit_code == 0
    assert (tmp_path / "other" / "digikey.json").exists()


@pytest.mark.parametrize("given", ["", "the-id\n", "\nthe-secret\n"])
def test_missing_credentials_are_bad_usage(stack: Path, shelfline: Shelf, given: str) -> None:
    assert shelfline("connect", "digikey", input=given).exit_code == 2
    assert not (stack / "secrets" / "digikey.json").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe"])
def test_a_file_that_holds_no_secret_is_bad_usage(shelfline: Shelf, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.txt").write_bytes(content)
    assert shelfline("connect", "digikey", "--client-id", "i", "--secret-file", "secret.txt").exit_code == 2


def test_the_real_service_is_one_setting_written_on_request(shelfline: Shelf, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OTHER=1\nSHELFLINE_DIGIKEY_URL=http://old.example\n")
    for _ in range(2):
        result = shelfline("connect", "digikey", "--use-real", "--env-file", file, input="i\ns\n")
        assert result.exit_code == 0, result.output
        assert file.read_text().split() == ["OTHER=1", SETTING]
    assert "shelfline doctor --vendors" in result.stdout


def test_the_stand_in_is_taken_back_by_taking_the_setting_out(shelfline: Shelf, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"OTHER=1\n{SETTING}\n")
    shelfline("connect", "digikey", "--keep-stand-in", "--env-file", file, input="i\ns\n")
    assert file.read_text().split() == ["OTHER=1"]


def test_without_a_choice_nothing_is_written(shelfline: Shelf, tmp_path: Path) -> None:
    shelfline("connect", "digikey", "--env-file", tmp_path / ".env", input="i\ns\n")
    assert not (tmp_path / ".env").exists()


def test_a_token_of_monday_is_kept_and_not_shown(stack: Path, shelfline: Shelf, tmp_path: Path) -> None:
    result = shelfline("connect", "monday", input="the-token\n")
    assert result.exit_code == 0, result.output
    assert json.loads((stack / "secrets" / "monday.json").read_text()) == {"token": "the-token"}
    assert "the-token" not in result.output
    assert "SHELFLINE_MONDAY_URL=https://api.monday.com" in result.stdout


def test_the_real_monday_is_one_setting_of_its_own(shelfline: Shelf, tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text("the-token\n")
    file = tmp_path / ".env"
    file.write_text(f"{SETTING}\n")
    words = ("connect", "monday", "--token-file", tmp_path / "token.txt", "--use-real", "--env-file", file)
    assert shelfline(*words).exit_code == 0
    assert file.read_text().split() == [SETTING, "SHELFLINE_MONDAY_URL=https://api.monday.com"]


def test_no_option_takes_the_token_itself(shelfline: Shelf) -> None:
    assert shelfline("connect", "monday", "--token", "x").exit_code == 2
