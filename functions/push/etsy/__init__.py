"""Etsy's Open API v3: draft listings with their images and inventory, within the account's budget.

`client.Etsy` is the whole of it for a caller. Below it, one noun a module: `calls` builds requests and is pure; `answers`
and `failures` turn every answer into data or a typed error; `budget` and `limits` keep the account's limits;
`tokens` renews the seller's tokens, one worker at a time (`refresh_lock`). `titles`, `tags`, `eras` and `marks` are the
rules for what a listing says, as pure functions. The consent itself, and the HTTP exchange, are in `common.etsy`,
because the command line uses them too. Nothing here knows of designs, or of the pipeline.
"""
