// SPDX-License-Identifier: Apache-2.0

// A client for the HTTP API of a Sealane node: Node.js 20 or a browser, and nothing else.
//
// What a request carries is sent again with the same bytes and the same key until there is an answer: the node takes each entry
// once, however often it comes.

import type * as types from "./types.js";

export type * from "./types.js";

// Answers after which the same request may succeed later.
const PASSES: readonly string[] = ["busy", "store_full", "not_ready", "store_failed", "not_a_member"];
// Longest event of a stream, in characters: an entry has 64 KiB, and is nested in an event.
const MAX_EVENT = 1024 * 1024;
// Most entries and bytes of one request.
const MAX_ENTRIES = 100_000;
const MAX_BODY = 16 * 1024 * 1024;

export interface Options {
	// Milliseconds for one answer.
	timeout?: number;
	// Milliseconds for which a request is tried again where the node is away or busy; 0 gives up at once.
	patience?: number;
	// In place of the built-in: to present a certificate of the client, say, or to trust another authority.
	fetch?: typeof fetch;
}

// The node refused: `problem` is its problem document, `code` says what for.
export class Refused extends Error {
	readonly problem: types.Problem;
	readonly code: types.ProblemCode;
	readonly status: number;

	constructor(problem: types.Problem) {
		super(`${problem.code}: ${problem.detail ?? problem.title}`);
		this.name = "Refused";
		this.problem = problem;
		this.code = problem.code;
		this.status = problem.status;
	}
}

// The node did not answer within the time that was given for all tries.
export class Unreachable extends Error {
	constructor(url: string, cause: unknown) {
		super(`${url}: ${String(cause)}`, { cause });
		this.name = "Unreachable";
	}
}

type Query = Record<string, string | number | undefined>;

// A client of one node.
export class Client {
	readonly #url: string;
	readonly #token: string;
	readonly #timeout: number;
	readonly #patience: number;
	readonly #fetch: typeof fetch;

	// `url`: e.g. `https://node.harbour.example:9955`; `token`: from the node's `gateway-tokens.json`.
	constructor(url: string, token: string, options: Options = {}) {
		const parsed = new URL(url);
		if (!["http:", "https:"].includes(parsed.protocol) || parsed.pathname !== "/") {
			throw new RangeError(`url: ${url} must be http://host:port or https://host:port`);
		}
		if (!/^[\x21-\x7e]+$/.test(token)) {
			throw new RangeError("token: it must be visible ASCII characters");
		}
		this.#url = parsed.origin;
		this.#token = token;
		this.#timeout = options.timeout ?? 60_000;
		this.#patience = options.patience ?? 120_000;
		this.#fetch = options.fetch ?? fetch;
	}

	// ---- what a seller does

	// Orders, onto the node's disk. `key` names the request; without it the name is the hash of its bytes. Entries that break a rule
	// stand in `refused_entries`; where all do, too.
	submitOrders(orders: Iterable<types.Order>, key?: string): Promise<types.SubmitReport> {
		return this.#submit("/v1/orders", orders, key);
	}

	// An order and how far it is; `undefined` where the node does not know it.
	order(id: string, seller?: number): Promise<types.OrderStatus | undefined> {
		return this.#found(`/v1/orders/${encodeURIComponent(id)}`, { seller });
	}

	// Where an order is, and why it waits.
	trace(id: string, seller?: number): Promise<types.Trace | undefined> {
		return this.#found(`/v1/orders/${encodeURIComponent(id)}/trace`, { seller });
	}

	// Asks the issuer to cancel an order. Its answer is the confirmation of the cancellation that is named.
	cancel(id: string): Promise<types.CancellationReport> {
		return this.#json("DELETE", `/v1/orders/${encodeURIComponent(id)}`);
	}

	// The evidence pack of an order's trade record, to be stored as it is.
	async evidence(id: string, seller?: number): Promise<Uint8Array> {
		const answer = await this.#call("GET", `/v1/orders/${encodeURIComponent(id)}/evidence`, { seller });
		return new Uint8Array(await answer.arrayBuffer());
	}

	// Customers to be known to an issuer.
	submitRegistrations(registrations: Iterable<types.Registration>, key?: string): Promise<types.SubmitReport> {
		return this.#submit("/v1/registrations", registrations, key);
	}

