# SPDX-License-Identifier: Apache-2.0
"""Types of the node's HTTP API. Made by clients/make_types.py from docs/integrating/node.openapi.json: not to be changed by hand."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict



class Agreement(TypedDict):
    # One version of what two members agreed on.
    # The clauses; all must hold.
    clauses: list[Clause]
    # The clauses as the chain has them (SCALE), in hexadecimal digits: what an engine evaluates.
    encoded: str
    # First block in which it holds.
    from_block: int
    # The number that orders are stamped with, `clause_version`.
    id: int
    # What it covers.
    scope: Scope
    # Counts the versions of this channel and scope, from 1.
    version: int


class AgreementRef(TypedDict):
    # An agreement without its clauses.
    # The number that orders are stamped with, `clause_version`.
    id: int
    # What it covers.
    scope: Scope
    # Counts the versions of this channel and scope, from 1.
    version: int


class AllowedBy(TypedDict):
    # The block by whose state a packet was allowed: the newest one of the receiver's node when it came, of the
    # sender's when it was made.
    # Hash of the final block with that number, where the chain abandoned this one: what the packet was checked
    # against was not in force.
    abandoned_for: NotRequired[str | None]
    # Its number.
    block: int
    # Its hash: 64 hexadecimal digits.
    block_hash: str


class Anchor(TypedDict):
    # The anchor that a batch is in.
    # The block in which it is, once it is in one.
    block: NotRequired[int | None]
    # Whether that block is final.
    finalised: bool
    # Its root: 64 hexadecimal digits.
    root: str
    # This node's number of the anchor.
    sequence: int


class Answer(TypedDict):
    # The issuer's answer as the node keeps it.
    # The confirmation or result, byte for byte as it came.
    body: dict[str, Any]
    # The packet and entry that carry the answer.
    entry: EntryRef
    # The outcome inside `body`.
    outcome: Outcome
    # Made by the issuer's node itself, without the issuer's business system.
    technical: bool


class Batch(TypedDict):
    # The batch that an order's leaf is in.
    # Number of leaves.
    count: int
    # Whether the two sides computed different roots.
    disputed: bool
    # Index of the order's leaf, from 0.
    index: int
    # Root over the leaves: 64 hexadecimal digits.
    root: str
    # Whether both sides signed the root.
    signed_by_both: bool

# What an order asks for.
BusinessKind = Literal[
    "subscription",
    "purchase",
    "redemption",
    "switch",
    "non_trade_transfer",
    "custody_transfer",
    "dividend_method",
    "cancellation",
    "registration",
]


class CalendarVersion(TypedDict):
    # A version of a calendar.
    # The days: see `docs/integrating/calendars.md`.
    calendar: dict[str, Any]
    # The first block in which it holds.
    from_block: int
    # The product whose calendar it is; without it, it is that of all products of the issuer that have none of their
    # own.
    product: NotRequired[str | None]
    # Counts the versions of the issuer's calendar, or of the product's, from 1.
    version: int


class Calendars(TypedDict):
    # `GET /v1/calendars`: what holds for an issuer, or for one of its products, and what was announced to follow.
    in_force: NotRequired[None | CalendarVersion]
    # Number of the issuer.
    issuer: int
    next: NotRequired[None | CalendarVersion]


class CancellationReport(TypedDict):
    # The answer of `DELETE /v1/orders/{id}`.
    # The id of the order that asks for the cancellation; its confirmation tells whether the issuer agreed.
    cancellation: str


class Channel(TypedDict):
    # The right of one seller and one issuer to exchange payloads, as the newest block has it.
    # The agreements in force, one per scope.
    agreements: list[AgreementRef]
    # Whether payloads may travel now.
    authorised: bool
    # Its number on the chain.
    id: int
    # The issuer's interfaces.
    interfaces: list[Interface]
    # Number of the issuer.
    issuer: int
    # The kinds of business that the grant covers.
    kinds: list[BusinessKind]
    # Most orders in a minute.
    orders_per_minute: NotRequired[int | None]
    # The other party.
    partner: MemberRef
    # The issuer's products.
    products: list[Product]
    # Why not, as a stable word: `not_granted`, `suspended`, `revoked`, `expired`, …
    refusal: NotRequired[str | None]
    # Number of the seller.
    seller: int
    # Which of the two this node belongs to.
    side: Side
    # First block in which the grant no longer holds.
    valid_until_block: NotRequired[int | None]


class Channels(TypedDict):
    # The answer of `GET /v1/channels`.
    # All channels of this node's member, by number.
    channels: list[Channel]


class Clause(TypedDict):
    # One clause: it holds when one of its alternatives does.
    # The alternatives, each one condition.
    any_of: list[Any]
    # Its code, named in reports of orders that fail it.
    code: str


class Clauses(TypedDict):
    # The answer of `GET /v1/clauses`.
    # One answer per channel that has the product or the type; empty where none has.
    clauses: list[ClausesInForce]


class ClausesInForce(TypedDict):
    # The clauses that hold over one channel for what was asked.
    agreement: NotRequired[None | Agreement]
    # The block for which this is the answer.
    at_block: int
    # The channel whose parties agreed.
    channel: int
    # Number of the issuer.
    issuer: int
    # Number of the seller.
    seller: int


class Confirmation(TypedDict):
    # The issuer's answer to one order.
    # Money, as a decimal text.
    amount: NotRequired[str | None]
    # The channel over which the order came; needed only where two sellers may use the same order id.
    channel: NotRequired[int | None]
    # The issuer's reference of the deal.
    deal: NotRequired[str | None]
    # Any JSON of the two partners, carried untouched.
    details: NotRequired[dict[str, Any] | None]
    # Fee, as a decimal text.
    fee: NotRequired[str | None]
    # Net asset value of one unit, as a decimal text.
    nav: NotRequired[str | None]
    # The id of the order that is answered.
    order: str
    # What was decided.
    outcome: Outcome
    reason: NotRequired[None | Reason]
    # The seller's number, instead of `channel`.
    seller: NotRequired[int | None]
    # The day of the trade, `YYYY-MM-DD`.
    trade_date: NotRequired[str | None]
    # Units, as a decimal text.
    units: NotRequired[str | None]


class CourierKey(TypedDict):
    # Public courier keys.
    # X25519 key that bodies are sealed to: 64 hexadecimal digits.
    sealing: str
    # Ed25519 key that signs packets, receipts and batches: 64 hexadecimal digits.
    signing: str

# A place in the node's log: the first entry that has not been read yet. Opaque: keep it, hand it back, compare it
# only for equality.
Cursor = str

# Which way a lane runs, seen from this node.
Direction = Literal[
    "outgoing",
    "incoming",
]

# One entry of one packet: how an answer names what it answers.
EntryRef = TypedDict("EntryRef", {"channel": "int", "from": "int", "ordinal": "int", "sequence": "int", "to": "int"})


class Event(TypedDict):
    # Something that happened on the node, read from its log.
    # Number of this node's anchor.
    anchor: NotRequired[int | None]
    # Unix time at which the node stored it.
    at_ms: int
    # The block.
    block: NotRequired[int | None]
    # The block's hash: 64 hexadecimal digits.
    block_hash: NotRequired[str | None]
    # Whether the partner refused, and not this node.
    by_partner: NotRequired[bool | None]
    confirmation: NotRequired[None | Confirmation]
    # How many batches an anchor holds, or how many refusals there were.
    count: NotRequired[int | None]
    # Where to go on after this event.
    cursor: Cursor
    # What happened.
    kind: EventKind
    lane: NotRequired[None | LaneRef]
    # The last packet of several.
    last_sequence: NotRequired[int | None]
    # The entry in that packet.
    ordinal: NotRequired[int | None]
    # Why, as a stable word.
    reason: NotRequired[str | None]
    result: NotRequired[None | RegistrationResult]
    # The anchor's root: 64 hexadecimal digits.
    root: NotRequired[str | None]
    # The packet's number in that lane.
    sequence: NotRequired[int | None]
    # Made by the issuer's node itself, without the issuer's business system.
    technical: NotRequired[bool | None]

# What happened.
EventKind = Literal[
    "confirmed",
    "registered",
    "delivered",
    "lane_closed",
    "lane_reopened",
    "refused",
    "block_abandoned",
    "batch_disputed",
    "batch_unsigned",
    "batch_completed",
    "anchor_cut",
    "anchor_finalised",
    "unknown",
]


class EventPage(TypedDict):
    # A page of events.
    # Whether the page reached the end of the log.
    at_end: bool
    # The events, oldest first.
    events: list[Event]
    # Where the next page begins. Ask with it again even after an empty page.
    next: Cursor


class EvidencePack(TypedDict):
    # The proof of one trade record, as `sealane evidence verify` reads it. The pack is kept as the bytes that the
    # node made: whoever stores it must not write it anew.
    pass


class Health(TypedDict):
    # The answer of `GET /healthz` and `GET /readyz`.
    # `ok`, or why not.
    status: str


class IdentityDocument(TypedDict):
    # An identity document.
    # Its kind, as the two partners agreed, e.g. `resident_id` or `passport`.
    kind: str
    # Its number.
    number: str
    # Last day of its validity, `YYYY-MM-DD`.
    valid_until: NotRequired[str | None]


class InboxEntry(TypedDict):
    # An order or registration that came to an issuer's node and wants an answer.
    # Whether it was answered already.
    answered: NotRequired[bool]
    # The order or registration, byte for byte as the seller sent it.
    body: dict[str, Any]
    # The channel over which it came.
    channel: int
    # The agreement that it is stamped with; 0 where none was agreed.
    clause_version: int
    # Where to go on after this entry.
    cursor: Cursor
    # The packet and entry that carry it.
    entry: EntryRef
    # The interface it came in by.
    interface: str
    # What it holds.
    kind: InboxKind
    # Unix time at which this node stored it.
    received_at_ms: int
    # The seller's number on the chain.
    seller: int

# What an inbox entry holds.
InboxKind = Literal[
    "order",
    "registration",
]


class InboxPage(TypedDict):
    # A page of the inbox.
    # Whether the page reached the end of the log.
    at_end: bool
    # The entries, oldest first.
    entries: list[InboxEntry]
    # Where the next page begins. Ask with it again even after an empty page.
    next: Cursor


class Interface(TypedDict):
    # An issuer's entry point.
    # Its identifier.
    id: str
    # Number of the node that serves it.
    node: int

# A lane of this node, and how it is doing.
Lane = TypedDict("Lane", {"channel": "int", "delivered": "int", "direction": "Direction", "from": "int", "in_flight": "int", "last_receipt_at_ms": NotRequired["int | None"], "packets": "int", "to": "int", "waiting": NotRequired["None | Wait"], "waiting_since_ms": NotRequired["int | None"]})

# One direction of one channel: packets from the node `from` to the node `to`.
LaneRef = TypedDict("LaneRef", {"channel": "int", "from": "int", "to": "int"})


class Lanes(TypedDict):
    # The answer of `GET /v1/lanes`.
    # All lanes of this node, by channel.
    lanes: list[Lane]


class MemberRef(TypedDict):
    # An institution, by number and name.
    # Its number on the chain.
    id: int
    # Its name.
    name: str


class Order(TypedDict):
    # An order of one customer for one product. At most one of `amount` and `units` stands in it.
    # Money, as a decimal text.
    amount: NotRequired[str | None]
    # The id of the order that a cancellation takes back.
    cancels: NotRequired[str | None]
    # The number of the agreement that the order was checked against; 0 where none was agreed.
    clause_version: NotRequired[int | None]
    # ISO 4217 code of `amount`.
    currency: NotRequired[str | None]
    # The seller's reference of the customer. Not a name, not a document number.
    customer: str
    # Any JSON of the two partners, carried untouched.
    details: NotRequired[dict[str, Any] | None]
    # What the clauses asked of the customer, so that the issuer's node can check the same clauses again.
    facts: NotRequired[dict[str, Any] | None]
    # The seller's reference, unique per seller for ever. 1 to 128 bytes.
    id: str
    # The issuer's interface; that of the product where absent.
    interface: NotRequired[str | None]
    # What is asked for.
    kind: BusinessKind
    # When the customer placed it, RFC 3339 with offset.
    placed_at: str
    # The product, as the issuer registered it on chain.
    product: str
    # Units of the product, as a decimal text.
    units: NotRequired[str | None]
    # Until when the issuer's node takes it, RFC 3339 with offset; one that comes later is rejected with
    # `technical.expired`.
    valid_until: NotRequired[str | None]

# How far an order has come. From `hashed` on, `outcome` still tells what the issuer decided.
OrderStage = Literal[
    "accepted",
    "delivered",
    "confirmed",
    "partial",
    "rejected",
    "hashed",
    "anchored",
    "finalised",
    "unknown",
]


class OrderStatus(TypedDict):
    # An order and all that this node knows of it: the answer of `GET /v1/orders/{id}`, and of
    # `GET /v1/registrations/{id}` for a registration.
    anchor: NotRequired[None | Anchor]
    answer: NotRequired[None | Answer]
    batch: NotRequired[None | Batch]
    # The order or registration, byte for byte as it was accepted.
    body: dict[str, Any]
    # The agreement that it is stamped with; 0 where none was agreed.
    clause_version: int
    # The packet and entry that carry it.
    entry: EntryRef
    # The seller's reference.
    id: str
    # The issuer's interface that takes it.
    interface: str
    # Its kind.
    kind: BusinessKind
    outcome: NotRequired[None | Outcome]
    # Number of the seller.
    seller: int
    # How far it has come.
    stage: OrderStage
    # What happened to it, oldest first.
    steps: list[Step]

# What the issuer decided.
Outcome = Literal[
    "accepted",
    "rejected",
    "partial",
]


class Person(TypedDict):
    # A customer as the issuer must know them. Personal data: never in a log line, never on chain.
    # `YYYY-MM-DD`.
    birth_date: NotRequired[str | None]
    document: NotRequired[None | IdentityDocument]
    # Kind of investor, as the two partners agreed, e.g. `ordinary` or `professional`.
    investor_type: NotRequired[str | None]
    # The name in Latin letters.
    latin_name: NotRequired[str | None]
    # The name as in the document.
    name: str
    # Where the customer lives, as the two partners agreed.
    region: NotRequired[str | None]
    # The day of the risk assessment, `YYYY-MM-DD`.
    risk_assessed_on: NotRequired[str | None]
    # Risk class, `C1` to `C5`.
    risk_class: NotRequired[str | None]


class Problem(TypedDict):
    # A problem document (RFC 9457), `application/problem+json`.
    # What went wrong, for programs.
    code: ProblemCode
    # A sentence that names field, value and rule.
    detail: NotRequired[str]
    # The field or parameter to blame.
    field: NotRequired[str | None]
    report: NotRequired[None | SubmitReport]
    # Milliseconds after which to try again, as `Retry-After` says in seconds.
    retry_after_ms: NotRequired[int | None]
    # The HTTP status.
    status: int
    # What it means, in a few words that do not depend on the case.
    title: str
    # `urn:sealane:problem:` and the code.
    type: str

# What went wrong, for programs. Codes never change their meaning; new ones may come.
ProblemCode = Literal[
    "invalid_json",
    "invalid_utf8",
    "too_deep",
    "invalid_parameter",
    "invalid_cursor",
    "idempotency_key_invalid",
    "empty_request",
    "unauthenticated",
    "forbidden",
    "not_found",
    "order_unknown",
    "registration_unknown",
    "method_not_allowed",
    "request_timeout",
    "idempotency_conflict",
    "already_confirmed",
    "order_ambiguous",
    "not_cancellable",
    "wrong_state",
    "name_taken",
    "second_person",
    "evidence_not_ready",
    "body_too_large",
    "entry_too_large",
    "too_many_entries",
    "unsupported_media_type",
    "invalid_field",
    "all_refused",
    "too_many_requests",
    "store_failed",
    "internal",
    "busy",
    "not_a_member",
    "not_ready",
    "store_full",
    "unknown",
]


class Product(TypedDict):
    # A product of an issuer.
    # Number of the agreement that holds for it; 0 where none was agreed.
    agreement: NotRequired[int]
    # ISO 4217 code.
    currency: str
    # Its identifier.
    id: str
    # The interface that takes its orders.
    interface: str
    # Its type.
    product_type: str
    # Its risk, 1 (R1) to 5 (R5).
    risk: int
    # `offering`, `open`, `suspended` or `closed`.
    status: str


class Reason(TypedDict):
    # Why something was rejected: a code for programs, a text for people.
    # Stable within the institution that gave it.
    code: str
    # A sentence; `null` counts as absent.
    text: NotRequired[str]


class RefusalCount(TypedDict):
    # Refusals of packets of one lane, for one reason, within a few minutes. Each was signed by who refused.
    # Unix time of the last of them.
    at_ms: int
    # The block by whose state the last was refused.
    block: int
    # That block's hash: 64 hexadecimal digits.
    block_hash: str
    # Whether the partner refused, and not this node.
    by_partner: bool
    # How many there were.
    count: int
    # Why, as a stable word.
    reason: str


class RefusedEntry(TypedDict):
    # One entry that was refused; the others of its request went on.
    # Stable code of the rule that it broke.
    code: str
    # The field at fault; absent where it is the whole entry.
    field: NotRequired[str]
    # The entry's id, where it could be read.
    id: NotRequired[str | None]
    # Line of the request (NDJSON) or place in its array, from 1.
    line: int
    # The rule that the value breaks.
    rule: str
    # The value at fault, cut to 64 characters.
    value: NotRequired[str]


class Registration(TypedDict):
    # A customer's application to be registered with an issuer, which `interface` or `product` names.
    # The seller's reference of the customer, the `customer` of later orders.
    customer: str
    # Any JSON of the two partners, carried untouched.
    details: NotRequired[dict[str, Any] | None]
    # The seller's reference of the application, unique per seller for ever. 1 to 128 bytes.
    id: str
    # An interface of the issuer.
    interface: NotRequired[str | None]
    # Who that is. Travels sealed to the issuer alone.
    person: Person
    # A product of the issuer.
    product: NotRequired[str | None]

# What becomes of a registration that its issuer ends.
RegistrationEnd = Literal[
    "closing",
    "closed",
    "rejected",
    "unknown",
]


class RegistrationResult(TypedDict):
    # The issuer's answer to one registration.
    # The issuer's reference of the customer's account.
    account: NotRequired[str | None]
    # The channel over which it came; needed only where two sellers may use the same id.
    channel: NotRequired[int | None]
    # The salted commitment that goes on chain: 64 hexadecimal digits.
    commitment: NotRequired[str | None]
    # Any JSON of the two partners, carried untouched.
    details: NotRequired[dict[str, Any] | None]
    # The id of the registration that is answered; `order` in JSON, as in every answer.
    order: str
    # What was decided; never `partial`.
    outcome: Outcome
    reason: NotRequired[None | Reason]
    # The salt of the commitment: 64 hexadecimal digits. Known to the two partners only.
    salt: NotRequired[str | None]
    # The seller's number, instead of `channel`.
    seller: NotRequired[int | None]


class RegistrationsAnswer(TypedDict):
    # Whether registrations are open: the answer.
    # Number of the block in whose state the node looked.
    at_block: int
    # For each commitment, in the order of the question: whether it stands for a registration that is open.
    open: list[bool]


class RegistrationsEnd(TypedDict):
    # Registrations that their issuer ends.
    # The commitments, 64 hexadecimal digits each; 1,000 at most.
    commitments: list[str]


class RegistrationsEndReport(TypedDict):
    # What becomes of registrations that their issuer ends.
    # For each commitment, in the order of the request.
    states: list[RegistrationEnd]


class RegistrationsQuestion(TypedDict):
    # Whether registrations are open: a question.
    # The commitments, 64 hexadecimal digits each; 1,000 at most.
    commitments: list[str]
    # Number of the issuer.
    issuer: int


class RetryReport(TypedDict):
    # The answer of `POST /v1/lanes/{channel}/{from}/{to}/retry`.
    # Whether something waited and goes now; a closed lane stays closed.
    retried: bool

# What an agreement covers. One for a product precedes one for its type, that precedes one for all.
Scope = str | dict[str, Any]

# Which party of a channel this node belongs to.
Side = Literal[
    "seller",
    "issuer",
]


class Status(TypedDict):
    # How the node is: the answer of `GET /v1/status`.
    # What an operator must look at, as sentences.
    alarms: NotRequired[list[str]]
    # Anchors that are not final.
    anchors_open: int
    # Batches that wait for an anchor.
    batches_unanchored: int
    # Newest block that the courier knows.
    block: int
    # Genesis hash of the chain: 64 hexadecimal digits.
    genesis: str
    # Orders and registrations known by id.
    indexed: int
    # Public courier keys of this node.
    keys: list[CourierKey]
    # Whether one of them is valid on chain at the newest block.
    keys_valid: bool
    # Size of the log on disk, in bytes.
    log_bytes: int
    # Where the log ends now.
    log_end: Cursor
    member: NotRequired[None | MemberRef]
    # Number of this node on the chain; absent while it is not registered.
    node: NotRequired[int | None]
    # PeerId of this node, base58.
    peer: str
    # Whether it can take orders now.
    ready: bool
    # Whether new orders are refused because the disk is full.
    store_full: bool
    # Version of the node's program.
    version: str


class Step(TypedDict):
    # One step of an order's life.
    # Unix time at which this node learned it.
    at_ms: int
    # The block, where the step is one on chain.
    block: NotRequired[int | None]
    # What was reached.
    stage: OrderStage


class SubmitReport(TypedDict):
    # The answer to every POST that carries many entries. Entries that are neither refused nor repeated are on
    # the node's disk when it comes.
    # Entries that are on disk now and were not before.
    accepted: int
    # Where the log ends behind the accepted entries.
    log_end: Cursor
    # Packets that the accepted entries were put in; they may hold entries of other requests too.
    packets: NotRequired[int]
    # Entries in the request, empty lines not counted.
    received: int
    # Entries that were refused; each stands in `refused_entries`.
    refused: int
    # The refused entries, in the order of the request.
    refused_entries: NotRequired[list[RefusedEntry]]
    # Entries that repeat an earlier one byte for byte; they take effect once.
    repeated: int


class Trace(TypedDict):
    # Where an order is, and why it waits: the answer of `GET /v1/orders/{id}/trace`.
    allowed_by: NotRequired[None | AllowedBy]
    # The order, its steps included.
    order: OrderStatus
    # Refusals of packets of its lane since it was placed, oldest first; the last few.
    refusals: NotRequired[list[RefusalCount]]
    waiting: NotRequired[None | Wait]


class Wait(TypedDict):
    # Why something waits, since when, and until when.
    # The block at which this node learned it.
    block: NotRequired[int | None]
    # More of it, where there is more.
    detail: NotRequired[str]
    # Packets that go first.
    packets_ahead: NotRequired[int | None]
    # Why, for programs.
    reason: WaitReason
    # Unix time of the next attempt.
    retry_at_ms: NotRequired[int | None]
    # Unix time since which it waits.
    since_ms: NotRequired[int | None]

# Why a lane or an order waits.
WaitReason = Literal[
    "in_flight",
    "partner_unreachable",
    "partner_busy",
    "channel_closed",
    "partner_refused",
    "rate_limited",
    "no_partner_key",
    "queued",
    "issuer_decision",
    "countersignature",
    "next_anchor",
    "finality",
    "unknown",
]
