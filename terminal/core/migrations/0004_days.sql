-- SPDX-License-Identifier: Apache-2.0
-- The issuer's daily desk.

-- Issuer: how far the day of a product has come.
CREATE TABLE days (
	product TEXT NOT NULL,
	day TEXT NOT NULL,
	state TEXT NOT NULL,
	-- Raised by whatever happens to it.
	revision BIGINT NOT NULL,
	-- From when on nothing more is received for it.
	closes_at BIGINT NOT NULL,
	waits_for TEXT NOT NULL,
	-- All units of the product before it, and the share of redemptions that is executed; empty: not asked for, all of them.
	outstanding TEXT NOT NULL,
	share TEXT NOT NULL,
	-- 1: every order is executed, and its answer stored.
	executed BIGINT NOT NULL,
	PRIMARY KEY (product, day)
);

CREATE INDEX days_state ON days (state, day);

-- Issuer: the price of a product on a day, by whom it was entered and by whom released.
CREATE TABLE day_navs (
	product TEXT NOT NULL,
	day TEXT NOT NULL,
	nav TEXT NOT NULL,
	source TEXT NOT NULL,
	entered_by TEXT NOT NULL,
	entered_at BIGINT NOT NULL,
	released_by TEXT NOT NULL,
	released_at BIGINT NOT NULL,
	PRIMARY KEY (product, day)
);

CREATE INDEX day_navs_day ON day_navs (day);

-- Issuer: the orders of a day. An order that goes on after its day has a part for each.
CREATE TABLE day_orders (
	seller BIGINT NOT NULL,
	id TEXT NOT NULL,
	part BIGINT NOT NULL,
	product TEXT NOT NULL,
	day TEXT NOT NULL,
	-- The day that it was meant for, where it came too late for that.
	late_for TEXT NOT NULL,
	-- In which order they came; the parts of one order have the same.
	place BIGINT NOT NULL,
	channel BIGINT NOT NULL,
	kind TEXT NOT NULL,
	customer TEXT NOT NULL,
	asked_units TEXT NOT NULL,
	asked_amount TEXT NOT NULL,
	order_text TEXT NOT NULL,
	received_at BIGINT NOT NULL,
	state TEXT NOT NULL,
	held BIGINT NOT NULL,
	-- What the rules say, what is decided, and who decided otherwise than the rules.
	proposal TEXT NOT NULL,
	decision TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	outcome TEXT NOT NULL,
	reason_code TEXT NOT NULL,
	units TEXT NOT NULL,
	amount TEXT NOT NULL,
	fee TEXT NOT NULL,
	-- Units that go to the next day.
	carry TEXT NOT NULL,
	answer BIGINT NOT NULL,
	PRIMARY KEY (seller, id, part)
);

CREATE UNIQUE INDEX day_orders_place ON day_orders (product, day, place);

CREATE INDEX day_orders_id ON day_orders (id);

CREATE INDEX day_orders_customer ON day_orders (customer);

-- Issuer: who did what to a day.
CREATE TABLE day_acts (
	number BIGINT PRIMARY KEY,
	product TEXT NOT NULL,
	day TEXT NOT NULL,
	act TEXT NOT NULL,
	who TEXT NOT NULL,
	seller BIGINT NOT NULL,
	id TEXT NOT NULL,
	note TEXT NOT NULL,
	done_at BIGINT NOT NULL
);

CREATE INDEX day_acts_day ON day_acts (product, day, number);

CREATE INDEX book_holdings_product ON book_holdings (product);
