"""The core: claim a chunk of items, run the step's adapter on them, record what it says of each.

Postgres holds the truth; a Cloud Task is only a wake-up. Nothing here knows a flow.
"""
