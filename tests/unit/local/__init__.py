"""The pure parts of the local stack."""
