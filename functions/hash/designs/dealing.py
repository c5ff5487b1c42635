"""Hashes as the index stores them: their bits dealt to its bands in turn, like cards.

Bit i goes to band i modulo the number of bands; a dealt hash is one band after the other. Neighbouring bits of a picture
agree more often than not: dealt, no band consists of one region alone, and each is as good as the next at telling
pictures apart. Two hashes differ in as many bits dealt as before. The bands of `0003_designs_index.sql` are these.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BANDS = {256: 11, 64: 3}
"""Bits of a hash → bands that it is dealt to."""


def dealt(value: int, bits: int) -> str:
    """A hash of so many bits as it is stored, in hexadecimal digits."""
    bands = BANDS[bits]
    digits = f"{value:0{bits}b}"
    cards = "".join([digits[band::bands] for band in range(bands)])
    return f"{int(cards, 2):0{bits // 4}x}"


def dealt_rows(hashes: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """The same for many hashes at once, each a row of 32 or 8 bytes."""
    import numpy as np

    bits = np.unpackbits(hashes, axis=1)
    bands = BANDS[bits.shape[1]]
    return np.packbits(np.concatenate([bits[:, band::bands] for band in range(bands)], axis=1), axis=1)
