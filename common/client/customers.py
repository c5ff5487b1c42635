"""The customer book."""

from pathlib import Path

from common.client.wire import LONG_SECONDS, Document, Wire, object_of, opened_file


class Customers(Wire):
    """Who the customers are, and whose orders go to which board."""

    def check_customers(self, file: Path) -> Document:
        """Everything that is wrong with a customer book: {ok, errors, warnings, problems: [{line, ...}], ...}.

        Nothing is stored. Raises Usage when the file cannot be opened.
        """
        return self._send_book("/customers/check", file)

    def load_customers(self, file: Path) -> Document:
        """Make a customer book the valid one: {version, changed, customers, boards, ...}. Needs the role operator.

        The same content again changes nothing. Raises Usage, with every problem, for a book with an error.
        """
        return self._send_book("/customers", file)

    def customers(self) -> Document:
        """The valid book: {version, file, loaded_at, customers: [...], boards: [...]}."""
        return self._get("/customers")

    def customer(self, name: str) -> Document:
        """Who is meant by a name, in any spelling: {name, customer: {canonical, status, position, ...}}."""
        return self._get("/customers/find", name=name)

    def _send_book(self, path: str, file: Path) -> Document:
        with opened_file(file) as opened:
            files = {"file": (file.name, opened)}
            return object_of(self._call("POST", path, files=files, seconds=LONG_SECONDS))
