-- SPDX-License-Identifier: Apache-2.0
-- All tables of both terminals. A migration that was released is never edited; a change is a new file.

-- Numbers given out.
CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL);

-- Which run of a terminal may write: each new run has a higher epoch, and one of before writes no more.
CREATE TABLE leases (role TEXT PRIMARY KEY, epoch BIGINT NOT NULL);

-- What came from the node and cannot be read, until somebody decides.
CREATE TABLE quarantine (
	number BIGINT PRIMARY KEY,
	origin TEXT NOT NULL,
	place TEXT NOT NULL,
	channel BIGINT NOT NULL,
	id TEXT NOT NULL,
	reason TEXT NOT NULL,
	body TEXT NOT NULL,
	state TEXT NOT NULL,
	note TEXT NOT NULL,
	put_at BIGINT NOT NULL,
	decided_at BIGINT NOT NULL,
	UNIQUE (origin, place)
);

-- Positions in the node's event stream and inbox.
CREATE TABLE cursors (name TEXT PRIMARY KEY, position TEXT NOT NULL);

-- Seller: one row per order file, with how far it was read and what was found.
CREATE TABLE imports (
	source TEXT PRIMARY KEY,
	path TEXT NOT NULL,
	line BIGINT NOT NULL,
	orders_read BIGINT NOT NULL,
	malformed BIGINT NOT NULL,
	duplicates BIGINT NOT NULL,
	unqualified BIGINT NOT NULL,
	qualified BIGINT NOT NULL,
	started_at BIGINT NOT NULL,
	finished_at BIGINT NOT NULL
);

-- Seller: lines that are no orders, and repeats of an earlier order's id.
CREATE TABLE defects (
	source TEXT NOT NULL,
	line BIGINT NOT NULL,
	state TEXT NOT NULL,
	field TEXT NOT NULL,
	value TEXT NOT NULL,
	rule TEXT NOT NULL,
	line_text TEXT NOT NULL,
	read_at BIGINT NOT NULL,
	PRIMARY KEY (source, line)
);

-- Seller: requests to the node. A request that got no answer is repeated byte for byte.
CREATE TABLE submissions (
	number BIGINT PRIMARY KEY,
	kind TEXT NOT NULL,
	idempotency_key TEXT NOT NULL,
	entries BIGINT NOT NULL,
	packets BIGINT NOT NULL,
	state TEXT NOT NULL
);

CREATE INDEX submissions_pending ON submissions (number) WHERE state = 'pending';

-- Seller: the business record of each order.
CREATE TABLE records (
	id TEXT PRIMARY KEY,
	source TEXT NOT NULL,
	line BIGINT NOT NULL,
	state TEXT NOT NULL,
	kind TEXT NOT NULL,
	product TEXT NOT NULL,
	customer TEXT NOT NULL,
	amount TEXT NOT NULL,
	units TEXT NOT NULL,
	currency TEXT NOT NULL,
	placed_at TEXT NOT NULL,
	clause_version BIGINT NOT NULL,
	order_text TEXT NOT NULL,
	-- As it was read, until the node has it: what is tried again is checked anew.
	source_text TEXT NOT NULL,
	failed TEXT NOT NULL,
	submission BIGINT NOT NULL,
	-- When it is tried again by itself; 0: not at all.
	retry_at BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	held BIGINT NOT NULL,
	-- The order that took it back, once the issuer agreed.
	cancels TEXT NOT NULL,
	cancelled_by TEXT NOT NULL,
	outcome TEXT NOT NULL,
	reason_code TEXT NOT NULL,
	reason_text TEXT NOT NULL,
	deal TEXT NOT NULL,
	confirmed_units TEXT NOT NULL,
	nav TEXT NOT NULL,
	confirmed_amount TEXT NOT NULL,
	fee TEXT NOT NULL,
	trade_date TEXT NOT NULL,
	confirmation_text TEXT NOT NULL,
	technical BIGINT NOT NULL,
	channel BIGINT NOT NULL,
	entry TEXT NOT NULL,
	place BIGINT NOT NULL,
	read_at BIGINT NOT NULL,
	accepted_at BIGINT NOT NULL,
	confirmed_at BIGINT NOT NULL
);

CREATE INDEX records_submission ON records (submission);

CREATE INDEX records_place ON records (channel, place);

CREATE INDEX records_retry ON records (retry_at) WHERE retry_at > 0;

CREATE INDEX records_read ON records (read_at, line);

CREATE INDEX records_state ON records (state, read_at);

CREATE INDEX records_source ON records (source);

CREATE INDEX records_customer ON records (customer);

CREATE INDEX records_product ON records (product, read_at);

