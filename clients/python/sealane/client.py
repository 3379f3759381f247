# SPDX-License-Identifier: Apache-2.0
"""A client for the HTTP API of a Sealane node. It needs Python 3.11 and nothing else.

What a request carries is sent again with the same bytes and the same key until there is an answer: the node takes each
entry once, however often it comes.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import ssl
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from . import types

# Answers after which the same request may succeed later.
PASSES = frozenset(("busy", "store_full", "not_ready", "store_failed", "not_a_member"))
# Longest line of a stream of events, in bytes: an entry has 64 KiB, and is nested in an event.
MAX_LINE = 1024 * 1024
# Longest answer in bytes.
MAX_ANSWER = 256 * 1024 * 1024
# Most entries and bytes of one request.
MAX_ENTRIES, MAX_BODY = 100_000, 16 * 1024 * 1024

T = TypeVar("T")


class Problem(Exception):
    """The node refused: `problem` is its problem document, `code` says what for."""

    def __init__(self, problem: types.Problem):
        super().__init__(f"{problem['code']}: {problem.get('detail') or problem['title']}")
        self.problem = problem
        self.code: types.ProblemCode = problem["code"]
        self.status = problem["status"]


class Unreachable(Exception):
    """The node did not answer within the time that was given for all tries."""


class Client:
    """A client of one node.

    url: e.g. `https://node.harbour.example:9955`
    token: from the node's `gateway-tokens.json`
    ca_file: certificates (PEM) that the node's is checked against, instead of the system's
    cert_file, key_file: the client's own certificate, where the node asks for one
    timeout: seconds for one answer
    patience: seconds for which a request is tried again where the node is away or busy; 0 gives up at once
    """

    def __init__(self, url: str, token: str, *, ca_file: str | None = None, cert_file: str | None = None,
                 key_file: str | None = None, timeout: float = 60, patience: float = 120):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"url: {url!r} must be http://host:port or https://host:port")
        if not token or not token.isascii() or any(c.isspace() for c in token):
            raise ValueError("token: it must be visible ASCII characters")
        self._host, self._port, self._token = parts.hostname, parts.port, token
        self._timeout, self._patience = timeout, patience
        self._tls: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cafile=ca_file)
            self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
            if cert_file:
                self._tls.load_cert_chain(cert_file, key_file)
        self._open: http.client.HTTPConnection | None = None

    @classmethod
    def of_folder(cls, folder: str | Path, **options: Any) -> Client:
        """A client for the node with this folder on the same machine: its `gateway.json` names URL and token."""
        told = json.loads((Path(folder) / "gateway.json").read_text("utf-8"))
        return cls(told["url"], told["token"], **options)

    def close(self) -> None:
        """Closes the connection; the next call opens another."""
        if self._open:
            self._open.close()
            self._open = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- what a seller does

    def submit_orders(self, orders: Iterable[types.Order], key: str | None = None) -> types.SubmitReport:
        """Orders, onto the node's disk. `key` names the request; without it the name is the hash of its bytes.

        Entries that break a rule stand in `refused_entries`; where all do, too.
        """
        return self._submit("/v1/orders", orders, key)

    def order(self, id: str, seller: int | None = None) -> types.OrderStatus | None:
        """An order and how far it is; `None` where the node does not know it."""
        return self._found("GET", self._of(f"/v1/orders/{_segment(id)}", seller=seller))

    def trace(self, id: str, seller: int | None = None) -> types.Trace | None:
        """Where an order is, and why it waits."""
        return self._found("GET", self._of(f"/v1/orders/{_segment(id)}/trace", seller=seller))

    def cancel(self, id: str) -> types.CancellationReport:
        """Asks the issuer to cancel an order. Its answer is the confirmation of the cancellation that is named."""
        return self._json("DELETE", f"/v1/orders/{_segment(id)}")

    def evidence(self, id: str, seller: int | None = None) -> bytes:
        """The evidence pack of an order's trade record, to be stored as it is."""
        return self._call("GET", self._of(f"/v1/orders/{_segment(id)}/evidence", seller=seller))

    def submit_registrations(self, registrations: Iterable[types.Registration], key: str | None = None
                             ) -> types.SubmitReport:
        """Customers to be known to an issuer."""
        return self._submit("/v1/registrations", registrations, key)

    def registration(self, id: str, seller: int | None = None) -> types.OrderStatus | None:
        """A registration and how far it is."""
        return self._found("GET", self._of(f"/v1/registrations/{_segment(id)}", seller=seller))

    # ---- what an issuer does

    def inbox(self, cursor: str = "0-0", limit: int = 1_000, wait_ms: int = 20_000) -> types.InboxPage:
        """What wants an answer, from this place in the node's log; waits for something at most `wait_ms`."""
        return self._json("GET", self._of("/v1/inbox", cursor=cursor, limit=limit, wait_ms=wait_ms))

    def submit_confirmations(self, confirmations: Iterable[types.Confirmation], key: str | None = None
                             ) -> types.SubmitReport:
        """Answers to orders. Each names `seller` or `channel` as the inbox gives them."""
        return self._submit("/v1/confirmations", confirmations, key)

    def submit_results(self, results: Iterable[types.RegistrationResult], key: str | None = None) -> types.SubmitReport:
        """Answers to registrations."""
        return self._submit("/v1/registrations/results", results, key)

    # ---- what both do

    def events_page(self, cursor: str = "0-0", limit: int = 1_000, wait_ms: int = 20_000) -> types.EventPage:
        """Events from this place on; waits for something at most `wait_ms`. Go on with `next`."""
        return self._json("GET", self._of("/v1/events", cursor=cursor, limit=limit, wait_ms=wait_ms))

    def events(self, cursor: str = "0-0", heartbeats: bool = False) -> Iterator[tuple[str, types.Event | None]]:
        """Events as they happen, for ever, each with the cursor to go on with: write it down together with what you do.

        A stream that breaks is opened again behind the last event. With `heartbeats` a cursor comes without an event
        about every 15 seconds, so that one can leave.
        """
        while True:
            try:
                for cursor, event in self._stream(cursor):
                    if event is not None or heartbeats:
                        yield cursor, event
            except (OSError, http.client.HTTPException):
                pass
            # The stream has ended: the node stops, or the line is down. Whether it is back is found out by a call.
            time.sleep(random.uniform(0.2, 1))
            self.status()

    def status(self) -> types.Status:
        """The node itself, with alarms for its operator."""
        return self._json("GET", "/v1/status")

    def channels(self) -> types.Channels:
        """Partners, interfaces, products, agreements."""
        return self._json("GET", "/v1/channels")

    def lanes(self) -> types.Lanes:
        """How the exchange with each partner does."""
        return self._json("GET", "/v1/lanes")

    def clauses(self, product: str | None = None, product_type: str | None = None) -> types.Clauses:
        """The clauses in force for a product, or a type of products."""
        return self._json("GET", self._of("/v1/clauses", product=product, product_type=product_type))

    # ---- how

    @staticmethod
    def _of(path: str, **query: Any) -> str:
        told = {name: value for name, value in query.items() if value is not None}
        return f"{path}?{urlencode(told)}" if told else path

    def _found(self, method: str, path: str) -> Any:
        try:
            return self._json(method, path)
        except Problem as problem:
            if problem.status == 404:
                return None
            raise

    def _json(self, method: str, path: str, body: bytes | None = None, key: str | None = None) -> Any:
        return json.loads(self._call(method, path, body, key))

    def _submit(self, path: str, entries: Iterable[Any], key: str | None) -> types.SubmitReport:
        lines = [json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() for entry in entries]
        body = b"\n".join(lines)
        if not lines or len(lines) > MAX_ENTRIES or len(body) > MAX_BODY:
            raise ValueError(f"{len(lines)} entries of {len(body)} bytes: 1 to {MAX_ENTRIES}, at most {MAX_BODY} bytes")
        try:
            return self._json("POST", path, body, key or hashlib.sha256(body).hexdigest())
        except Problem as problem:
            report = problem.problem.get("report")
            if problem.code == "all_refused" and report:
                return report
            raise

    def _call(self, method: str, path: str, body: bytes | None = None, key: str | None = None) -> bytes:
        """The answer to a request, which is made again while the node is away or busy."""
        until, pause = time.monotonic() + self._patience, 0.2
        while True:
            wait: float | None = None
            try:
                status, answer = self._once(method, path, body, key)
                if 200 <= status < 300:
                    return answer
                problem = Problem(_problem(status, answer))
                if problem.code not in PASSES:
                    raise problem
                said = problem.problem.get("retry_after_ms")
                wait, cause = said / 1000 if said else None, problem
            except (OSError, http.client.HTTPException) as error:
                self.close()
                cause = error
            left = until - time.monotonic()
            if left <= 0:
                if isinstance(cause, Problem):
                    raise cause
                raise Unreachable(f"{self._host}:{self._port}: {cause}") from cause
            # Not all clients of a node at the same moment.
            time.sleep(min(left, max(wait or 0, pause * random.uniform(0.5, 1))))
            pause = min(pause * 2, 10)

    def _connection(self) -> http.client.HTTPConnection:
        if self._tls:
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._tls)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)

    def _once(self, method: str, path: str, body: bytes | None, key: str | None) -> tuple[int, bytes]:
        if self._open is None:
            self._open = self._connection()
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/x-ndjson"
        if key is not None:
            headers["Idempotency-Key"] = key
        self._open.request(method, path, body, headers)
        response = self._open.getresponse()
        answer = response.read(MAX_ANSWER + 1)
        if len(answer) > MAX_ANSWER:
            self.close()
            raise ValueError(f"{path}: the answer has more than {MAX_ANSWER} bytes")
        if response.length:
            # Reading so many bytes says nothing of those that never came.
            raise http.client.IncompleteRead(answer, response.length)
        return response.status, answer

    def _stream(self, cursor: str) -> Iterator[tuple[str, types.Event | None]]:
        """One stream of events, until it ends."""
        connection = self._connection()
        try:
            headers = {"Authorization": f"Bearer {self._token}", "Accept": "text/event-stream"}
            connection.request("GET", self._of("/v1/events", cursor=cursor), headers=headers)
            response = connection.getresponse()
            if response.status != 200:
                problem = Problem(_problem(response.status, response.read(MAX_ANSWER)))
                if problem.code in PASSES:
                    return
                raise problem
            data: list[str] = []
            while line := response.readline(MAX_LINE):
                if not line.endswith(b"\n"):
                    raise http.client.HTTPException("a line of the stream is too long or was cut off")
                name, _, value = line.decode().rstrip("\r\n").partition(":")
                value = value.removeprefix(" ")
                if name == "id":
                    cursor = value
                elif name == "data":
                    data.append(value)
                elif not name and not value:
                    if data:
                        yield cursor, json.loads("\n".join(data))
                        data = []
                    else:
                        yield cursor, None
        finally:
            connection.close()


def _segment(id: str) -> str:
    """An id as one part of a path."""
    return quote(id, safe="")


def _problem(status: int, answer: bytes) -> types.Problem:
    """The problem document of an answer, or one for what is none."""
    try:
        told = json.loads(answer)
        if isinstance(told, dict) and isinstance(told.get("code"), str):
            return told  # type: ignore[return-value]
    except ValueError:
        pass
    # A proxy's answer, say. 502 to 504 pass by themselves.
    code: Any = "not_ready" if status in (502, 503, 504) else "unknown"
    shown = answer[:200].decode("utf-8", "replace")
    return {"type": "about:blank", "title": f"HTTP {status}", "status": status, "code": code, "detail": shown}
