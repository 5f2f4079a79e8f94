"""Hostile requests: bodies, ids, queries, cursors, headers. None of them is anything that a service should take."""

import base64
import json
from typing import Any, Final

from shared.http import encode_cursor

BODIES: Final[dict[str, bytes]] = {
    "broken off": b'{"text": ',
    "no JSON": b"text=late&complainant=ana",
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep in a field": b'{"text": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "not UTF-8": b'{"text": "\xff\xfe"}',
    "UTF-16": '{"text": "late"}'.encode("utf-16"),
    "half a pair": b'{"zzz": "\\ud800"}',
    "NaN": b'{"zzz": NaN}',
    "infinity": b'{"zzz": -Infinity}',
    "a number too large": b'{"zzz": 1' + b"0" * 5_000 + b"}",
    "an exponent too large": b'{"zzz": 1e999999999}',
    "a field twice": b'{"zzz": 1, "zzz": 2}',
    "a dollar": b'{"$where": {"$gt": ""}}',
    "dots": b'{"state.status": ["closed"]}',
    "an unknown field": b'{"zzz": 1}',
    "NUL in a name": b'{"a\\u0000b": 1}',
    "an empty name": b'{"": []}',
    "a list": b"[]",
    "a text": b'"text"',
    "a number": b"1",
    "true": b"true",
    "a prototype": b'{"__proto__": {"admin": true}, "constructor": 1}',
    "too large": b'{"text": "' + b"x" * 10_000_000 + b'"}',
}

IDS: Final = (
    "%00", "a%00b", "%ED%A0%80", "%FF", "%2F", "a%2F..%2Fb", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..", "$ne",
    "%7B%22$gt%22:%22%22%7D", "a.b", "%0d%0aSet-Cookie:%20a=b", "%F0%9F%92%A9", "x" * 10_000, "-1", "9" * 400, "%25",
    "[object%20Object]", "%20", "'%20OR%201=1", "00000000-0000-7000-8000-000000000000",
    "ffffffff-ffff-7fff-bfff-ffffffffffff",
)  # fmt: skip

QUERIES: Final = (
    "limit=-1", "limit=1e3", "limit=9999999999999999999999", "limit=NaN", "limit=1&limit=0", "cursor=", "cursor=%00",
    "cursor=%ED%A0%80", "wait=1e400", "wait=nan", "wait=-1", "status=%00", "status[$ne]=closed", "status=$ne",
    "customer=%00", "customer[$gt]=", "q=%00", "q=(a%2B)%2B$", "q=%F0%9F%92%A9", "q=" + "a" * 5_000, "sort=state.text",
    "product=" + "x" * 10_000, "received_from=0001-01-01T00:00:00Z", "received_from=9999-12-31T23:59:59-23:59",
    "received_from=2026-01-01", "changed_since=1e9", "due_before=0", "from=9999-12-31", "to=0001-01-01",
    "from=0000-00-00", "as_of=9999-12-31T23:59:59.999999%2B00:00", "time_zone=../../etc/passwd", "time_zone=%00",
    "time_zone=Europe", "time_zone=%2Fetc%2Flocaltime", "group_by=$team", "format=xml", "complaint=%00", "zzz=1",
    "external_reference=%00", "=", "&" * 1_000, "%", "%00=%00", "import_format=xlsx",
)  # fmt: skip


def _forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CURSORS: Final = (
    "x", "!", "=" * 50, "e30", _forged({}), _forged([]), _forged(None), _forged([{"$gt": ""}]), _forged([1, 2, 3]),
    _forged(["a"] * 1_000), _forged([{"t": "0001-01-01T00:00:00Z"}, "a"]), _forged([{"t": "x"}, "a"]),
    _forged([{"t": "2026-01-01T00:00:00Z"}, "\ud800"]), _forged(["\ud800"]), _forged(["priority", 2**70, "a"]),
    _forged(["priority", -(2**63) - 1, "a"]), _forged(["priority", 1, "\udfff"]), _forged([[[]] * 100]),
    _forged(["received_at", {"t": "2026-01-01T00:00:00Z"}, {"$ne": 1}]), _forged(["t", 2**70, 1]), _forged(["\0"]),
    base64.urlsafe_b64encode(b"[" * 3_000).decode(), base64.urlsafe_b64encode(b"\xff" * 30).decode(),
    encode_cursor(True, None), _forged([1.5e308 * 10]),
)  # fmt: skip

CRLF: Final = b"a\r\nSet-Cookie: stolen=1\r\n\r\n<script>"
HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    *((name, value) for name in (b"X-Request-Id", b"traceparent", b"Idempotency-Key")
      for value in (CRLF, b"\0", b"\xff\xfe", b"x" * 20_000, b"", b"\x1b[2J", b'{"$gt": ""}')),
    *((b"If-Match", value) for value in (
        b"rubbish", b'"-1"', b'"1.5"', b'"' + b"9" * 30 + b'"', b'W/"' + b"9" * 19 + b'"', b"\xff", b'"1", "2"', CRLF,
        b"\xc2\xb2", b'"' + b"9" * 5_000 + b'"', b'"\0"', b"*, 1")),
    (b"If-None-Match", b"x" * 5_000),
    (b"Content-Type", b"application/xml"), (b"Content-Type", b"\xff"),
    (b"Content-Type", b"application/json; charset=utf-16"),
    (b"Content-Length", b"-1"), (b"Content-Length", b"9" * 5_000), (b"Content-Length", b"\xb2"),
    (b"Authorization", b"Bearer"), (b"Authorization", b"Bearer \xff"), (b"Authorization", b"Basic eDp5"),
    (b"Authorization", b"Bearer " + b"x" * 20_000), (b"Authorization", b"\0"), (b"Authorization", b"Bearer a b"),
    (b"Host", b"evil.example"), (b"X-Forwarded-For", CRLF), (b"Accept", b"\0"), (b"Accept-Encoding", b"x" * 5_000),
)  # fmt: skip
