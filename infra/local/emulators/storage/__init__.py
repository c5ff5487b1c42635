"""A local Cloud Storage that the real `google-cloud-storage` client cannot tell from the service.

Point the client at it with `STORAGE_EMULATOR_HOST=http://127.0.0.1:<port>`; it then needs no credentials.

    python -m infra.local.emulators.storage --port 9023 --state var/storage --bucket my-bucket

Covered, as the service behaves:

* the JSON API v1: buckets (insert, get, list, patch, update, delete) and objects (simple, multipart and
  resumable upload, media download with ranges and gzip transcoding, get, list with prefix, delimiter,
  offsets and page tokens, patch, update, delete, copyTo, rewriteTo, compose), partial responses (`fields`)
  and batches;
* generation, metageneration and ETag preconditions, decided in the transaction that writes;
* MD5 and CRC32C, checked when given, always returned;
* the XML API for signed URLs: GET, HEAD, PUT, DELETE and the start of a resumable upload, with V4 (RSA)
  signatures checked against the local service account's public key, expiry included;
  `x-goog-content-length-range`;
* a bucket's `cors` rules on the XML API; the JSON API allows every origin, as the service does;
* lifecycle rules whose action is Delete, by age, createdBefore, customTimeBefore, daysSinceCustomTime,
  matchesPrefix, matchesSuffix and matchesStorageClass; and the week after which a resumable session expires.

Time is the shared virtual clock; only a signature's expiry is measured in real time, because the client
library signs with real time. An object's bytes are one file, its row in SQLite makes it visible, both
are synced to disk before the answer: an acknowledged object survives SIGKILL, and one that was cut off is
never seen. No object is held in memory as a whole.

Faults (see `infra.local.faults`). Operations: storage.insert, storage.get, storage.list, storage.delete,
storage.patch, storage.update, storage.copy, storage.rewrite, storage.compose, storage.resumable.start,
storage.resumable.write, storage.resumable.status, storage.resumable.cancel, and storage.buckets.insert,
.get, .list, .patch, .update, .delete. Attributes to match: bucket, name, media (True when bytes are
downloaded). Kinds, with their parameters:

* status {"status": 503, "reason"?, "message"?, "retry_after"?}: the service's own error body, nothing is
  done;
* delay {"seconds": 2}: goes on as usual afterwards;
* drop: everything is done, then the connection is cut instead of the answer;
* cut {"after": 300000}: the connection is cut once so many bytes of the request's body have arrived;
* truncate: a download is cut in its middle.

NOT covered. Refused with 501, so that nobody relies on it unknowingly: object versioning, soft delete and
restore, holds and retention, customer-supplied and customer-managed encryption keys, ACL and IAM calls,
notifications, HMAC keys, `matchGlob`, listing and multipart upload over the XML API, POST policy documents,
gRPC. Not checked at all: who calls the JSON API (any token or none will do), projects (a bucket belongs to
all), the payload's SHA-256 of a signed request, V2 signatures, per-object write rates, quotas, storage
class prices. Other lifecycle actions and conditions are stored and never applied.
"""
