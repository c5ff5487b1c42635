"""A service account of the local stack: a key file that signs URLs which the emulator accepts.

    python -m infra.local.emulators.storage.service_account var/storage/service-account.json

The file is made once, readable by its owner only, and works with
`google.oauth2.service_account.Credentials.from_service_account_file`. Nothing outside this machine knows
the account.
"""

import argparse
import json
import os
import uuid
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_KEY_BITS = 2048


def ensure_service_account(path: Path, project: str = "local") -> Path:
    """Make the key file if it is not there yet; safe when several processes do it at once.

    Returns its path.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
        descriptor = os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(_new_account(project), stream, indent=2)
        _publish(scratch, path)
    return path


def read_public_key(path: Path) -> tuple[str, rsa.RSAPublicKey]:
    """The e-mail address of a key file's account, and the key that checks what it has signed."""
    account = json.loads(path.read_text())
    key = serialization.load_pem_private_key(account["private_key"].encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{path} holds no RSA key; remove it to have a new one made")
    return account["client_email"], key.public_key()


def _publish(scratch: Path, path: Path) -> None:
    """Whoever is first wins; a complete file appears at once."""
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()


def _new_account(project: str) -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": uuid.uuid4().hex,
        "private_key": pem.decode(),
        "client_email": f"signer@{project}.iam.gserviceaccount.com",
        "client_id": str(uuid.uuid4().int % 10**21),
        # The loader demands it. This account only signs; it never asks for a token.
        "token_uri": "https://oauth2.invalid/token",
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the local service account's key file.")
    parser.add_argument("path", type=Path)
    print(ensure_service_account(parser.parse_args().path))
