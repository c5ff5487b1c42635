"""Signed URLs: made by the real client library, used by a plain HTTP client as a page would use them."""

import base64
import hashlib
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests
from google.cloud import storage
from google.cloud.storage._signing import generate_signed_url_v4
from google.oauth2.service_account import Credentials

from .emulator import Emulator

DATA = b"\x89PNG\r\n" + bytes(range(256)) * 10


class Signing:
    """Signs URLs for one bucket of the emulator."""

    def __init__(self, emulator: Emulator, bucket: storage.Bucket, credentials: Credentials) -> None:
        self.emulator, self.bucket, self.credentials = emulator, bucket, credentials

    def __call__(self, method: str, name: str = "a b/ü.png", **options: Any) -> str:
        url = self.bucket.blob(name).generate_signed_url(
            version="v4",
            expiration=timedelta(minutes=5),
            method=method,
            credentials=self.credentials,
            api_access_endpoint=self.emulator.url,
            **options,
        )
        assert isinstance(url, str)
        return url


@pytest.fixture
def sign(emulator: Emulator, bucket: storage.Bucket, signer: Credentials) -> Signing:
    return Signing(emulator, bucket, signer)


def error_code(answer: requests.Response) -> tuple[int, str | None]:
    assert answer.headers["Content-Type"].startswith("application/xml")
    return answer.status_code, ET.fromstring(answer.content).findtext("Code")


def test_a_page_can_put_get_and_delete(sign: Signing, bucket: storage.Bucket) -> None:
    headers = {"x-goog-meta-color": "blue", "Cache-Control": "no-store"}
    put = requests.put(
        sign("PUT", content_type="image/png", headers={"x-goog-meta-color": "blue"}),
        data=DATA,
        headers={"Content-Type": "image/png", **headers},
    )
    found = bucket.get_blob("a b/ü.png")
    assert put.status_code == 200
    assert put.headers["X-Goog-Generation"] == str(found.generation)
    assert (found.content_type, found.metadata, found.cache_control) == (
        "image/png",
        {"color": "blue"},
        "no-store",
    )
    got = requests.get(sign("GET"))
    assert (got.content, got.headers["Content-Type"]) == (DATA, "image/png")
    assert got.headers["x-goog-meta-color"] == "blue"
    assert requests.get(sign("GET"), headers={"Range": "bytes=1-3"}).content == b"PNG"
    assert requests.head(sign("HEAD")).headers["Content-Length"] == str(len(DATA))
    assert requests.delete(sign("DELETE")).status_code == 204
    assert error_code(requests.get(sign("GET"))) == (404, "NoSuchKey")


def test_the_answer_to_a_get_can_be_named_by_the_signer(sign: Signing, bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string(DATA)
    url = sign("GET", "a", response_disposition="attachment; filename=x.png", response_type="image/x")
    headers = requests.get(url).headers
    assert headers["Content-Disposition"] == "attachment; filename=x.png"
    assert headers["Content-Type"] == "image/x"


def test_a_signature_is_for_one_method_one_object_and_one_time(
    sign: Signing, bucket: storage.Bucket, emulator: Emulator
) -> None:
    bucket.blob("a").upload_from_string(DATA)
    url = sign("GET", "a")
    bucket.blob("b").upload_from_string(DATA)
    mismatch = (403, "SignatureDoesNotMatch")
    assert error_code(requests.put(url, data=b"")) == mismatch
    assert error_code(requests.get(url.replace("/a?", "/b?"))) == mismatch
    assert error_code(requests.get(url.replace("X-Goog-Expires=300", "X-Goog-Expires=900"))) == mismatch
    assert error_code(requests.get(url[:-2] + ("00" if url[-2:] != "00" else "11"))) == mismatch
    assert error_code(requests.get(f"{emulator.url}/{bucket.name}/a")) == (403, "AccessDenied")
    assert bucket.blob("a").download_as_bytes() == DATA


def test_an_expired_signature_is_refused_as_the_service_does(
    emulator: Emulator, bucket: storage.Bucket, signer: Credentials
) -> None:
    bucket.blob("a").upload_from_string(DATA)
    url = generate_signed_url_v4(
        signer, f"/{bucket.name}/a", 60, emulator.url, _request_timestamp="20200101T000000Z"
    )
    assert error_code(requests.get(url)) == (400, "ExpiredToken")


def test_a_put_can_be_bound_to_a_generation_a_checksum_and_a_size(
    sign: Signing, bucket: storage.Bucket
) -> None:
    conditions = {"x-goog-if-generation-match": "0", "x-goog-content-length-range": "10,5000"}
    url = sign("PUT", "a", headers=dict(conditions))
    assert error_code(requests.put(url, data=b"short", headers=conditions)) == (400, "EntityTooSmall")
    assert error_code(requests.put(url, data=b"x" * 5001, headers=conditions)) == (400, "EntityTooLarge")
    wrong = {**conditions, "Content-MD5": base64.b64encode(hashlib.md5(b"other").digest()).decode()}
    assert error_code(requests.put(url, data=DATA, headers=wrong)) == (400, "BadDigest")
    assert requests.put(url, data=DATA, headers=conditions).status_code == 200
    assert error_code(requests.put(url, data=DATA, headers=conditions)) == (412, "PreconditionFailed")
    assert error_code(requests.put(url, data=DATA)) == (400, "MalformedSecurityHeader")
    assert bucket.blob("a").download_as_bytes() == DATA


def test_a_page_can_upload_in_chunks(sign: Signing, bucket: storage.Bucket) -> None:
    started = requests.post(
        sign("RESUMABLE", "big", content_type="image/png"),
        headers={"x-goog-resumable": "start", "Content-Type": "image/png"},
    )
    assert started.status_code == 201
    url, data = started.headers["Location"], DATA * 200
    first = requests.put(url, data=data[: 1 << 18], headers={"Content-Range": f"bytes 0-{(1 << 18) - 1}/*"})
    assert (first.status_code, first.headers["Range"]) == (308, f"bytes=0-{(1 << 18) - 1}")
    last = {"Content-Range": f"bytes {1 << 18}-{len(data) - 1}/{len(data)}"}
    assert requests.put(url, data=data[1 << 18 :], headers=last).status_code == 200
    assert bucket.get_blob("big").content_type == "image/png"
    assert bucket.blob("big").download_as_bytes() == data


def test_a_bucket_made_at_the_start_lets_every_page_upload(
    emulator: Emulator, client: storage.Client, signer: Credentials
) -> None:
    url = Signing(emulator, client.bucket("open"), signer)("PUT", "from-a-page", content_type="image/png")
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    preflight = requests.options(url, headers={"Origin": "http://page.example", **asked})
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "PUT" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == "content-type"
    sent = {"Origin": "http://page.example", "Content-Type": "image/png"}
    put = requests.put(url, data=DATA, headers=sent)
    assert put.status_code == 200
    assert put.headers["Access-Control-Allow-Origin"] == "*"


def test_a_bucket_without_rules_lets_no_page_in(sign: Signing, bucket: storage.Bucket) -> None:
    page = {"Origin": "http://page.example"}
    assert "Access-Control-Allow-Origin" not in requests.put(sign("PUT"), data=DATA, headers=page).headers
    bucket.cors = [{"origin": ["http://page.example"], "method": ["PUT"], "responseHeader": ["ETag"]}]
    bucket.patch()
    answer = requests.put(sign("PUT"), data=DATA, headers=page)
    assert answer.headers["Access-Control-Allow-Origin"] == "http://page.example"
    assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
    other = requests.put(sign("PUT"), data=DATA, headers={"Origin": "http://other.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
