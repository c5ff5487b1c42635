"""How long an upload will take, before there is anything measured to go by."""

SHORTEST, LONGEST = 10.0, 600.0
"""Seconds."""
_MEBIBYTE = 1 << 20
_PER_MIB, _PER_FILE, _PER_MIB_ABOVE, _ABOVE = 2.0, 5.0, 1.5, 100.0


def estimated_seconds(size: int, files: int) -> float:
    """2 s a MiB, 5 s a file, 1.5 s more for each MiB above 100; from 10 to 600 s. size: bytes of all files.

    Source: the formula that the first upload service of this kind has shown its users; rates measured in a run replace it
    as soon as there are any.
    """
    mebibytes = size / _MEBIBYTE
    seconds = _PER_MIB * mebibytes + _PER_FILE * files + _PER_MIB_ABOVE * max(0.0, mebibytes - _ABOVE)
    return min(max(seconds, SHORTEST), LONGEST)
