"""Sample data for the local stack, and the scripts that write it. See README.md here."""
