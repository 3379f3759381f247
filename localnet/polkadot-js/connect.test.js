// SPDX-License-Identifier: Apache-2.0

// A node that is not there fails a test soon and by name. Needs no network.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { connect } from './chain.js';

/** A listener on a free port of this machine, and the URL that leads to it. */
async function listener() {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return { server, url: `ws://127.0.0.1:${server.address().port}` };
}

test('a port where nobody listens fails at once', { timeout: 10_000 }, async () => {
	const { server, url } = await listener();
	server.close();
	await once(server, 'close');
	await assert.rejects(connect(url), { message: new RegExp(`^no node could be reached at ${url}: .+`) });
});

test('a listener that never answers fails in the time that is set', { timeout: 10_000 }, async () => {
	const { server, url } = await listener();
	const accepted = once(server, 'connection');
	await assert.rejects(connect(url, 500), { message: `no node could be reached at ${url}: no answer within 0.5 s` });
	const [socket] = await accepted;
	socket.destroy();
	server.close();
});

test('a missing address says which setting is missing', async () => {
	await assert.rejects(connect(undefined), { message: /^SEALANE_WS is not set/ });
});
