// SPDX-License-Identifier: Apache-2.0

// The client against a server that is not always well: npm test.

import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import { Client, Refused, Unreachable, type Order, type SubmitReport } from "../src/client.js";

const REPORT: SubmitReport = { received: 1, accepted: 1, repeated: 0, refused: 0, log_end: "9-0" };

type Step = "break" | { status: number; body: string; stream?: boolean };

interface Seen {
	path: string;
	key: unknown;
	body: string;
}

let server: Server | undefined;

afterEach(() => {
	server?.closeAllConnections();
	server?.close();
});

// Answers with the steps, one after another.
async function start(...script: Step[]): Promise<{ url: string; seen: Seen[] }> {
	const seen: Seen[] = [];
	const answer = (request: IncomingMessage, response: ServerResponse, body: string) => {
		seen.push({ path: request.url ?? "", key: request.headers["idempotency-key"], body });
		const step = request.url === "/v1/status" ? json(200, {}) : script.shift();
		if (step === undefined || step === "break") {
			response.writeHead(200, { "Content-Length": 100 });
			response.write("{", () => response.destroy());
			return;
		}
		response.writeHead(step.status, { "Content-Type": step.stream ? "text/event-stream" : "application/json" });
		response.end(step.body);
	};
	const made = createServer((request, response) => {
		let body = "";
		request.setEncoding("utf8").on("data", (part: string) => (body += part));
		request.on("end", () => answer(request, response, body));
	});
	server = made;
	await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
	return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}`, seen };
}

function json(status: number, value: unknown): Step {
	return { status, body: JSON.stringify(value) };
}

function problem(code: string, status: number, more: object = {}): Step {
	return json(status, { type: `urn:sealane:problem:${code}`, title: code, status, code, ...more });
}

function event(cursor: string, kind: string): string {
	return `id: ${cursor}\nevent: ${kind}\ndata: ${JSON.stringify({ cursor, kind, at_ms: 1 })}\n\n`;
}

const ORDER: Order = { id: "ü", kind: "purchase", product: "P", customer: "C", placed_at: "2026-11-24T09:30:00+08:00" };

test("the same bytes and key are sent until there is an answer", async () => {
	const html: Step = { status: 502, body: "<html>" };
	const { url, seen } = await start("break", problem("busy", 503, { retry_after_ms: 10 }), html, json(200, REPORT));
	assert.deepEqual(await new Client(url, "t").submitOrders([ORDER]), REPORT);
	assert.equal(seen.length, 4);
	for (const one of seen) {
		assert.deepEqual(one, seen[0]);
	}
	assert.equal(seen[0]?.body, JSON.stringify(ORDER));
	assert.match(String(seen[0]?.key), /^[0-9a-f]{64}$/);
});

test("refused entries are no exception and other refusals are one", async () => {
	const report = { ...REPORT, refused: 1, accepted: 0 };
	const { url } = await start(problem("all_refused", 422, { report }), problem("idempotency_conflict", 409));
	const client = new Client(url, "t");
	assert.deepEqual(await client.submitOrders([ORDER], "own"), report);
	await assert.rejects(client.submitOrders([ORDER]), (error) => error instanceof Refused && error.status === 409);
});

test("patience ends", async () => {
	const { url } = await start(problem("not_ready", 503));
	const client = new Client(url, "t", { patience: 0 });
	await assert.rejects(client.channels(), Refused);
	server?.closeAllConnections();
	await new Promise((resolve) => server?.close(resolve));
	await assert.rejects(client.channels(), Unreachable);
});

test("what the node does not know is undefined and ids are one part of a path", async () => {
	const { url, seen } = await start(problem("order_unknown", 404), json(200, { id: "x" }));
	const client = new Client(url, "t");
	assert.equal(await client.order("a/b ü"), undefined);
	assert.equal((await client.order("x", 3))?.id, "x");
	assert.deepEqual(
		seen.map((one) => one.path),
		["/v1/orders/a%2Fb%20%C3%BC", "/v1/orders/x?seller=3"],
	);
});

test("events go on behind the last one when the stream breaks", async () => {
	const stream = (body: string): Step => ({ status: 200, body, stream: true });
	const first = event("1-0", "delivered") + "id: 2-0\n: still here\n\n" + event("3-0", "confirmed").slice(0, -9);
	const { url, seen } = await start(stream(first), stream(event("3-0", "confirmed") + event("4-0", "anchor_cut")));
	const found: string[] = [];
	for await (const { cursor, event } of new Client(url, "t").events("0-0")) {
		found.push(`${cursor} ${event.kind}`);
		if (found.length === 3) {
			break;
		}
	}
	assert.deepEqual(found, ["1-0 delivered", "3-0 confirmed", "4-0 anchor_cut"]);
	// The heartbeat moved the cursor; an event that was cut off counts as not sent.
	const asked = seen.map((one) => one.path).filter((path) => path !== "/v1/status");
	assert.deepEqual(asked, ["/v1/events?cursor=0-0", "/v1/events?cursor=2-0"]);
});

test("what cannot be sent is named", async () => {
	await assert.rejects(new Client("http://127.0.0.1:1", "t").submitOrders([]), RangeError);
	for (const [url, token] of [["ftp://x", "t"], ["http://x/y", "t"], ["http://x", "a b"], ["http://x", ""]] as const) {
		assert.throws(() => new Client(url, token), RangeError);
	}
});
