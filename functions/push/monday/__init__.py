"""monday.com's GraphQL API (2026-10): boards, items and subitems, read and written within the account's budget.

`client.Monday` is the whole of it for a caller. Below it, one noun a module: `transport` knows HTTP and nothing of
GraphQL; `reading` and `failures` turn every shape of answer into data or a typed error; `documents` and `answers` are
the two ends of a write; `lookup`, `boards` and `ingest` read and import; `values`, `limits` and `crossover` are pure.
Nothing here knows of orders, or of the pipeline.
"""
