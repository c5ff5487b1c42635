"""The commands: one group of them in each file; they call, and hand the answer to a view."""
