"""As much of S3's HTTP protocol as pyarrow's client speaks, for the lake's tests."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlparse
from xml.sax.saxutils import escape


class LoopbackS3(ThreadingHTTPServer):
    """A server that keeps objects in memory; `objects` maps `bucket/key` to bytes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LoopbackS3

    def log_message(self, *_: object) -> None:
        """Say nothing: tests read standard error."""

    def do_HEAD(self) -> None:
        self._object(self.server.objects.get(self._key()))

    def do_GET(self) -> None:
        if "list-type" in self._query():
            self._list()
        else:
            self._object(self.server.objects.get(self._key()))

    def do_POST(self) -> None:
        self._body()
        if "uploadId" in self._query():
            parts = self.server.parts.pop(self._key())
            self.server.objects[self._key()] = b"".join(parts[at] for at in sorted(parts))
            self._answer(200, b"<CompleteMultipartUploadResult/>")
        else:
            self.server.parts[self._key()] = {}
            body = "<InitiateMultipartUploadResult><UploadId>1</UploadId>"
            self._answer(200, f"{body}</InitiateMultipartUploadResult>".encode())

    def do_PUT(self) -> None:
        data = self._body()
        if "partNumber" in self._query():
            self.server.parts[self._key()][int(self._query()["partNumber"])] = data
        else:
            self.server.objects[self._key()] = data
        self._answer(200, b"", {"ETag": '"1"'})

    def _key(self) -> str:
        return unquote(urlparse(self.path).path).strip("/")

    def _query(self) -> dict[str, str]:
        found = parse_qs(urlparse(self.path).query, keep_blank_values=True)
        return {name: values[0] for name, values in found.items()}

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return _unchunk(self._transferred())
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        signed = "aws-chunked" in self.headers.get("Content-Encoding", "")
        return _unchunk(data) if signed else data

    def _transferred(self) -> bytes:
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _list(self) -> None:
        start = f"{self._key()}/{self._query().get('prefix', '')}"
        rows = "".join(
            f"<Contents><Key>{escape(name.partition('/')[2])}</Key><Size>{len(data)}</Size>"
            "<LastModified>2026-05-05T00:00:00Z</LastModified></Contents>"
            for name, data in sorted(self.server.objects.items())
            if name.startswith(start)
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        self._answer(200, body.encode())

    def _object(self, data: bytes | None) -> None:
        if data is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        dated = {"Last-Modified": "Tue, 05 May 2026 00:00:00 GMT"}
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes="):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            piece = data[int(first) : int(last) + 1]
            ranged = f"bytes {first}-{int(first) + len(piece) - 1}/{len(data)}"
            self._answer(206, piece, dated | {"Content-Range": ranged})
        else:
            self._answer(200, data, dated)

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _unchunk(data: bytes) -> bytes:
    """Take aws-chunked framing off: size in hex, maybe a signature, the bytes; zero ends it."""
    whole = b""
    while True:
        line, _, data = data.partition(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        if not size:
            return whole
        whole, data = whole + data[:size], data[size + 2 :]
