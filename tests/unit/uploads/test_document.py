"""A fingerprint keeps all that the index is asked with on its way from step to step."""

import io
import json
from uuid import UUID

import pytest

from functions.hash.designs.document import document, hashed_design
from functions.hash.designs.fingerprint import Fingerprinter
from infra.local.samples.artwork import artwork


@pytest.mark.parametrize("with_variants", [False, True])
def test_what_goes_out_comes_back(with_variants: bool) -> None:
    content = io.BytesIO()
    artwork(1, 200).save(content, "PNG")
    fingerprint = Fingerprinter(with_variants=with_variants)(content)
    told = json.loads(json.dumps(document(fingerprint)))
    back = hashed_design(UUID(int=7), fingerprint.content_hash, told)
    assert (back.design, back.content_hash) == (UUID(int=7), fingerprint.content_hash)
    assert back.hashes == fingerprint.hashes
    assert back.variants == fingerprint.variants
    assert len(back.variants) == (7 if with_variants else 0)
    assert back.is_flat == fingerprint.is_flat
    assert (told["width"], told["height"]) == (fingerprint.width, fingerprint.height)
    assert len(told["hashes"]["phash"]) == 64
