// SPDX-License-Identifier: Apache-2.0

// Types of the node's HTTP API. Made by clients/make_types.py from docs/integrating/node.openapi.json: not to be changed by hand.

// One version of what two members agreed on.
export interface Agreement {
	// The clauses; all must hold.
	clauses: Clause[];
	// The clauses as the chain has them (SCALE), in hexadecimal digits: what an engine evaluates.
	encoded: string;
	// First block in which it holds.
	from_block: number;
	// The number that orders are stamped with, `clause_version`.
	id: number;
	// What it covers.
	scope: Scope;
	// Counts the versions of this channel and scope, from 1.
	version: number;
}

// An agreement without its clauses.
export interface AgreementRef {
	// The number that orders are stamped with, `clause_version`.
	id: number;
	// What it covers.
	scope: Scope;
	// Counts the versions of this channel and scope, from 1.
	version: number;
}

// The block by whose state a packet was allowed: the newest one of the receiver's node when it came, of the
// sender's when it was made.
export interface AllowedBy {
	// Hash of the final block with that number, where the chain abandoned this one: what the packet was checked
	// against was not in force.
	abandoned_for?: string | null;
	// Its number.
	block: number;
	// Its hash: 64 hexadecimal digits.
	block_hash: string;
}

// The anchor that a batch is in.
export interface Anchor {
	// The block in which it is, once it is in one.
	block?: number | null;
	// Whether that block is final.
	finalised: boolean;
	// Its root: 64 hexadecimal digits.
	root: string;
	// This node's number of the anchor.
	sequence: number;
}

// The issuer's answer as the node keeps it.
export interface Answer {
	// The confirmation or result, byte for byte as it came.
	body: Record<string, unknown>;
	// The packet and entry that carry the answer.
	entry: EntryRef;
	// The outcome inside `body`.
	outcome: Outcome;
	// Made by the issuer's node itself, without the issuer's business system.
	technical: boolean;
}

// The batch that an order's leaf is in.
export interface Batch {
	// Number of leaves.
	count: number;
	// Whether the two sides computed different roots.
	disputed: boolean;
	// Index of the order's leaf, from 0.
	index: number;
	// Root over the leaves: 64 hexadecimal digits.
	root: string;
	// Whether both sides signed the root.
	signed_by_both: boolean;
}

// What an order asks for.
export type BusinessKind =
	| "subscription"
	| "purchase"
	| "redemption"
	| "switch"
	| "non_trade_transfer"
	| "custody_transfer"
	| "dividend_method"
	| "cancellation"
	| "registration";

// A version of a calendar.
export interface CalendarVersion {
	// The days: see `docs/integrating/calendars.md`.
	calendar: Record<string, unknown>;
	// The first block in which it holds.
	from_block: number;
	// The product whose calendar it is; without it, it is that of all products of the issuer that have none of their
	// own.
	product?: string | null;
	// Counts the versions of the issuer's calendar, or of the product's, from 1.
	version: number;
}

// `GET /v1/calendars`: what holds for an issuer, or for one of its products, and what was announced to follow.
export interface Calendars {
	in_force?: null | CalendarVersion;
	// Number of the issuer.
	issuer: number;
	next?: null | CalendarVersion;
}

// The answer of `DELETE /v1/orders/{id}`.
export interface CancellationReport {
	// The id of the order that asks for the cancellation; its confirmation tells whether the issuer agreed.
	cancellation: string;
}

// The right of one seller and one issuer to exchange payloads, as the newest block has it.
export interface Channel {
	// The agreements in force, one per scope.
	agreements: AgreementRef[];
	// Whether payloads may travel now.
	authorised: boolean;
	// Its number on the chain.
	id: number;
	// The issuer's interfaces.
	interfaces: Interface[];
	// Number of the issuer.
	issuer: number;
	// The kinds of business that the grant covers.
	kinds: BusinessKind[];
	// Most orders in a minute.
	orders_per_minute?: number | null;
	// The other party.
	partner: MemberRef;
	// The issuer's products.
	products: Product[];
	// Why not, as a stable word: `not_granted`, `suspended`, `revoked`, `expired`, …
	refusal?: string | null;
	// Number of the seller.
	seller: number;
	// Which of the two this node belongs to.
	side: Side;
	// First block in which the grant no longer holds.
	valid_until_block?: number | null;
}

