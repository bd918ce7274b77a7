"""S3 and STS, as far as Braket's clients use them."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_calls import BUCKET, Caller

from deployments.sandbox import control
from deployments.sandbox.wire import Request

KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)


@given(key=KEYS, body=st.binary(max_size=200))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_put_is_got_whatever_its_key(caller: Caller, key: str, body: bytes) -> None:
    path = f"/{BUCKET}/{quote(key)}"
    put = caller.send("s3", "PUT", path, body=body)
    got = caller.send("s3", "GET", path)
    assert (got.status, got.body) == (200, body)
    assert got.headers["etag"] == put.headers["etag"]


@given(pieces=st.lists(st.binary(min_size=1, max_size=50), max_size=5))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_body_in_signed_pieces_is_put_together(caller: Caller, pieces: list[bytes]) -> None:
    framed = b"".join(b"%x;chunk-signature=0\r\n%s\r\n" % (len(p), p) for p in pieces)
    body = framed + b"0;chunk-signature=0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
    sent = {"x_amz_content_sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"}
    assert caller.send("s3", "PUT", f"/{BUCKET}/pieces", body=body, **sent).status == 200
    assert caller.send("s3", "GET", f"/{BUCKET}/pieces").body == b"".join(pieces)


def test_listing_pages_through_the_keys_of_a_prefix_in_order(caller: Caller) -> None:
    for key in ("b/2", "a/1", "b/1", "b/3", "c"):
        caller.send("s3", "PUT", f"/{BUCKET}/{key}", body=b"x")
    query = {"list-type": ("2",), "prefix": ("b/",), "max-keys": ("2",)}
    first = caller.send("s3", "GET", f"/{BUCKET}", query=query).body.decode()
    assert "<Key>b/1</Key>" in first
    assert "<NextContinuationToken>b/2</NextContinuationToken>" in first
    rest = caller.send(
        "s3", "GET", f"/{BUCKET}", query=query | {"continuation-token": ("b/2",)}
    ).body.decode()
    assert "<Key>b/3</Key>" in rest
    assert "<KeyCount>1</KeyCount>" in rest
    assert "<IsTruncated>false</IsTruncated>" in rest


@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [
        ("bytes=1-2", 206, b"el"),
        ("bytes=3-", 206, b"lo"),
        ("bytes=0-99", 206, b"hello"),
        ("bytes=9-", 416, None),
    ],
)
def test_a_part_of_an_object_can_be_got(
    caller: Caller, wanted: str, status: int, body: bytes | None
) -> None:
    caller.send("s3", "PUT", f"/{BUCKET}/greeting", body=b"hello")
    answer = caller.send("s3", "GET", f"/{BUCKET}/greeting", range=wanted)
    assert answer.status == status
    assert body is None or answer.body == body


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("GET", f"/{BUCKET}/none", 404, "NoSuchKey"),
        ("GET", "/no-such-bucket/key", 404, "NoSuchBucket"),
        ("PUT", f"/{BUCKET}", 409, "BucketAlreadyOwnedByYou"),
        ("PUT", "/UPPER", 400, "InvalidBucketName"),
        ("POST", f"/{BUCKET}/key", 501, "NotImplemented"),
    ],
)
def test_refusals_are_in_the_words_of_s3(
    caller: Caller, method: str, path: str, status: int, name: str
) -> None:
    answer = caller.send("s3", method, path)
    assert answer.status == status
    assert f"<Code>{name}</Code>".encode() in answer.body


def test_a_deleted_object_is_gone(caller: Caller) -> None:
    caller.send("s3", "PUT", f"/{BUCKET}/old", body=b"x")
    assert caller.send("s3", "DELETE", f"/{BUCKET}/old").status == 204
    assert caller.send("s3", "HEAD", f"/{BUCKET}/old").status == 404


def test_sts_tells_the_account(caller: Caller) -> None:
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    answer = caller.send("sts", "POST", "/", body=body)
    assert b"<Account>000000000000</Account>" in answer.body
    assert b"InvalidAction" in caller.send("sts", "POST", "/", body=b"Action=GetSessionToken").body


def test_calls_of_every_service_are_counted(caller: Caller) -> None:
    caller.send("s3", "GET", f"/{BUCKET}/none")
    caller.call("SearchDevices", filters=[])
    request = Request("GET", "/sandbox/calls", {}, {}, b"")
    body = control.handle(caller.state, request).body
    assert b'"GetObject": {"total": 1' in body
    assert b'"SearchDevices": {"total": 1' in body