	// A registration and how far it is.
	registration(id: string, seller?: number): Promise<types.OrderStatus | undefined> {
		return this.#found(`/v1/registrations/${encodeURIComponent(id)}`, { seller });
	}

	// ---- what an issuer does

	// What wants an answer, from this place in the node's log; waits for something at most `waitMs`.
	inbox(cursor: types.Cursor = "0-0", limit = 1_000, waitMs = 20_000): Promise<types.InboxPage> {
		return this.#json("GET", "/v1/inbox", { cursor, limit, wait_ms: waitMs });
	}

	// Answers to orders. Each names `seller` or `channel` as the inbox gives them.
	submitConfirmations(confirmations: Iterable<types.Confirmation>, key?: string): Promise<types.SubmitReport> {
		return this.#submit("/v1/confirmations", confirmations, key);
	}

	// Answers to registrations.
	submitResults(results: Iterable<types.RegistrationResult>, key?: string): Promise<types.SubmitReport> {
		return this.#submit("/v1/registrations/results", results, key);
	}

	// ---- what both do

	// Events from this place on; waits for something at most `waitMs`. Go on with `next`.
	eventsPage(cursor: types.Cursor = "0-0", limit = 1_000, waitMs = 20_000): Promise<types.EventPage> {
		return this.#json("GET", "/v1/events", { cursor, limit, wait_ms: waitMs });
	}

	// Events as they happen, until `signal` is aborted, each with the cursor to go on with: write it down together with what you do.
	// A stream that breaks is opened again behind the last event.
	async *events(
		cursor: types.Cursor = "0-0",
		signal?: AbortSignal,
	): AsyncGenerator<{ cursor: types.Cursor; event: types.Event }> {
		while (!signal?.aborted) {
			try {
				for await (const next of this.#stream(cursor, signal)) {
					cursor = next.cursor;
					if (next.event) {
						yield { cursor, event: next.event };
					}
				}
			} catch (error) {
				if (error instanceof Refused || error instanceof RangeError) {
					throw error;
				}
			}
			if (!signal?.aborted) {
				// The stream has ended: the node stops, or the line is down. Whether it is back is found out by a call.
				await pause(200 + 800 * Math.random());
				await this.status();
			}
		}
	}

	// The node itself, with alarms for its operator.
	status(): Promise<types.Status> {
		return this.#json("GET", "/v1/status");
	}

	// Partners, interfaces, products, agreements.
	channels(): Promise<types.Channels> {
		return this.#json("GET", "/v1/channels");
	}

	// How the exchange with each partner does.
	lanes(): Promise<types.Lanes> {
		return this.#json("GET", "/v1/lanes");
	}

	// The clauses in force for a product, or a type of products.
	clauses(of: { product?: string; product_type?: string }): Promise<types.Clauses> {
		return this.#json("GET", "/v1/clauses", of);
	}

	// ---- how