// The answer of `GET /v1/channels`.
export interface Channels {
	// All channels of this node's member, by number.
	channels: Channel[];
}

// One clause: it holds when one of its alternatives does.
export interface Clause {
	// The alternatives, each one condition.
	any_of: unknown[];
	// Its code, named in reports of orders that fail it.
	code: string;
}

// The answer of `GET /v1/clauses`.
export interface Clauses {
	// One answer per channel that has the product or the type; empty where none has.
	clauses: ClausesInForce[];
}

// The clauses that hold over one channel for what was asked.
export interface ClausesInForce {
	agreement?: null | Agreement;
	// The block for which this is the answer.
	at_block: number;
	// The channel whose parties agreed.
	channel: number;
	// Number of the issuer.
	issuer: number;
	// Number of the seller.
	seller: number;
}

// The issuer's answer to one order.
export interface Confirmation {
	// Money, as a decimal text.
	amount?: string | null;
	// The channel over which the order came; needed only where two sellers may use the same order id.
	channel?: number | null;
	// The issuer's reference of the deal.
	deal?: string | null;
	// Any JSON of the two partners, carried untouched.
	details?: Record<string, unknown> | null;
	// Fee, as a decimal text.
	fee?: string | null;
	// Net asset value of one unit, as a decimal text.
	nav?: string | null;
	// The id of the order that is answered.
	order: string;
	// What was decided.
	outcome: Outcome;
	reason?: null | Reason;
	// The seller's number, instead of `channel`.
	seller?: number | null;
	// The day of the trade, `YYYY-MM-DD`.
	trade_date?: string | null;
	// Units, as a decimal text.
	units?: string | null;
}

// Public courier keys.
export interface CourierKey {
	// X25519 key that bodies are sealed to: 64 hexadecimal digits.
	sealing: string;
	// Ed25519 key that signs packets, receipts and batches: 64 hexadecimal digits.
	signing: string;
}

// A place in the node's log: the first entry that has not been read yet. Opaque: keep it, hand it back, compare it
// only for equality.
export type Cursor = string;

// Which way a lane runs, seen from this node.
export type Direction =
	| "outgoing"
	| "incoming";

// One entry of one packet: how an answer names what it answers.
export interface EntryRef {
	// Number of the channel.
	channel: number;
	// Number of the sending node.
	from: number;
	// The entry's place in the packet, from 0.
	ordinal: number;
	// The packet's number in its lane, from 0.
	sequence: number;
	// Number of the receiving node.
	to: number;
}

// Something that happened on the node, read from its log.
export interface Event {
	// Number of this node's anchor.
	anchor?: number | null;
	// Unix time at which the node stored it.
	at_ms: number;
	// The block.
	block?: number | null;
	// The block's hash: 64 hexadecimal digits.
	block_hash?: string | null;
	// Whether the partner refused, and not this node.
	by_partner?: boolean | null;
	confirmation?: null | Confirmation;
	// How many batches an anchor holds, or how many refusals there were.
	count?: number | null;
	// Where to go on after this event.
	cursor: Cursor;
	// What happened.
	kind: EventKind;
	lane?: null | LaneRef;
	// The last packet of several.
	last_sequence?: number | null;
	// The entry in that packet.
	ordinal?: number | null;
	// Why, as a stable word.
	reason?: string | null;
	result?: null | RegistrationResult;
	// The anchor's root: 64 hexadecimal digits.
	root?: string | null;
	// The packet's number in that lane.
	sequence?: number | null;
	// Made by the issuer's node itself, without the issuer's business system.
	technical?: boolean | null;
}

