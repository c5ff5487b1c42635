"""Signs OIDC tokens as Google does, with keys of its own, and serves their certificates in process."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

AUDIENCE = "http://127.0.0.1:8080/scrape"
ACCOUNT = "shelfline-tasks@shelfline-local.iam.gserviceaccount.com"


@cache
def _key(key_id: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _certificate(key_id: str) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, key_id)])
    today = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, _key(key_id).public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    return builder.sign(_key(key_id), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def private_pem(key_id: str) -> bytes:
    """The private key of this id, as PEM."""
    return _key(key_id).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@cache
def _signer(key_id: str) -> Any:
    return crypt.RSASigner.from_string(private_pem(key_id), key_id)  # type: ignore[no-untyped-call]


def token(key_id: str = "first", *, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A good token, changed as asked; a claim set to None is left out."""
    now = int(time.time())
    claims = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "email": ACCOUNT,
        "email_verified": True,
        "sub": "1",
        "iat": now,
        "exp": now + 3600,
    }
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    encoded: bytes = jwt.encode(_signer(key_id), claims, header=header)  # type: ignore[no-untyped-call]
    return encoded.decode()


@dataclass
class _Response:
    data: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Certificates:
    """A google-auth transport that serves certificates from memory and counts how often it is asked."""

    def __init__(self, *key_ids: str, max_age: int | None = 60) -> None:
        self.key_ids = list(key_ids)
        self.headers = {} if max_age is None else {"Cache-Control": f"public, max-age={max_age}"}
        self.status = 200
        self.asked = 0

    def __call__(self, url: str, method: str = "GET", **options: Any) -> _Response:
        self.asked += 1
        certificates = {key_id: _certificate(key_id) for key_id in self.key_ids}
        return _Response(json.dumps(certificates).encode(), self.status, self.headers)
