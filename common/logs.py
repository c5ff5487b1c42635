"""Structured logs: one JSON object a line, as Cloud Logging reads it. An event has a constant name; ids are fields."""

import json
import logging
import sys
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of JSON: severity, message, time, and every extra field."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        time = datetime.fromtimestamp(record.created, UTC).isoformat()
        line = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": time,
            "logger": record.name,
            **fields,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(level: str) -> None:
    """Send this project's logs to standard error at a level, once."""
    logger = logging.getLogger("common")
    if logger.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("common", "functions"):
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(level)
        logging.getLogger(name).propagate = False
