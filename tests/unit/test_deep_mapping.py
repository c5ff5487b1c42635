"""A column mapping that nobody could mean."""

from io import BytesIO

import pytest
from fastapi import UploadFile

from common.errors import Usage
from functions.api.routes.loading import _mapping


def test_a_mapping_nested_by_the_thousand_is_refused_like_any_other_that_is_no_mapping() -> None:
    with pytest.raises(Usage):
        _mapping(UploadFile(BytesIO(b"[" * 100_000)))
