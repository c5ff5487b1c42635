"""The stage step: a Cloud Run function that answers wake-ups."""

import flask
import functions_framework
from flask.typing import ResponseReturnValue

from common.serving import serve_step


@functions_framework.http
def stage(request: flask.Request) -> ResponseReturnValue:
    """Do what one wake-up asks for."""
    return serve_step("stage", request.headers.get("Authorization"), request.get_data())