// What happened.
export type EventKind =
	| "confirmed"
	| "registered"
	| "delivered"
	| "lane_closed"
	| "lane_reopened"
	| "refused"
	| "block_abandoned"
	| "batch_disputed"
	| "batch_unsigned"
	| "batch_completed"
	| "anchor_cut"
	| "anchor_finalised"
	| "unknown";

// A page of events.
export interface EventPage {
	// Whether the page reached the end of the log.
	at_end: boolean;
	// The events, oldest first.
	events: Event[];
	// Where the next page begins. Ask with it again even after an empty page.
	next: Cursor;
}

// The proof of one trade record, as `sealane evidence verify` reads it. The pack is kept as the bytes that the
// node made: whoever stores it must not write it anew.
export interface EvidencePack {
}

// The answer of `GET /healthz` and `GET /readyz`.
export interface Health {
	// `ok`, or why not.
	status: string;
}

// An identity document.
export interface IdentityDocument {
	// Its kind, as the two partners agreed, e.g. `resident_id` or `passport`.
	kind: string;
	// Its number.
	number: string;
	// Last day of its validity, `YYYY-MM-DD`.
	valid_until?: string | null;
}

// An order or registration that came to an issuer's node and wants an answer.
export interface InboxEntry {
	// Whether it was answered already.
	answered?: boolean;
	// The order or registration, byte for byte as the seller sent it.
	body: Record<string, unknown>;
	// The channel over which it came.
	channel: number;
	// The agreement that it is stamped with; 0 where none was agreed.
	clause_version: number;
	// Where to go on after this entry.
	cursor: Cursor;
	// The packet and entry that carry it.
	entry: EntryRef;
	// The interface it came in by.
	interface: string;
	// What it holds.
	kind: InboxKind;
	// Unix time at which this node stored it.
	received_at_ms: number;
	// The seller's number on the chain.
	seller: number;
}

// What an inbox entry holds.
export type InboxKind =
	| "order"
	| "registration";

// A page of the inbox.
export interface InboxPage {
	// Whether the page reached the end of the log.
	at_end: boolean;
	// The entries, oldest first.
	entries: InboxEntry[];
	// Where the next page begins. Ask with it again even after an empty page.
	next: Cursor;
}

// An issuer's entry point.
export interface Interface {
	// Its identifier.
	id: string;
	// Number of the node that serves it.
	node: number;
}

// A lane of this node, and how it is doing.
export interface Lane {
	// Number of the channel.
	channel: number;
	// Packets on the receiver's disk.
	delivered: number;
	// Which way it runs.
	direction: Direction;
	// Number of the sending node.
	from: number;
	// Packets sent and not answered.
	in_flight: number;
	// Unix time of the last receipt given or got.
	last_receipt_at_ms?: number | null;
	// Packets made or received so far; the next has this number.
	packets: number;
	// Number of the receiving node.
	to: number;
	waiting?: null | Wait;
	// Unix time since which the oldest undelivered packet waits.
	waiting_since_ms?: number | null;
}

// One direction of one channel: packets from the node `from` to the node `to`.
export interface LaneRef {
	// Number of the channel.
	channel: number;
	// Number of the sending node.
	from: number;
	// Number of the receiving node.
	to: number;
}

// The answer of `GET /v1/lanes`.
export interface Lanes {
	// All lanes of this node, by channel.
	lanes: Lane[];
}

// An institution, by number and name.
export interface MemberRef {
	// Its number on the chain.
	id: number;
	// Its name.
	name: string;
}

