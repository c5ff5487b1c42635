"""Secrets: the port to where vendor credentials are kept, on this machine or in Secret Manager."""
