"""The shops."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from common.client.wire import LONG_SECONDS, Document, Wire, object_of, opened_file


class Shops(Wire):
    """What is sold in which shop, and how it is shown."""

    def check_shop(self, file: Path, pictures: Sequence[str] = ()) -> Document:
        """Everything that is wrong with a shop's file: {ok, errors, warnings, problems: [{line, ...}], ...}.

        pictures: paths beside the file, to be looked at as well. Nothing is stored. Raises Usage when a file cannot be
        opened.
        """
        return self._send_shop("/shops/check", file, pictures)

    def load_shop(self, file: Path, pictures: Sequence[str] = ()) -> Document:
        """Make a shop what its file says: {shop, version, changed, counts, ...}. Needs the role operator.

        pictures: paths beside the file, as that names them. The same again changes nothing. Raises Usage, with every
        problem, for a file with an error.
        """
        return self._send_shop("/shops", file, pictures)

    def shops(self) -> Document:
        """The shops as they are now: {shops: [{name, etsy_shop_id, loaded, templates: [...]}]}."""
        return self._get("/shops")

    def _send_shop(self, path: str, file: Path, pictures: Sequence[str]) -> Document:
        with ExitStack() as opened:
            files: list[tuple[str, Any]] = [
                ("file", (file.name, opened.enter_context(opened_file(file)))),
                *(
                    ("pictures", (name, opened.enter_context(opened_file(file.parent / name))))
                    for name in pictures
                ),
            ]
            return object_of(self._call("POST", path, files=files, seconds=LONG_SECONDS))
