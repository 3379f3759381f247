-- SPDX-License-Identifier: Apache-2.0
-- The terminals' HTTP API: who may use it, and who did or saw what.

-- People have a password, programs a token; whoever has a certificate must show it, too.
CREATE TABLE users (
	name TEXT PRIMARY KEY,
	-- Names, with blanks between them.
	roles TEXT NOT NULL,
	-- Argon2id, as a PHC string.
	password TEXT NOT NULL,
	-- SHA-256, hexadecimal.
	token TEXT NOT NULL,
	-- SHA-256 of the client certificate, hexadecimal.
	certificate TEXT NOT NULL,
	enabled BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX users_token ON users (token) WHERE token <> '';

CREATE UNIQUE INDEX users_certificate ON users (certificate) WHERE certificate <> '';

-- Links by which people set their password, once.
CREATE TABLE invitations (
	-- SHA-256 of what stands in the link, hexadecimal.
	digest TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	expires_at BIGINT NOT NULL
);

-- Browsers that are logged in.
CREATE TABLE sessions (
	-- SHA-256 of the cookie, hexadecimal.
	digest TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL
);

CREATE INDEX sessions_name ON sessions (name);

-- One row per request that changes or shows business data, and per command that does.
CREATE TABLE audit (
	number BIGINT PRIMARY KEY,
	at BIGINT NOT NULL,
	-- The user; shell:NAME of a command; empty for the count of requests without a user.
	actor TEXT NOT NULL,
	client TEXT NOT NULL,
	method TEXT NOT NULL,
	path TEXT NOT NULL,
	status BIGINT NOT NULL,
	-- Entries taken or shown; -1 where that has no meaning.
	entries BIGINT NOT NULL
);

CREATE INDEX audit_actor ON audit (actor, number);

CREATE INDEX audit_at ON audit (at);

-- Where changes are posted to.
CREATE TABLE webhooks (
	name TEXT PRIMARY KEY,
	url TEXT NOT NULL,
	-- Signs each post; it must be kept as it is.
	secret TEXT NOT NULL,
	-- Names, with blanks between them; empty for all.
	kinds TEXT NOT NULL,
	-- Up to where the receiver has what happened.
	position TEXT NOT NULL,
	tries BIGINT NOT NULL,
	next_at BIGINT NOT NULL,
	-- What went wrong last; empty once a post was taken.
	fault TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	delivered_at BIGINT NOT NULL
);
