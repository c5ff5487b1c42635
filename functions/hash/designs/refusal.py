"""A picture that cannot be taken, with its reason."""

from common.errors import Refuse

ZERO_BYTES = "zero_bytes"
NOT_AN_IMAGE = "not_an_image"
UNSUPPORTED_FORMAT = "unsupported_format"
TRUNCATED = "truncated"
TOO_MANY_PIXELS = "too_many_pixels"
TOO_SMALL = "too_small"
TOO_LARGE_SIDE = "too_large_side"
FULLY_TRANSPARENT = "fully_transparent"
TOO_LARGE_FILE = "too_large"

REASONS = (
    ZERO_BYTES,
    NOT_AN_IMAGE,
    UNSUPPORTED_FORMAT,
    TRUNCATED,
    TOO_MANY_PIXELS,
    TOO_SMALL,
    TOO_LARGE_SIDE,
    FULLY_TRANSPARENT,
    TOO_LARGE_FILE,
)
"""Every reason there is."""


class ImageRefused(Refuse):
    """The picture cannot be taken as it is; `reason` is one of REASONS, the message says what to do."""

    reason = NOT_AN_IMAGE
