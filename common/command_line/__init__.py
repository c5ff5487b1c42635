"""The command line `shelfline`: Typer for the words, Rich for the pages, `common.client` for the work.

`commands` asks the API, `views` shows what it answered; nothing does both. What follows a run while it
works is `follow` (the loop), `watch` (when to look, to move the clock, to stop: a pure state machine) and
`progress`.
"""
