"""The key that signs OIDC tokens on one machine, as Google's keys do in the cloud.

Every process of the local stack that issues tokens loads the same key from the same folder; whoever verifies
fetches its certificate from the Cloud Tasks emulator's `/certs`, in the shape of Google's own list.
"""

import hashlib
import os
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

ISSUER = "https://accounts.google.com"
_FILE = "oidc-signer.pem"
_CERTIFICATE_LIFETIME = timedelta(days=3650)  # a developer's machine should not break by itself


class Signer:
    """Issues identity tokens for any account; safe to use from many threads."""

    def __init__(self, pem: bytes) -> None:
        """`pem` holds an RSA private key and its certificate, one after the other."""
        certificate = x509.load_pem_x509_certificate(pem)
        self._certificate = certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.key_id = certificate.fingerprint(hashes.SHA256()).hex()[:40]
        self._signer = crypt.RSASigner.from_string(_private_key(pem), self.key_id)  # type: ignore[no-untyped-call]
        self._lock = threading.Lock()
        self._issued: dict[tuple[str, str, float], tuple[str, float]] = {}

    @classmethod
    def load_or_create(cls, folder: Path) -> "Signer":
        """The signer kept in `folder` (file mode 0600); processes that start at once get the same key."""
        path = folder / _FILE
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _create(path)
        return cls(path.read_bytes())

    def token(self, email: str, audience: str, lifetime: float = 3600) -> str:
        """A signed identity token of `email` for `audience`, valid for at least half of `lifetime` seconds.

        Claims as Google's: iss, aud, azp, sub, email, email_verified, iat, exp (real time, whole seconds).
        A token is issued again while half of its life remains: signing takes about 0.3 ms.
        """
        wanted = (email, audience, lifetime)
        now = time.time()
        with self._lock:
            token, expiry = self._issued.get(wanted, ("", 0.0))
            if not token or expiry - now <= lifetime / 2:
                token, expiry = self._sign(email, audience, now, lifetime), now + lifetime
                self._issued[wanted] = (token, expiry)
        return token

    def certificates(self) -> dict[str, str]:
        """{key id: PEM certificate}, the shape of https://www.googleapis.com/oauth2/v1/certs."""
        return {self.key_id: self._certificate}

    def _sign(self, email: str, audience: str, now: float, lifetime: float) -> str:
        account = str(int(hashlib.sha256(email.encode()).hexdigest(), 16))[:21]  # Google's ids have 21 digits
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "azp": account,
            "sub": account,
            "email": email,
            "email_verified": True,
            "iat": int(now),
            "exp": int(now + lifetime),
        }
        return bytes(jwt.encode(self._signer, claims)).decode()  # type: ignore[no-untyped-call]


def _private_key(pem: bytes) -> str:
    key = serialization.load_pem_private_key(pem, password=None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def _create(path: Path) -> None:
    """Write a new key beside `path`, then link it there: the first of several processes wins."""
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_new_pem())
            file.flush()
            os.fsync(file.fileno())
        os.link(scratch, path)
    except FileExistsError:
        return  # another process was first; its key is as good
    finally:
        Path(scratch).unlink()


def _new_pem() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shelfline local identity")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _CERTIFICATE_LIFETIME)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
