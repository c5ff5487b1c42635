"""Scripts that do six durable steps an item with other systems; each runs in `.venv-bench`, and imports nothing of ours.

Each takes --host (a folder with the server's socket), --port, --database and --items, and prints one JSON object:
{"seconds", "items", "steps", "how"}. The time is from before the first item is handed in until all results are stored.
"""
