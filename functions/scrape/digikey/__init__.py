"""DigiKey Product Information v4: its client, the rule for which product a part is, and what is taken of it.

`enrich.enrich` is the whole of it for a caller. `client` speaks HTTP and knows no rule; `matching` and
`mapping` are pure and know no HTTP.
"""
