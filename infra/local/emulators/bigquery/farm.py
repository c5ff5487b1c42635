"""FarmHash Fingerprint64, the hash behind FARM_FINGERPRINT: the same number on every machine, for ever.

The algorithm is published by its authors as a fixed specification; constants and mixing steps must not be
changed.
"""

import struct

_MASK = (1 << 64) - 1
_K0 = 0xC3A5C85C97CB3127
_K1 = 0xB492B66FBE98F273
_K2 = 0x9AE16A3B2F90404F


def farm_fingerprint(data: bytes) -> int:
    """The fingerprint as BigQuery returns it: a signed 64-bit integer."""
    unsigned = _fingerprint(data)
    return unsigned - (1 << 64) if unsigned >> 63 else unsigned


def _fingerprint(data: bytes) -> int:
    if len(data) <= 16:
        return _up_to_16(data)
    if len(data) <= 32:
        return _up_to_32(data)
    if len(data) <= 64:
        return _up_to_64(data)
    return _long(data)


def _word(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<Q", data, at)[0])


def _half(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _rotate(value: int, by: int) -> int:
    return ((value >> by) | (value << (64 - by))) & _MASK if by else value


def _shift_mix(value: int) -> int:
    return value ^ (value >> 47)


def _mix(low: int, high: int, multiplier: int) -> int:
    first = ((low ^ high) * multiplier) & _MASK
    first ^= first >> 47
    second = ((high ^ first) * multiplier) & _MASK
    second ^= second >> 47
    return (second * multiplier) & _MASK


def _up_to_16(data: bytes) -> int:
    size = len(data)
    multiplier = (_K2 + size * 2) & _MASK
    if size >= 8:
        first = (_word(data, 0) + _K2) & _MASK
        last = _word(data, size - 8)
        low = (_rotate(last, 37) * multiplier + first) & _MASK
        high = ((_rotate(first, 25) + last) * multiplier) & _MASK
        return _mix(low, high, multiplier)
    if size >= 4:
        return _mix((size + (_half(data, 0) << 3)) & _MASK, _half(data, size - 4), multiplier)
    if size == 0:
        return _K2
    low = data[0] + (data[size >> 1] << 8)
    high = size + (data[size - 1] << 2)
    return (_shift_mix((low * _K2) & _MASK ^ (high * _K0) & _MASK) * _K2) & _MASK


def _up_to_32(data: bytes) -> int:
    size = len(data)
    multiplier = (_K2 + size * 2) & _MASK
    a = (_word(data, 0) * _K1) & _MASK
    b = _word(data, 8)
    c = (_word(data, size - 8) * multiplier) & _MASK
    d = (_word(data, size - 16) * _K2) & _MASK
    low = (_rotate((a + b) & _MASK, 43) + _rotate(c, 30) + d) & _MASK
    high = (a + _rotate((b + _K2) & _MASK, 18) + c) & _MASK
    return _mix(low, high, multiplier)


def _up_to_64(data: bytes) -> int:
    size = len(data)
    multiplier = (_K2 + size * 2) & _MASK
    a = (_word(data, 0) * _K2) & _MASK
    b = _word(data, 8)
    c = (_word(data, size - 8) * multiplier) & _MASK
    d = (_word(data, size - 16) * _K2) & _MASK
    y = (_rotate((a + b) & _MASK, 43) + _rotate(c, 30) + d) & _MASK
    z = _mix(y, (a + _rotate((b + _K2) & _MASK, 18) + c) & _MASK, multiplier)
    e = (_word(data, 16) * multiplier) & _MASK
    f = _word(data, 24)
    g = ((y + _word(data, size - 32)) * multiplier) & _MASK
    h = ((z + _word(data, size - 24)) * multiplier) & _MASK
    low = (_rotate((e + f) & _MASK, 43) + _rotate(g, 30) + h) & _MASK
    return _mix(low, (e + _rotate((f + a) & _MASK, 18) + g) & _MASK, multiplier)


def _weak_32(data: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = struct.unpack_from("<4Q", data, at)
    a = (a + w) & _MASK
    b = _rotate((b + a + z) & _MASK, 21)
    c = a
    a = (a + x + y) & _MASK
    b = (b + _rotate(a, 44)) & _MASK
    return (a + z) & _MASK, (b + c) & _MASK


def _long(data: bytes) -> int:
    x, y = 81, (81 * _K1 + 113) & _MASK
    z = (_shift_mix((y * _K2 + 113) & _MASK) * _K2) & _MASK
    v, w = (0, 0), (0, 0)
    x = (x * _K2 + _word(data, 0)) & _MASK
    end = ((len(data) - 1) // 64) * 64
    for at in range(0, end, 64):
        x, y, z, v, w = _round(data, at, x, y, z, v, w, _K1, 1)
    multiplier = (_K1 + ((z & 0xFF) << 1)) & _MASK
    w = ((w[0] + ((len(data) - 1) & 63)) & _MASK, w[1])
    v = ((v[0] + w[0]) & _MASK, v[1])
    w = ((w[0] + v[0]) & _MASK, w[1])
    x, y, z, v, w = _round(data, len(data) - 64, x, y, z, v, w, multiplier, 9)
    low = (_mix(v[0], w[0], multiplier) + _shift_mix(y) * _K0 + z) & _MASK
    return _mix(low, (_mix(v[1], w[1], multiplier) + x) & _MASK, multiplier)


def _round(
    data: bytes,
    at: int,
    x: int,
    y: int,
    z: int,
    v: tuple[int, int],
    w: tuple[int, int],
    multiplier: int,
    weight: int,
) -> tuple[int, int, int, tuple[int, int], tuple[int, int]]:
    """One block of 64 bytes; the last block uses another multiplier and weight. Returns x and z already
    swapped.
    """
    x = (_rotate((x + y + v[0] + _word(data, at + 8)) & _MASK, 37) * multiplier) & _MASK
    y = (_rotate((y + v[1] + _word(data, at + 48)) & _MASK, 42) * multiplier) & _MASK
    x ^= (w[1] * weight) & _MASK
    y = (y + v[0] * weight + _word(data, at + 40)) & _MASK
    z = (_rotate((z + w[0]) & _MASK, 33) * multiplier) & _MASK
    v = _weak_32(data, at, (v[1] * multiplier) & _MASK, (x + w[0]) & _MASK)
    w = _weak_32(data, at + 32, (z + w[1]) & _MASK, (y + _word(data, at + 16)) & _MASK)
    return z, y, x, v, w
