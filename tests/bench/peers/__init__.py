"""Scripts that do our work with other systems; each runs in `.venv-bench`, and imports nothing of ours.

Those that do six durable steps an item take --host (a folder with the server's socket), --port, --database and --items, and
print one JSON object: {"seconds", "items", "steps", "how"}. The time is from before the first item is handed in until all
results are stored. Those that compare order books take what `books.py` says, those
that hash images what `encoded_images.py` says.
"""
