-- SPDX-License-Identifier: Apache-2.0
-- Issuer: what the lists of its HTTP API are ordered by.

CREATE INDEX book_orders_decided ON book_orders (decided_at, seller, id);

CREATE INDEX book_orders_customer ON book_orders (customer, decided_at);

CREATE INDEX book_orders_product ON book_orders (product, trade_date, decided_at);

CREATE INDEX book_registrations_decided ON book_registrations (decided_at, seller, id);

CREATE INDEX book_registrations_customer ON book_registrations (customer);

DROP INDEX book_holdings_product;

CREATE INDEX book_holdings_product ON book_holdings (product, seller, customer);

CREATE INDEX book_holdings_customer ON book_holdings (customer, product, seller);
