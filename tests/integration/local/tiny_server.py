"""A service of a few lines, for tests of the supervisor.

GET /_health answers 200 unless the file `unhealthy` is in the folder; GET /environment answers its
variables. With the file `broken` in the folder it ends at once, with a word of farewell. A polite end is
noted in `../ended`.
"""

import argparse
import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NoReturn


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    if (given.folder / "broken").exists():
        sys.exit("the disk is full of eels")
    signal.signal(signal.SIGTERM, lambda *_: end(given.folder))
    ThreadingHTTPServer(("127.0.0.1", given.port), handler(given.folder)).serve_forever()


def end(folder: Path) -> NoReturn:
    """Note our end beside everybody else's."""
    with folder.with_name("ended").open("a") as ended:
        ended.write(f"{folder.name}\n")
    sys.exit(0)


def handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    """The request handler for a service whose faults are in `folder`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the library's
            healthy = not (folder / "unhealthy").exists()
            self.send_response(200 if healthy else 503)
            self.end_headers()
            self.wfile.write(json.dumps(dict(os.environ)).encode())

    return Handler


if __name__ == "__main__":
    main()
