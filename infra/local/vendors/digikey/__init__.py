"""A stand-in for DigiKey Product Information v4, answering from a catalogue file.

Covers: client-credentials tokens that expire, keyword search with its filters, product details by the maker's
or DigiKey's number, the list of manufacturers; the headers each call must carry; requests checked field by
field; 120 calls a minute and 1,000 a day in virtual time with the real headers and both error bodies;
counters and tokens that survive a restart; planted faults.

    python -m infra.local.vendors.digikey --port 8091 --state DIR --clock FILE --catalogue FILE

Faults (POST /_faults), for `digikey.token`, `digikey.keyword`, `digikey.productdetails` and
`digikey.manufacturers`:
    status          answer {"status": n}: 400, 401 (as for an expired token), 403, 404, 500, 502, 503, 504, or
                    429 with "limit": "burst" (the default) or "day"; optional "retry_after": seconds
    delay           {"seconds": n} of real time, then go on as usual
    drop            do the work, then cut the connection in the middle of the answer
    malformed       a 200 whose JSON ends half way
    null_product    a 200 whose product (or list of products) is null
    no_rate_headers the usual answer without any header about limits
A fault may match `part_number`: the number in the path, or the keywords. It strikes a call that has passed
authentication and the budgets, and that call stays counted.

Does not cover: the other endpoints (pricing, media, substitutions …), three-legged OAuth, account prices
(MyPricing), parametric, series, tariff and packaging filters (refused, not ignored), or how DigiKey ranks:
what is like a number is decided here by common beginnings.

How DigiKey draws its minute is not documented; here it opens with the first call and lasts sixty seconds.
"""
