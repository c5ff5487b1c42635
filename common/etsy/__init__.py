"""A seller's account at Etsy: its consent, its tokens, and the way to Etsy's servers.

What `shelfline connect etsy` and the push have in common; the calls of the API are in `functions.push.etsy`.
"""
