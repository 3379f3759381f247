-- SPDX-License-Identifier: Apache-2.0
-- Seller: a sequence of changes to poll by, and sums that are kept with each write.

-- The issuer's number; -1 while no channel has the product.
ALTER TABLE records ADD COLUMN issuer BIGINT NOT NULL DEFAULT -1;

-- The day of the trade once it is confirmed; before, the day on which the customer placed it, in the customer's own time.
ALTER TABLE records ADD COLUMN day TEXT NOT NULL DEFAULT '';

-- The number of the transaction that wrote the row last: numbers become visible in their order.
ALTER TABLE records ADD COLUMN change BIGINT NOT NULL DEFAULT 0;

-- When what names the customer was removed, Unix ms; 0: it was not.
ALTER TABLE records ADD COLUMN purged_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE registrations ADD COLUMN change BIGINT NOT NULL DEFAULT 0;

ALTER TABLE finalised ADD COLUMN change BIGINT NOT NULL DEFAULT 0;

ALTER TABLE quarantine ADD COLUMN change BIGINT NOT NULL DEFAULT 0;

CREATE INDEX records_change ON records (change, id);

-- Lists are ordered by when an order was read, and by id.
DROP INDEX records_read;

DROP INDEX records_state;

DROP INDEX records_product;

DROP INDEX records_customer;

CREATE INDEX records_read ON records (read_at, id);

CREATE INDEX records_state ON records (state, read_at, id);

CREATE INDEX records_product ON records (product, read_at, id);

CREATE INDEX records_customer ON records (customer, read_at, id);

CREATE INDEX records_day ON records (day, read_at, id);

CREATE INDEX records_issuer ON records (issuer, read_at, id);

CREATE INDEX registrations_change ON registrations (change, id);

CREATE INDEX finalised_change ON finalised (change, channel);

CREATE INDEX quarantine_change ON quarantine (change, number);

-- How many orders stand where, and for how much: decimals in units of the currency or of the product.
CREATE TABLE sums (
	day TEXT NOT NULL,
	product TEXT NOT NULL,
	issuer BIGINT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	orders BIGINT NOT NULL,
	amount TEXT NOT NULL,
	units TEXT NOT NULL,
	confirmed_amount TEXT NOT NULL,
	confirmed_units TEXT NOT NULL,
	fee TEXT NOT NULL,
	PRIMARY KEY (day, product, issuer, kind, state)
);

-- What must not be purged.
CREATE TABLE legal_holds (
	number BIGINT PRIMARY KEY,
	-- order, customer or product.
	what TEXT NOT NULL,
	value TEXT NOT NULL,
	note TEXT NOT NULL,
	by_whom TEXT NOT NULL,
	since BIGINT NOT NULL,
	-- 0: it holds.
	lifted_at BIGINT NOT NULL
);

CREATE INDEX legal_holds_value ON legal_holds (what, value) WHERE lifted_at = 0;