// An order of one customer for one product. At most one of `amount` and `units` stands in it.
export interface Order {
	// Money, as a decimal text.
	amount?: string | null;
	// The id of the order that a cancellation takes back.
	cancels?: string | null;
	// The number of the agreement that the order was checked against; 0 where none was agreed.
	clause_version?: number | null;
	// ISO 4217 code of `amount`.
	currency?: string | null;
	// The seller's reference of the customer. Not a name, not a document number.
	customer: string;
	// Any JSON of the two partners, carried untouched.
	details?: Record<string, unknown> | null;
	// What the clauses asked of the customer, so that the issuer's node can check the same clauses again.
	facts?: Record<string, unknown> | null;
	// The seller's reference, unique per seller for ever. 1 to 128 bytes.
	id: string;
	// The issuer's interface; that of the product where absent.
	interface?: string | null;
	// What is asked for.
	kind: BusinessKind;
	// When the customer placed it, RFC 3339 with offset.
	placed_at: string;
	// The product, as the issuer registered it on chain.
	product: string;
	// Units of the product, as a decimal text.
	units?: string | null;
	// Until when the issuer's node takes it, RFC 3339 with offset; one that comes later is rejected with
	// `technical.expired`.
	valid_until?: string | null;
}

// How far an order has come. From `hashed` on, `outcome` still tells what the issuer decided.
export type OrderStage =
	| "accepted"
	| "delivered"
	| "confirmed"
	| "partial"
	| "rejected"
	| "hashed"
	| "anchored"
	| "finalised"
	| "unknown";

// An order and all that this node knows of it: the answer of `GET /v1/orders/{id}`, and of
// `GET /v1/registrations/{id}` for a registration.
export interface OrderStatus {
	anchor?: null | Anchor;
	answer?: null | Answer;
	batch?: null | Batch;
	// The order or registration, byte for byte as it was accepted.
	body: Record<string, unknown>;
	// The agreement that it is stamped with; 0 where none was agreed.
	clause_version: number;
	// The packet and entry that carry it.
	entry: EntryRef;
	// The seller's reference.
	id: string;
	// The issuer's interface that takes it.
	interface: string;
	// Its kind.
	kind: BusinessKind;
	outcome?: null | Outcome;
	// Number of the seller.
	seller: number;
	// How far it has come.
	stage: OrderStage;
	// What happened to it, oldest first.
	steps: Step[];
}

// What the issuer decided.
export type Outcome =
	| "accepted"
	| "rejected"
	| "partial";

// A customer as the issuer must know them. Personal data: never in a log line, never on chain.
export interface Person {
	// `YYYY-MM-DD`.
	birth_date?: string | null;
	document?: null | IdentityDocument;
	// Kind of investor, as the two partners agreed, e.g. `ordinary` or `professional`.
	investor_type?: string | null;
	// The name in Latin letters.
	latin_name?: string | null;
	// The name as in the document.
	name: string;
	// Where the customer lives, as the two partners agreed.
	region?: string | null;
	// The day of the risk assessment, `YYYY-MM-DD`.
	risk_assessed_on?: string | null;
	// Risk class, `C1` to `C5`.
	risk_class?: string | null;
}

// A problem document (RFC 9457), `application/problem+json`.
export interface Problem {
	// What went wrong, for programs.
	code: ProblemCode;
	// A sentence that names field, value and rule.
	detail?: string;
	// The field or parameter to blame.
	field?: string | null;
	report?: null | SubmitReport;
	// Milliseconds after which to try again, as `Retry-After` says in seconds.
	retry_after_ms?: number | null;
	// The HTTP status.
	status: number;
	// What it means, in a few words that do not depend on the case.
	title: string;
	// `urn:sealane:problem:` and the code.
	type: string;
}

// What went wrong, for programs. Codes never change their meaning; new ones may come.
export type ProblemCode =
	| "invalid_json"
	| "invalid_utf8"
	| "too_deep"
	| "invalid_parameter"
	| "invalid_cursor"
	| "idempotency_key_invalid"
	| "empty_request"
	| "unauthenticated"
	| "forbidden"
	| "not_found"
	| "order_unknown"
	| "registration_unknown"
	| "method_not_allowed"
	| "request_timeout"
	| "idempotency_conflict"
	| "already_confirmed"
	| "order_ambiguous"
	| "not_cancellable"
	| "wrong_state"
	| "name_taken"
	| "second_person"
	| "evidence_not_ready"
	| "body_too_large"
	| "entry_too_large"
	| "too_many_entries"
	| "unsupported_media_type"
	| "invalid_field"
	| "all_refused"
	| "too_many_requests"
	| "store_failed"
	| "internal"
	| "busy"
	| "not_a_member"
	| "not_ready"
	| "store_full"
	| "unknown";

