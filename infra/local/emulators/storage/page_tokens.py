"""Page tokens: opaque to the caller, to us the name at which the next page begins."""

import base64
import binascii

from . import errors

_MARK = b"\x01"  # tells a token of ours from any other base64 text


def encode_page_token(start: str) -> str:
    """The token of the page that begins at the first name not smaller than `start`."""
    return base64.urlsafe_b64encode(_MARK + start.encode()).decode()


def decode_page_token(token: str) -> str:
    """The name at which the page begins; raises 400 for a token we did not make."""
    try:
        packed = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
        if packed.startswith(_MARK):
            return packed[len(_MARK) :].decode()
    except (binascii.Error, UnicodeError):
        pass
    raise errors.invalid("Invalid argument: pageToken.")