	async #found<T>(path: string, query: Query): Promise<T | undefined> {
		try {
			return await this.#json<T>("GET", path, query);
		} catch (error) {
			if (error instanceof Refused && error.status === 404) {
				return undefined;
			}
			throw error;
		}
	}

	async #json<T>(method: string, path: string, query: Query = {}, body?: string, key?: string): Promise<T> {
		return (await (await this.#call(method, path, query, body, key)).json()) as T;
	}

	async #submit(path: string, entries: Iterable<object>, key?: string): Promise<types.SubmitReport> {
		const lines = Array.from(entries, (entry) => JSON.stringify(entry));
		const body = lines.join("\n");
		const bytes = new TextEncoder().encode(body);
		if (lines.length === 0 || lines.length > MAX_ENTRIES || bytes.length > MAX_BODY) {
			const rule = `1 to ${MAX_ENTRIES} entries, at most ${MAX_BODY} bytes`;
			throw new RangeError(`${lines.length} entries of ${bytes.length} bytes: ${rule}`);
		}
		const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
		const name = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
		try {
			return await this.#json("POST", path, {}, body, key ?? name);
		} catch (error) {
			if (error instanceof Refused && error.code === "all_refused" && error.problem.report) {
				return error.problem.report;
			}
			throw error;
		}
	}

	#address(path: string, query: Query): string {
		const told = Object.entries(query).filter(([, value]) => value !== undefined);
		const text = new URLSearchParams(told.map(([name, value]) => [name, String(value)])).toString();
		return this.#url + path + (text === "" ? "" : `?${text}`);
	}

	// The answer to a request, which is made again while the node is away or busy.
	async #call(method: string, path: string, query: Query = {}, body?: string, key?: string): Promise<Response> {
		const until = Date.now() + this.#patience;
		const headers: Record<string, string> = { Authorization: `Bearer ${this.#token}`, Accept: "application/json" };
		if (body !== undefined) {
			headers["Content-Type"] = "application/x-ndjson";
		}
		if (key !== undefined) {
			headers["Idempotency-Key"] = key;
		}
		for (let delay = 200; ; delay = Math.min(delay * 2, 10_000)) {
			let cause: unknown;
			let wait = 0;
			try {
				const signal = AbortSignal.timeout(this.#timeout);
				const answer = await this.#fetch(this.#address(path, query), { method, headers, body, signal });
				if (answer.ok) {
					// All of it, so that a line that breaks in the middle is a try that failed.
					return new Response(await answer.arrayBuffer(), { status: answer.status });
				}
				const refused = new Refused(problemOf(answer.status, await answer.text()));
				if (!PASSES.includes(refused.code)) {
					throw refused;
				}
				wait = refused.problem.retry_after_ms ?? 0;
				cause = refused;
			} catch (error) {
				if (error instanceof Refused) {
					throw error;
				}
				cause = error;
			}
			const left = until - Date.now();
			if (left <= 0) {
				throw cause instanceof Refused ? cause : new Unreachable(this.#url, cause);
			}
			// Not all clients of a node at the same moment.
			await pause(Math.min(left, Math.max(wait, delay * (0.5 + Math.random() / 2))));
		}
	}

	// One stream of events, until it ends.
	async *#stream(
		cursor: types.Cursor,
		signal?: AbortSignal,
	): AsyncGenerator<{ cursor: types.Cursor; event?: types.Event }> {
		const headers = { Authorization: `Bearer ${this.#token}`, Accept: "text/event-stream" };
		const silent = new AbortController();
		// A heartbeat comes every 15 seconds: a line that says nothing for much longer is down.
		let alarm = setTimeout(() => silent.abort(), this.#timeout);
		const either = signal ? AbortSignal.any([signal, silent.signal]) : silent.signal;
		try {
			const answer = await this.#fetch(this.#address("/v1/events", { cursor }), { headers, signal: either });
			if (!answer.ok || !answer.body) {
				const refused = new Refused(problemOf(answer.status, await answer.text()));
				if (PASSES.includes(refused.code)) {
					return;
				}
				throw refused;
			}
			const decoder = new TextDecoder();
			const reader = answer.body.getReader();
			let waiting = "";
			for (;;) {
				const { done, value } = await reader.read();
				if (done) {
					return;
				}
				clearTimeout(alarm);
				alarm = setTimeout(() => silent.abort(), this.#timeout);
				waiting += decoder.decode(value, { stream: true }).replaceAll("\r", "");
				const parts = waiting.split("\n\n");
				waiting = parts.pop() ?? "";
				if (waiting.length > MAX_EVENT) {
					throw new RangeError(`an event has more than ${MAX_EVENT} characters`);
				}
				for (const part of parts) {
					const fields = part.split("\n").map((line) => /^([^:]*):? ?(.*)$/s.exec(line) ?? ["", "", ""]);
					cursor = fields.findLast(([, name]) => name === "id")?.[2] ?? cursor;
					const data = fields.filter(([, name]) => name === "data").map(([, , text]) => text);
					yield data.length > 0 ? { cursor, event: JSON.parse(data.join("\n")) as types.Event } : { cursor };
				}
			}
		} finally {
			clearTimeout(alarm);
			silent.abort();
		}
	}
}

function pause(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// The problem document of an answer, or one for what is none.
function problemOf(status: number, text: string): types.Problem {
	try {
		const told = JSON.parse(text) as types.Problem;
		if (typeof told.code === "string") {
			return told;
		}
	} catch {
		// A proxy's answer, say.
	}
	// 502 to 504 pass by themselves.
	const code = (status >= 502 && status <= 504 ? "not_ready" : "unknown") as types.ProblemCode;
	return { type: "about:blank", title: `HTTP ${status}`, status, code, detail: text.slice(0, 200) };
}
