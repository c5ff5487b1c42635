"""Files into the source of a flow."""

import json
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Depends, File, Query, UploadFile

from common.errors import Usage
from common.interface.loading import Loaded, Loading
from functions.api.serving import served_by

router = APIRouter(prefix="/load", tags=["loading"])
TheLoading = Annotated[Loading, Depends(served_by(Loading))]
_LARGEST_MAPPING = 1 << 20


@router.post("/{flow}", summary="Load a CSV or JSON file (operator)")
def load(
    loading: TheLoading,
    flow: str,
    file: Annotated[UploadFile, File(description="CSV, a JSON array, or one JSON object a line.")],
    mapping: Annotated[
        UploadFile | None, File(description='JSON: {"Their header": "our column" or null}.')
    ] = None,
    baseline: Annotated[
        bool, Query(description="Adopt what is loaded, and what the targets hold of it; push nothing.")
    ] = False,
) -> Loaded:
    """Bad rows go to quarantine under the file's name; the same file again changes nothing.

    With `baseline=true` a run adopts the source as it is from now on; look at `run_id`.
    """
    name = PurePath(file.filename or "file").name
    return loading.load(flow, file.file, file=name, mapping=_mapping(mapping), baseline=baseline)


def _mapping(upload: UploadFile | None) -> dict[str, str | None] | None:
    if upload is None:
        return None
    try:
        content = json.loads(upload.file.read(_LARGEST_MAPPING).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Usage(
            f"The column mapping is not JSON: {error}; correct it there.", reason="bad_mapping"
        ) from error
    if not isinstance(content, dict) or not all(isinstance(each, str | None) for each in content.values()):
        raise Usage(
            'The column mapping must be one JSON object like {"Their header": "pn"}.', reason="bad_mapping"
        )
    return content