// A product of an issuer.
export interface Product {
	// Number of the agreement that holds for it; 0 where none was agreed.
	agreement?: number;
	// ISO 4217 code.
	currency: string;
	// Its identifier.
	id: string;
	// The interface that takes its orders.
	interface: string;
	// Its type.
	product_type: string;
	// Its risk, 1 (R1) to 5 (R5).
	risk: number;
	// `offering`, `open`, `suspended` or `closed`.
	status: string;
}

// Why something was rejected: a code for programs, a text for people.
export interface Reason {
	// Stable within the institution that gave it.
	code: string;
	// A sentence; `null` counts as absent.
	text?: string;
}

// Refusals of packets of one lane, for one reason, within a few minutes. Each was signed by who refused.
export interface RefusalCount {
	// Unix time of the last of them.
	at_ms: number;
	// The block by whose state the last was refused.
	block: number;
	// That block's hash: 64 hexadecimal digits.
	block_hash: string;
	// Whether the partner refused, and not this node.
	by_partner: boolean;
	// How many there were.
	count: number;
	// Why, as a stable word.
	reason: string;
}

// One entry that was refused; the others of its request went on.
export interface RefusedEntry {
	// Stable code of the rule that it broke.
	code: string;
	// The field at fault; absent where it is the whole entry.
	field?: string;
	// The entry's id, where it could be read.
	id?: string | null;
	// Line of the request (NDJSON) or place in its array, from 1.
	line: number;
	// The rule that the value breaks.
	rule: string;
	// The value at fault, cut to 64 characters.
	value?: string;
}

// A customer's application to be registered with an issuer, which `interface` or `product` names.
export interface Registration {
	// The seller's reference of the customer, the `customer` of later orders.
	customer: string;
	// Any JSON of the two partners, carried untouched.
	details?: Record<string, unknown> | null;
	// The seller's reference of the application, unique per seller for ever. 1 to 128 bytes.
	id: string;
	// An interface of the issuer.
	interface?: string | null;
	// Who that is. Travels sealed to the issuer alone.
	person: Person;
	// A product of the issuer.
	product?: string | null;
}

// What becomes of a registration that its issuer ends.
export type RegistrationEnd =
	| "closing"
	| "closed"
	| "rejected"
	| "unknown";

// The issuer's answer to one registration.
export interface RegistrationResult {
	// The issuer's reference of the customer's account.
	account?: string | null;
	// The channel over which it came; needed only where two sellers may use the same id.
	channel?: number | null;
	// The salted commitment that goes on chain: 64 hexadecimal digits.
	commitment?: string | null;
	// Any JSON of the two partners, carried untouched.
	details?: Record<string, unknown> | null;
	// The id of the registration that is answered; `order` in JSON, as in every answer.
	order: string;
	// What was decided; never `partial`.
	outcome: Outcome;
	reason?: null | Reason;
	// The salt of the commitment: 64 hexadecimal digits. Known to the two partners only.
	salt?: string | null;
	// The seller's number, instead of `channel`.
	seller?: number | null;
}

// Whether registrations are open: the answer.
export interface RegistrationsAnswer {
	// Number of the block in whose state the node looked.
	at_block: number;
	// For each commitment, in the order of the question: whether it stands for a registration that is open.
	open: boolean[];
}

// Registrations that their issuer ends.
export interface RegistrationsEnd {
	// The commitments, 64 hexadecimal digits each; 1,000 at most.
	commitments: string[];
}

