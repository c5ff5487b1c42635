"""Every port of the project in memory, with the same rules as the service behind it; see tests/contracts."""
