"""A stand-in for monday.com's platform API, version 2026-10, executed by graphql-core.

    python -m infra.local.vendors.monday --port 8092 --state DIR --clock FILE --boards FILE --token TOKEN
        --plan enterprise

`POST /v2` takes `{query, variables}` with the headers `Authorization: <token>`, `API-Version` (whatever it says,
2026-10 answers) and, for mutations, `Idempotency-Key`. `schema.graphql` is what it covers: boards, items, the
search by column values, paging, complexity, jobs; groups, items and subitems made, changed, moved, archived
and deleted; ingest jobs with their upload and report. Everything is kept in the state folder, call by call.

Limits are those of the plan, in the time of the shared clock: calls a day, a minute, at once and from one
address; complexity a query and a minute; items on a board; rows of uploads an hour. Writes that meet at a board
(its subitems included) are refused with 423 but for the first. A search by column values follows a change after
`--search-lag` seconds.

Boards file
    {"boards": [{"id": "2001001", "name": "Orders", "groups": [{"id": "topics", "title": "New"}],
                 "columns": [{"id": "text_mk1", "title": "KEY", "type": "text", "key": true},
                             {"id": "dropdown_mk2", "title": "SIZE", "type": "dropdown", "labels": ["S", "M"]},
                             {"id": "subtasks_mk3", "title": "Subitems", "type": "subtasks",
                              "subitems_board": "2001011"}]}]}
    The board of the subitems is a board of the same file. `labels` belong to dropdown (ids from 1) and status
    (indexes from 0); `key` has the reports count that column's values; without `groups` there is one. The file
    is read at the first start; a board that the state folder knows stays as it is there.

Faults (POST /_faults) for `monday.query` and `monday.mutation`, which may match `field` (the name of a root
field, e.g. create_item) and `board` (that field's board_id, as text). They strike a call that has passed the
token and the budgets of calls.
    status                {"status": n}, nothing done: 401, 403, 409, 423, 500, 502, 504 …; 429 with "code":
                          MINUTE_RATE_LIMIT_EXCEEDED (the default), DAILY_LIMIT_EXCEEDED,
                          MAX_CONCURRENCY_EXCEEDED or IP_RATE_LIMIT_EXCEEDED; optional "retry_in_seconds"
    complexity_exhausted  nothing done; {"shape": "new" or "old", "retry_in_seconds": n, "status": 200}
    expired_cursor        nothing done; {"shape": "new" or "old"}
    created_but_500       the work is done, the answer is {"status": 500}
    drop                  the work is done, the connection is cut in the middle of the answer
    malformed             the work is done, the JSON of the answer ends half way
    null_data             the work is done, data is null, with an error unless {"errors": false}
    delay                 {"seconds": n} of real time, then as usual
    hold                  done at once, but board and Idempotency-Key stay busy for {"seconds": n} of real time
`monday.field` (matching `field` and `alias`) refuses one field of a document, nothing of it done, with {"code",
"message", "status_code"}; the others go on. `monday.ingest` (matching `board`), kind ingest_fails, ends a job as
FAILED after {"after_rows": n}. `monday.upload` knows status and drop.

For tests: `GET /_boards` and `GET /_boards/ID` (items with values by column title, subitems, how often each value
of a key column stands), `GET /_calls` (counters), `GET /_health`.

Not known of the vendor, and decided here: the answer to an Idempotency-Key that comes with another request (422
IDEMPOTENCY_KEY_REUSED); the code beside 423 (RESOURCE_LOCKED) and of a query that alone is too complex
(ComplexityException); complexity of everything but create_item (see `complexity`); that a board's limit of items
does not count subitems. Of uploads: the header names columns by id and has "name"; a dropdown cell has labels
separated by commas; a row without a value to match by is invalid; an empty cell changes nothing; labels are not
made; what the report looks like.

Not covered: every other field of the API (refused by validation), groups and columns that the API changes,
automations, the activity log, files, column types but text, long_text, numbers, date, dropdown, status and
subtasks (read as empty, refused on writing), the cut of long_text at 2,000 characters, OAuth, account
permissions beyond a token that may only look, and the time a call takes.
"""
