"""What decoding takes in memory: reckoned before it begins, and shared by all that decode at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
_OTHER_MODES = 4  # bytes a pixel of every other mode, with or without alpha
_COPIES = {
    "PNG": 1,
    "BMP": 1,
    "JPEG": 1,
    "GIF": 2,  # the frame may be another one than the canvas
    "TIFF": 2,  # a strip or a tile may be as large as the picture, and a turned one is copied
    "WEBP": 4,  # two canvases of the decoder, the frame as bytes, the picture
}


_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of mallopt(3)
_LARGE = 8 << 20  # bytes: strips of a picture are smaller, the blocks of a whole one are not


def give_back_at_once() -> None:
    """Have the memory of whole pictures given back to the system as soon as they are gone.

    Left alone glibc raises the size from which it does so with every picture that is freed, and keeps the rest in an arena for
    each thread: four threads then hold some 200 MiB of nothing, and an instance is ended for it. Another library is left as it is.
    """
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
    except (OSError, AttributeError, TypeError):
        return


def decode_bytes(image: "Image.Image", kind: str) -> int:
    """Bytes that decoding an opened picture takes at most; one that will be reduced counts as reduced.

    What a JPEG keeps of coefficients comes on top: see `jpeg.JpegHeader`.
    """
    width, height = image.size
    return width * height * _BYTES.get(image.mode, _OTHER_MODES) * _COPIES[kind]


class Memory:
    """An amount of memory that threads take parts of; who finds too little left waits."""

    def __init__(self, size: int) -> None:
        """size: bytes."""
        self.size = size
        self._left = size
        self._changed = Condition()

    @contextmanager
    def taken(self, amount: int) -> Iterator[None]:
        """Have `amount` bytes for the time of the block. More than there is counts as all there is."""
        amount = min(amount, self.size)
        with self._changed:
            self._changed.wait_for(lambda: self._left >= amount)
            self._left -= amount
        try:
            yield
        finally:
            with self._changed:
                self._left += amount
                self._changed.notify_all()
