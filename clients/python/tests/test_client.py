# SPDX-License-Identifier: Apache-2.0
"""The client against a server that is not always well: PYTHONPATH=clients/python python3 -m unittest discover clients/python/tests"""

import http.server
import json
import threading
import unittest

from sealane import Client, Problem, Unreachable

REPORT = {"received": 1, "accepted": 1, "repeated": 0, "refused": 0, "log_end": "9-0"}


def problem(code, status, **more):
    return status, {"type": f"urn:sealane:problem:{code}", "title": code, "status": status, "code": code, **more}


class Server(http.server.ThreadingHTTPServer):
    """Answers with what stands in `script`, one after another; a number breaks the connection after so many bytes."""

    daemon_threads = True

    def __init__(self, script):
        self.script, self.seen = list(script), []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, self.headers.get("Idempotency-Key"), body))
        if self.path == "/v1/status":
            return self.send(200, {})
        step = self.server.script.pop(0)
        if step == "break":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            self.close_connection = True
            return None
        if isinstance(step, bytes):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(step)
            self.close_connection = True
            return None
        return self.send(*step)

    def send(self, status, value):
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        return None

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_):
        pass


def event(cursor, kind):
    text = json.dumps({"cursor": cursor, "kind": kind, "at_ms": 1})
    return f"id: {cursor}\nevent: {kind}\ndata: {text}\n\n".encode()


class ClientTest(unittest.TestCase):
    def client(self, *script, **options):
        self.server = Server(script)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        client = Client(self.server.url, "t" * 24, **options)
        self.addCleanup(client.close)
        return client

    def test_the_same_bytes_and_key_are_sent_until_there_is_an_answer(self):
        client = self.client("break", problem("busy", 503, retry_after_ms=10), (502, b"<html>"), (200, REPORT))
        self.assertEqual(client.submit_orders([{"id": "ü"}]), REPORT)
        self.assertEqual(len(self.server.seen), 4)
        self.assertEqual(len(set(self.server.seen)), 1)
        _, path, key, body = self.server.seen[0]
        self.assertEqual((path, body), ("/v1/orders", '{"id":"ü"}'.encode()))
        self.assertEqual(len(key), 64)

    def test_a_key_of_ones_own_names_the_request(self):
        client = self.client((200, REPORT))
        client.submit_confirmations([{"order": "A"}, {"order": "B"}], "inbox-0-0")
        self.assertEqual(self.server.seen[0][2:], ("inbox-0-0", b'{"order":"A"}\n{"order":"B"}'))

    def test_refused_entries_are_no_exception_and_other_refusals_are_one(self):
        report = {**REPORT, "refused": 1, "accepted": 0}
        client = self.client(problem("all_refused", 422, report=report), problem("idempotency_conflict", 409))
        self.assertEqual(client.submit_orders([{}]), report)
        with self.assertRaises(Problem) as caught:
            client.submit_orders([{}])
        self.assertEqual(caught.exception.code, "idempotency_conflict")

    def test_patience_ends(self):
        client = self.client(problem("not_ready", 503), patience=0)
        with self.assertRaises(Problem):
            client.channels()
        self.server.shutdown()
        self.server.server_close()
        client.close()
        with self.assertRaises(Unreachable):
            client.channels()

    def test_what_the_node_does_not_know_is_none_and_ids_are_one_part_of_a_path(self):
        client = self.client(problem("order_unknown", 404), (200, {"id": "a/b"}))
        self.assertIsNone(client.order("a/b ü"))
        self.assertEqual(client.order("x", seller=3), {"id": "a/b"})
        paths = [path for _, path, *_ in self.server.seen]
        self.assertEqual(paths, ["/v1/orders/a%2Fb%20%C3%BC", "/v1/orders/x?seller=3"])

    def test_events_go_on_behind_the_last_one_when_the_stream_breaks(self):
        first = event("1-0", "delivered") + b"id: 2-0\n: still here\n\n" + event("3-0", "confirmed")[:-9]
        client = self.client(first, event("3-0", "confirmed") + event("4-0", "anchor_cut"))
        found = client.events("0-0")
        self.assertEqual([next(found) for _ in range(3)], [
            (cursor, {"cursor": cursor, "kind": kind, "at_ms": 1})
            for cursor, kind in (("1-0", "delivered"), ("3-0", "confirmed"), ("4-0", "anchor_cut"))])
        asked = [path for _, path, *_ in self.server.seen if path != "/v1/status"]
        # The heartbeat moved the cursor; an event that was cut off counts as not sent.
        self.assertEqual(asked, ["/v1/events?cursor=0-0", "/v1/events?cursor=2-0"])

    def test_what_cannot_be_sent_is_named(self):
        client = self.client()
        with self.assertRaises(ValueError):
            client.submit_orders([])
        for url, token in (("ftp://x", "t"), ("http://x/y", "t"), ("http://x", "a b"), ("http://x", "")):
            with self.assertRaises(ValueError):
                Client(url, token)


if __name__ == "__main__":
    unittest.main()
