"""The S3 calls that Braket's clients make: buckets, and objects put, got, looked at and listed."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa

from deployments.sandbox import markup
from deployments.sandbox.moments import iso
from deployments.sandbox.state import State
from deployments.sandbox.tables import buckets, objects
from deployments.sandbox.wire import Answer, Caller, Refusal, Request

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_MOST_KEYS = 1_000
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_Handler = Callable[[State, Caller, Request], Answer]


def operation(request: Request) -> str:
    """Return the name of the operation that the request is for, empty for one that is not here."""
    bucket, key = _place(request)
    if "x-amz-copy-source" in request.headers:
        return ""
    level = "object" if key else "bucket" if bucket else "service"
    return _NAMES.get((level, request.method), "")


def handle(state: State, request: Request, caller: Caller) -> Answer:
    """Do what the request asks for.

    Raises:
        Refusal: there is no such bucket, object or operation.
    """
    name = operation(request)
    if not name:
        message = "This sandbox has no such S3 operation."
        raise Refusal(501, "NotImplemented", message)
    return _HANDLERS[name](state, caller, request)


def put(connection: sa.Connection, bucket: str, key: str, body: bytes, *, now: float) -> str:
    """Keep an object, in place of one that has its key, and return its tag."""
    etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    connection.execute(objects.delete().where(objects.c.bucket == bucket, objects.c.key == key))
    row = {"bucket": bucket, "key": key, "body": body, "etag": etag, "modified_at": now}
    connection.execute(objects.insert(), [row])
    return etag


def _create_bucket(state: State, caller: Caller, request: Request) -> Answer:
    name, _ = _place(request)
    if not _BUCKET.fullmatch(name):
        message = "The specified bucket is not valid."
        raise Refusal(400, "InvalidBucketName", message)
    with state.store.writing() as connection:
        known = connection.execute(buckets.select().where(buckets.c.name == name)).first()
        if known is not None:
            message = "Your previous request to create the named bucket succeeded."
            raise Refusal(409, "BucketAlreadyOwnedByYou", message)
        row = {"name": name, "region": caller.region, "created_at": state.clock()}
        connection.execute(buckets.insert(), [row])
    return Answer(200, b"", {"location": f"/{name}"})


def _list_buckets(state: State, _: Caller, __: Request) -> Answer:
    with state.store.reading() as connection:
        found = connection.execute(buckets.select().order_by(buckets.c.name)).all()
    listed: list[markup.Node] = [
        ("Bucket", [("Name", row.name), ("CreationDate", iso(row.created_at))]) for row in found
    ]
    return markup.answer(200, "ListAllMyBucketsResult", [("Buckets", listed)], namespace=_NAMESPACE)


def _head_bucket(state: State, _: Caller, request: Request) -> Answer:
    with state.store.reading() as connection:
        region = _check_bucket(connection, _place(request)[0])
    return Answer(200, b"", {"x-amz-bucket-region": region})


def _put_object(state: State, _: Caller, request: Request) -> Answer:
    bucket, key = _place(request)
    with state.store.writing() as connection:
        _check_bucket(connection, bucket)
        etag = put(connection, bucket, key, _payload(request), now=state.clock())
    return Answer(200, b"", {"etag": f'"{etag}"'})


def _delete_object(state: State, _: Caller, request: Request) -> Answer:
    bucket, key = _place(request)
    with state.store.writing() as connection:
        _check_bucket(connection, bucket)
        connection.execute(objects.delete().where(objects.c.bucket == bucket, objects.c.key == key))
    return Answer(204)


def _get_object(state: State, _: Caller, request: Request) -> Answer:
    bucket, key = _place(request)
    query = objects.select().where(objects.c.bucket == bucket, objects.c.key == key)
    with state.store.reading() as connection:
        _check_bucket(connection, bucket)
        found = connection.execute(query).mappings().one_or_none()
    if found is None:
        message = "The specified key does not exist."
        raise Refusal(404, "NoSuchKey", message)
    return _object({**found}, request)


def _object(found: Mapping[str, Any], request: Request) -> Answer:
    body = found["body"]
    modified = datetime.fromtimestamp(int(found["modified_at"]), UTC)
    headers = {
        "etag": f'"{found["etag"]}"',
        "last-modified": format_datetime(modified, usegmt=True),
        "content-type": "binary/octet-stream",
        "accept-ranges": "bytes",
    }
    wanted = _RANGE.fullmatch(request.headers.get("range", ""))
    if wanted is None:
        return Answer(200, body, headers)
    start = int(wanted[1])
    end = min(int(wanted[2] or len(body)), len(body) - 1)
    if start > end:
        message = "The requested range is not satisfiable."
        raise Refusal(416, "InvalidRange", message)
    headers["content-range"] = f"bytes {start}-{end}/{len(body)}"
    return Answer(206, body[start : end + 1], headers)


def _list_objects(state: State, _: Caller, request: Request) -> Answer:
    bucket = _place(request)[0]
    first = {name: values[0] for name, values in request.query.items()}
    prefix, most = first.get("prefix", ""), min(int(first.get("max-keys", _MOST_KEYS)), _MOST_KEYS)
    after = first.get("continuation-token") or first.get("start-after", "")
    query = (
        sa.select(
            objects.c.key, objects.c.etag, objects.c.modified_at, sa.func.length(objects.c.body)
        )
        .where(objects.c.bucket == bucket, objects.c.key > after)
        .where(sa.func.substr(objects.c.key, 1, len(prefix)) == prefix)
        .order_by(objects.c.key)
        .limit(most + 1)
    )
    with state.store.reading() as connection:
        _check_bucket(connection, bucket)
        found = connection.execute(query).all()
    shown, more = found[:most], len(found) > most
    nodes: list[markup.Node] = [
        ("Name", bucket),
        ("Prefix", prefix),
        ("KeyCount", str(len(shown))),
        ("MaxKeys", str(most)),
        ("IsTruncated", "true" if more else "false"),
        *([("NextContinuationToken", shown[-1][0])] if more else []),
        *(_listed_object(*row) for row in shown),
    ]
    return markup.answer(200, "ListBucketResult", nodes, namespace=_NAMESPACE)


def _listed_object(key: str, etag: str, modified_at: float, size: int) -> markup.Node:
    return (
        "Contents",
        [
            ("Key", key),
            ("LastModified", iso(modified_at)),
            ("ETag", f'"{etag}"'),
            ("Size", str(size)),
            ("StorageClass", "STANDARD"),
        ],
    )


def _check_bucket(connection: sa.Connection, name: str) -> str:
    region = connection.execute(
        sa.select(buckets.c.region).where(buckets.c.name == name)
    ).scalar_one_or_none()
    if region is None:
        message = "The specified bucket does not exist"
        raise Refusal(404, "NoSuchBucket", message)
    return str(region)


def _place(request: Request) -> tuple[str, str]:
    """Return the bucket and key of a path-style address."""
    bucket, _, key = request.path.lstrip("/").partition("/")
    return unquote(bucket), unquote(key)


def _payload(request: Request) -> bytes:
    """Return the object, without the framing of a body that was signed piece by piece."""
    if not request.headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
        return request.body
    found, rest = bytearray(), request.body
    while rest:
        head, _, rest = rest.partition(b"\r\n")
        size = int(head.partition(b";")[0] or b"0", 16)
        if size == 0:
            break
        found += rest[:size]
        rest = rest[size + 2 :]
    return bytes(found)


_NAMES = {
    ("service", "GET"): "ListBuckets",
    ("bucket", "PUT"): "CreateBucket",
    ("bucket", "HEAD"): "HeadBucket",
    ("bucket", "GET"): "ListObjectsV2",
    ("object", "PUT"): "PutObject",
    ("object", "GET"): "GetObject",
    ("object", "HEAD"): "HeadObject",
    ("object", "DELETE"): "DeleteObject",
}
_HANDLERS: dict[str, _Handler] = {
    "ListBuckets": _list_buckets,
    "CreateBucket": _create_bucket,
    "HeadBucket": _head_bucket,
    "ListObjectsV2": _list_objects,
    "PutObject": _put_object,
    "GetObject": _get_object,
    "HeadObject": _get_object,
    "DeleteObject": _delete_object,
}
