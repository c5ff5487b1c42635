"""The shops of a tenant: what is sold there, on which canvas and in which sizes, and how it is shown.

`checking.check` reads a YAML file into a `Shop`, or says by line everything that is wrong with it; `store.Shops` keeps
shops in tables, which the HTTP API may change too. What may be said is decided once, by the `faults` of each part. Only
`store` touches a database, and only `checking` loads a YAML parser.
"""
