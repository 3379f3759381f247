// SPDX-License-Identifier: Apache-2.0

// What the tests share: a connection as Polkadot.js Apps makes it, extrinsics that are waited for, motions of the council.

import assert from 'node:assert/strict';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

/**
 * Everything that the library complained about since the connection was made. That the node refused an extrinsic is no
 * complaint: tests provoke it and look at the error.
 */
export const complaints = [];
for (const level of ['warn', 'error']) {
	const original = console[level].bind(console);
	console[level] = (...args) => {
		const text = args.map(String).join(' ');
		if (!text.includes('RPC-CORE: submitAndWatchExtrinsic')) complaints.push(text);
		original(...args);
	};
}

/** Connects with no type definitions of any kind. */
export async function connect(url) {
	const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true });
	await api.isReadyOrError;
	return api;
}

export const keyring = new Keyring({ type: 'sr25519' });

/** The text of a dispatch error. */
export function describe(api, error) {
	if (!error.isModule) return error.toString();
	const { section, name } = api.registry.findMetaError(error.asModule);
	return `${section}.${name}`;
}

/** Sends an extrinsic and waits for its block; throws what the chain says against it. */
export function send(api, tx, signer) {
	return new Promise((resolve, reject) => {
		tx.signAndSend(signer, ({ status, events, dispatchError }) => {
			if (status.isInvalid || status.isDropped || status.isUsurped) reject(new Error(`extrinsic is ${status.type}`));
			if (!status.isInBlock) return;
			if (dispatchError) reject(new Error(describe(api, dispatchError)));
			else resolve({ block: status.asInBlock, events: events.map(({ event }) => event) });
		}).catch(reject);
	});
}

/** The data of the first event of that name. */
export function eventData(api, events, section, method) {
	const event = events.find((e) => e.section === section && e.method === method);
	assert.ok(event, `no ${section}.${method} among ${events.map((e) => `${e.section}.${e.method}`).join(', ')}`);
	return event.data;
}

/**
 * Proposes `call` as a motion, votes with everybody, closes it, and throws if the motion failed or its call did. Proposing
 * casts no vote.
 * Returns the events of the block that executed it.
 */
export async function motion(api, call, councillors) {
	const threshold = councillors.length;
	const length = call.method.encodedLength;
	const [first] = councillors;
	const proposed = await send(api, api.tx.council.propose(threshold, call, length), first);
	if (threshold === 1) return executed(api, proposed.events);
	const [, index, hash] = eventData(api, proposed.events, 'council', 'Proposed');
	await Promise.all(councillors.map((who) => send(api, api.tx.council.vote(hash, index, true), who)));
	const weight = { refTime: 400_000_000_000n, proofSize: 10_000_000n };
	const closed = await send(api, api.tx.council.close(hash, index, weight, length), first);
	eventData(api, closed.events, 'council', 'Approved');
	return executed(api, closed.events);
}

function executed(api, events) {
	const event = events.find((e) => e.section === 'council' && ['Executed', 'MemberExecuted'].includes(e.method));
	assert.ok(event, 'the motion was not executed');
	const result = event.data[1];
	if (result.isErr) throw new Error(describe(api, result.asErr));
	return events;
}

/** Waits until `check` gives something true at a new block; fails after `blocks` blocks. */
export function untilBlock(api, blocks, what, check) {
	return new Promise((resolve, reject) => {
		let seen = 0;
		let stop;
		let busy = false;
		api.rpc.chain
			.subscribeNewHeads(async (header) => {
				if (busy) return;
				busy = true;
				try {
					const value = await check(header);
					if (value) {
						stop?.();
						resolve(value);
					} else if (++seen > blocks) {
						stop?.();
						reject(new Error(`${what} did not happen within ${blocks} blocks`));
					}
				} catch (error) {
					stop?.();
					reject(error);
				} finally {
					busy = false;
				}
			})
			.then((unsubscribe) => (stop = unsubscribe), reject);
	});
}