-- Seller: up to which place in each channel's confirmations an anchor made the trade records final.
CREATE TABLE finalised (
	channel BIGINT NOT NULL,
	up_to BIGINT NOT NULL,
	anchor BIGINT NOT NULL,
	block BIGINT NOT NULL,
	finalised_at BIGINT NOT NULL,
	PRIMARY KEY (channel, up_to)
);

-- Seller: registrations of customers with issuers.
CREATE TABLE registrations (
	id TEXT PRIMARY KEY,
	customer TEXT NOT NULL,
	issuer BIGINT NOT NULL,
	seller BIGINT NOT NULL,
	state TEXT NOT NULL,
	reason_code TEXT NOT NULL,
	reason_text TEXT NOT NULL,
	commitment TEXT NOT NULL,
	salt TEXT NOT NULL,
	account TEXT NOT NULL,
	registration_text TEXT NOT NULL,
	submission BIGINT NOT NULL,
	-- When it is applied for again by itself; 0: not at all.
	retry_at BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	applied_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL
);

CREATE INDEX registrations_customer ON registrations (customer, issuer);

CREATE INDEX registrations_submission ON registrations (submission);

-- Issuer: answers to the node, stored before they are sent.
CREATE TABLE answers (
	number BIGINT PRIMARY KEY,
	kind TEXT NOT NULL,
	idempotency_key TEXT NOT NULL,
	entries BIGINT NOT NULL,
	state TEXT NOT NULL,
	refused BIGINT NOT NULL
);

CREATE INDEX answers_pending ON answers (number) WHERE state = 'pending';

-- Issuer: every order with its confirmation.
CREATE TABLE book_orders (
	seller BIGINT NOT NULL,
	id TEXT NOT NULL,
	channel BIGINT NOT NULL,
	kind TEXT NOT NULL,
	product TEXT NOT NULL,
	customer TEXT NOT NULL,
	order_text TEXT NOT NULL,
	outcome TEXT NOT NULL,
	reason_code TEXT NOT NULL,
	deal TEXT NOT NULL,
	units TEXT NOT NULL,
	amount TEXT NOT NULL,
	trade_date TEXT NOT NULL,
	cancelled_by TEXT NOT NULL,
	confirmation_text TEXT NOT NULL,
	answer BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	decided_at BIGINT NOT NULL,
	PRIMARY KEY (seller, id)
);

CREATE INDEX book_orders_answer ON book_orders (answer);

-- Issuer: orders that cannot be decided yet, and for what they wait.
CREATE TABLE book_waiting (
	seller BIGINT NOT NULL,
	id TEXT NOT NULL,
	channel BIGINT NOT NULL,
	product TEXT NOT NULL,
	customer TEXT NOT NULL,
	trade_date TEXT NOT NULL,
	order_text TEXT NOT NULL,
	waits_for TEXT NOT NULL,
	place BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	PRIMARY KEY (seller, id)
);

CREATE INDEX book_waiting_place ON book_waiting (place);

-- Issuer: answers that its own node refused: the seller does not have them.
CREATE TABLE refused_answers (
	answer BIGINT NOT NULL,
	line BIGINT NOT NULL,
	id TEXT NOT NULL,
	code TEXT NOT NULL,
	reason TEXT NOT NULL,
	refused_at BIGINT NOT NULL,
	PRIMARY KEY (answer, line)
);

-- Issuer: registrations with their results.
CREATE TABLE book_registrations (
	seller BIGINT NOT NULL,
	id TEXT NOT NULL,
	channel BIGINT NOT NULL,
	customer TEXT NOT NULL,
	registration_text TEXT NOT NULL,
	outcome TEXT NOT NULL,
	reason_code TEXT NOT NULL,
	result_text TEXT NOT NULL,
	answer BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	decided_at BIGINT NOT NULL,
	PRIMARY KEY (seller, id)
);

CREATE INDEX book_registrations_answer ON book_registrations (answer);

-- Issuer: its registered customers.
CREATE TABLE book_customers (
	seller BIGINT NOT NULL,
	customer TEXT NOT NULL,
	account TEXT NOT NULL,
	salt TEXT NOT NULL,
	commitment TEXT NOT NULL,
	registered_at BIGINT NOT NULL,
	PRIMARY KEY (seller, customer)
);

-- Issuer: who holds how many units of what.
CREATE TABLE book_holdings (
	seller BIGINT NOT NULL,
	customer TEXT NOT NULL,
	product TEXT NOT NULL,
	units TEXT NOT NULL,
	PRIMARY KEY (seller, customer, product)
);

-- Issuer: what each product took on each day.
CREATE TABLE book_daily (
	product TEXT NOT NULL,
	trade_date TEXT NOT NULL,
	amount TEXT NOT NULL,
	PRIMARY KEY (product, trade_date)
);

-- Issuer: opening files that were loaded.
CREATE TABLE book_openings (source TEXT PRIMARY KEY, loaded_at BIGINT NOT NULL);
