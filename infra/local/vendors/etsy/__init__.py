"""A stand-in for Etsy's Open API v3, as far as draft listings need it.

    python -m infra.local.vendors.etsy --port 8093 --state DIR --clock FILE

`/v3/application/…` takes `x-api-key: KEYSTRING:SHARED_SECRET` and, for what belongs to the seller,
`Authorization: Bearer USER_ID.TOKEN` with the scope that the call wants. Covered: createDraftListing, updateListing,
deleteListing, getListing, getListingsByShop (state, limit, offset, includes=Images,Inventory),
getListingsByListingIds, uploadListingImage (multipart), getListingImages, deleteListingImage,
updateListingInventory, getListingInventory, getShop, getMe, getShopSections, getShopShippingProfiles,
getShopReturnPolicies, getShopReadinessStateDefinitions (processing profiles), getSellerTaxonomyNodes. `schema.json`
holds the fields; one that is not there is refused, not ignored, and a field that is sent twice keeps its last value.

`/oauth/connect` is the consent page, a form that a person submits (or a test posts); `/v3/public/oauth/token` gives
tokens for a code (PKCE, S256) or for a refresh token, which is good for one use. Access tokens last 3600 s, refresh
tokens 90 days, codes 10 minutes, all in real time. `--refresh-token` is one that is good from the first start on, so that
a local stack needs no consent.

Limits: calls a second and calls in the last 24 hours (counted by minutes), in the time of the shared clock, with Etsy's
headers on every answer. A call that is refused for a limit is not counted.

An image is decoded; its size and colours are null until `--processing-seconds` of the shared clock have passed. Uploads
to one listing at the same time are refused with 409, all but the first; a rank that leaves a gap with 400.

Faults (POST /_faults) for `etsy.OPERATION` (the names above, and `etsy.token`); they may match `listing_id` and
`shop_id` (numbers). They strike a call that has passed key, limits and token, and that call stays counted.
    status           {"status": n}, nothing done; 401 as for an expired token; 429 with "limit": "second" (the default) or
                     "day", optional "retry_after"
    created_but_500  do the work, then answer 500
    drop             do the work, then cut the connection in the middle of the answer
    delay            {"seconds": n} of real time, then go on as usual
    malformed        do the work, then an answer whose JSON ends half way
    rank_conflict    nothing done, 409
    no_rate_headers  the usual answer without any header about limits

Pages for tests: `/_health`, `/_listings` (everything held, deleted ones too), `/_calls` (how often each operation was
called, refused and limited, and the budgets).

Not covered: videos, files of digital listings, translations, variations (property values are taken as they are),
receipts, other shops than one, `legacy` (taken and without effect), keys without approval, and the time a call takes.
What is not documented and decided here: the words of most messages; that an image put at a taken rank without
`overwrite` moves the others along; 404 for the inventory of a listing that nobody edited; that a consent may return to
plain http on this machine, where Etsy's documentation wants https.
"""
