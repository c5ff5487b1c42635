"""The hash step of the designs flow: what an uploaded picture is, safely read, and what it looks like.

`fingerprint.Fingerprinter` is the way in: bytes → a refusal with its reason, or the design's content hash (exact
copies), perceptual hashes (near copies) and what is to be known of the file. `presets` says which distance between
two designs makes one a copy of the other, `matching` holds two fingerprints against it, and `calibrate` measures the
presets on pictures of the user's own.

Not here: which designs are stored, and the search among them.
"""
