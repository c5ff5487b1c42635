"""Uploads of files: what a client announces, what it may send, and how long the work will take."""