// What becomes of registrations that their issuer ends.
export interface RegistrationsEndReport {
	// For each commitment, in the order of the request.
	states: RegistrationEnd[];
}

// Whether registrations are open: a question.
export interface RegistrationsQuestion {
	// The commitments, 64 hexadecimal digits each; 1,000 at most.
	commitments: string[];
	// Number of the issuer.
	issuer: number;
}

// The answer of `POST /v1/lanes/{channel}/{from}/{to}/retry`.
export interface RetryReport {
	// Whether something waited and goes now; a closed lane stays closed.
	retried: boolean;
}

// What an agreement covers. One for a product precedes one for its type, that precedes one for all.
export type Scope = string | Record<string, unknown>;

// Which party of a channel this node belongs to.
export type Side =
	| "seller"
	| "issuer";

// How the node is: the answer of `GET /v1/status`.
export interface Status {
	// What an operator must look at, as sentences.
	alarms?: string[];
	// Anchors that are not final.
	anchors_open: number;
	// Batches that wait for an anchor.
	batches_unanchored: number;
	// Newest block that the courier knows.
	block: number;
	// Genesis hash of the chain: 64 hexadecimal digits.
	genesis: string;
	// Orders and registrations known by id.
	indexed: number;
	// Public courier keys of this node.
	keys: CourierKey[];
	// Whether one of them is valid on chain at the newest block.
	keys_valid: boolean;
	// Size of the log on disk, in bytes.
	log_bytes: number;
	// Where the log ends now.
	log_end: Cursor;
	member?: null | MemberRef;
	// Number of this node on the chain; absent while it is not registered.
	node?: number | null;
	// PeerId of this node, base58.
	peer: string;
	// Whether it can take orders now.
	ready: boolean;
	// Whether new orders are refused because the disk is full.
	store_full: boolean;
	// Version of the node's program.
	version: string;
}

// One step of an order's life.
export interface Step {
	// Unix time at which this node learned it.
	at_ms: number;
	// The block, where the step is one on chain.
	block?: number | null;
	// What was reached.
	stage: OrderStage;
}

// The answer to every POST that carries many entries. Entries that are neither refused nor repeated are on
// the node's disk when it comes.
export interface SubmitReport {
	// Entries that are on disk now and were not before.
	accepted: number;
	// Where the log ends behind the accepted entries.
	log_end: Cursor;
	// Packets that the accepted entries were put in; they may hold entries of other requests too.
	packets?: number;
	// Entries in the request, empty lines not counted.
	received: number;
	// Entries that were refused; each stands in `refused_entries`.
	refused: number;
	// The refused entries, in the order of the request.
	refused_entries?: RefusedEntry[];
	// Entries that repeat an earlier one byte for byte; they take effect once.
	repeated: number;
}

// Where an order is, and why it waits: the answer of `GET /v1/orders/{id}/trace`.
export interface Trace {
	allowed_by?: null | AllowedBy;
	// The order, its steps included.
	order: OrderStatus;
	// Refusals of packets of its lane since it was placed, oldest first; the last few.
	refusals?: RefusalCount[];
	waiting?: null | Wait;
}

// Why something waits, since when, and until when.
export interface Wait {
	// The block at which this node learned it.
	block?: number | null;
	// More of it, where there is more.
	detail?: string;
	// Packets that go first.
	packets_ahead?: number | null;
	// Why, for programs.
	reason: WaitReason;
	// Unix time of the next attempt.
	retry_at_ms?: number | null;
	// Unix time since which it waits.
	since_ms?: number | null;
}

// Why a lane or an order waits.
export type WaitReason =
	| "in_flight"
	| "partner_unreachable"
	| "partner_busy"
	| "channel_closed"
	| "partner_refused"
	| "rate_limited"
	| "no_partner_key"
	| "queued"
	| "issuer_decision"
	| "countersignature"
	| "next_anchor"
	| "finality"
	| "unknown";
