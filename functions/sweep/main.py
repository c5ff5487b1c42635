"""The sweep: a Cloud Run function that Cloud Scheduler calls each minute."""

import flask
import functions_framework
from flask.typing import ResponseReturnValue

from common.serving import serve_sweep


@functions_framework.http
def sweep(request: flask.Request) -> ResponseReturnValue:
    """Find and wake what a crash left behind; or start the run of the day that the body names."""
    return serve_sweep(request.headers.get("Authorization"), request.get_data())
