"""Canonical, typed, versioned fingerprints of values and records.

Two records have one fingerprint exactly when they mean the same: the order of keys, the way a number is
written (1, 1.0, Decimal("1.00")), the Unicode form of a text (NFC, NFD) and columns nobody asked for do not
count. What is of another kind stays apart: "" and None, "1" and 1, True and 1, a date and its text.
"""

from common.canonical.record import HASH_VERSION, RecordHasher, record_hash
from common.canonical.value import canonical_bytes

__all__ = ["HASH_VERSION", "RecordHasher", "canonical_bytes", "record_hash"]
