"""The HTTP API, one module a noun: parse, call the interface, answer. No rule is decided here."""
