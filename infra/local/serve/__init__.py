"""The server of the step functions on one machine: each step under its own path, all in one gunicorn.

Every step is loaded by functions-framework from the project's root `main.py`, exactly as it is when
deployed. What differs from the cloud: the steps share processes, so memory and threads are shared too. The
API is not here; it is served on its own with the plain `functions-framework` command.
"""
