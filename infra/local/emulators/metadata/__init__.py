"""The metadata server that a function finds in the cloud, on one machine.

With GCE_METADATA_HOST and GCE_METADATA_IP set to its host:port, and no other credentials around, Google's own
libraries work unchanged: `google.auth.default()` and `google.oauth2.id_token.fetch_id_token()`.

Covered, under /computeMetadata/v1/: project ids, region, zone and id of the instance, the universe's domain,
and of the service account (by "default" or by e-mail) its e-mail, aliases, scopes, access token and identity
token. A request without the header `Metadata-Flavor: Google` is refused, as the real one does.

    python -m infra.local.emulators.metadata --port 8125 --keys DIR --project ID --service-account EMAIL
    /_faults    operations metadata.token and metadata.identity; kinds status {"status"}, delay {"seconds"}

Identity tokens are signed with the machine's key (`infra.local.keys`). Access tokens are random: no emulator
asks for more. Token times are real time, not virtual.

Not covered: waiting for changes, recursive listings other than that of a service account, attributes, bound
tokens (POST), licenses; an identity token has the claims of format=full but those of a virtual machine.
"""
