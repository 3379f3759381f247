// SPDX-License-Identifier: Apache-2.0

// What the tests share: a connection as Polkadot.js Apps makes it, extrinsics that are waited for, motions of the council.

import assert from 'node:assert/strict';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

/** Everything that the library printed as a warning or an error since this file was loaded, less what `refusedByPool` provoked. */
export const complaints = [];
for (const level of ['warn', 'error']) {
	const original = console[level].bind(console);
	console[level] = (...args) => {
		complaints.push(args.map(String).join(' '));
		original(...args);
	};
}

/** How long a running node may take to answer, to hand out its metadata and to be understood. */
const CONNECT_MS = 30_000;
/** How long an extrinsic may take from the pool into a block: fifteen slots of two seconds. */
const IN_BLOCK_MS = 30_000;
/** How long a block may take on a machine that is busy, where two seconds are the rule. */
const SLOW_BLOCK_MS = 10_000;

/** What `promise` gives, or the error `message` when `ms` milliseconds pass first. */
function within(ms, message, promise) {
	let timer;
	const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(message)), ms)));
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Connects with no type definitions of any kind. `noInitWarn` silences two lists of what the library has no helper for:
 * newer RPC methods of the node, and, after an upgrade under an open connection, runtime APIs, since it then reads them from
 * an older form of the metadata.
 *
 * A port where nobody listens fails at once, one where somebody listens who is no node after `ms` milliseconds; neither
 * leaves an attempt behind that would keep the process alive.
 */
export async function connect(url, ms = CONNECT_MS) {
	if (!url) throw new Error('SEALANE_WS is not set: it names the JSON-RPC of a running node, such as ws://127.0.0.1:9944');
	const provider = new WsProvider(url);
	try {
		const api = ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true });
		return await within(ms, `no answer within ${ms / 1000} s`, api);
	} catch (error) {
		await provider.disconnect();
		throw new Error(`no node could be reached at ${url}: ${error?.message || 'the connection failed'}`);
	}
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
	const { section, method } = tx.method;
	const included = new Promise((resolve, reject) => {
		tx.signAndSend(signer, ({ status, events, dispatchError }) => {
			if (status.isInvalid || status.isDropped || status.isUsurped) reject(new Error(`extrinsic is ${status.type}`));
			if (!status.isInBlock) return;
			if (dispatchError) reject(new Error(describe(api, dispatchError)));
			else resolve({ block: status.asInBlock, events: events.map(({ event }) => event) });
		}).catch(reject);
	});
	return within(IN_BLOCK_MS, `${section}.${method} is in no block after ${IN_BLOCK_MS / 1000} s`, included);
}

/**
 * Sends an extrinsic that no pool may take, and gives the node's reason. The library prints such a refusal as an error (twice)
 * besides handing it to the caller, so lines with this very reason are expected and are no complaints; any other line is.
 */
export async function refusedByPool(api, tx, signer) {
	const before = complaints.length;
	let refusal;
	try {
		await send(api, tx, signer);
	} catch (error) {
		refusal = error.message;
	}
	assert.ok(refusal, `${tx.method.section}.${tx.method.method} was not refused`);
	const expected = (line) => line.includes('RPC-CORE: submitAndWatchExtrinsic(') && line.endsWith(`:: ${refusal}`);
	complaints.push(...complaints.splice(before).filter((line) => !expected(line)));
	return refusal;
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

/** Waits until `check` gives something true at a new block; fails after `blocks` blocks, or when the chain stands still. */
export function untilBlock(api, blocks, what, check) {
	let stop;
	const seen = new Promise((resolve, reject) => {
		let count = 0;
		let busy = false;
		api.rpc.chain
			.subscribeNewHeads(async (header) => {
				if (busy) return;
				busy = true;
				try {
					const value = await check(header);
					if (value) resolve(value);
					else if (++count > blocks) reject(new Error(`${what} did not happen within ${blocks} blocks`));
				} catch (error) {
					reject(error);
				} finally {
					busy = false;
				}
			})
			.then((unsubscribe) => (stop = unsubscribe), reject);
	});
	const ms = blocks * SLOW_BLOCK_MS;
	return within(ms, `${what} did not happen within ${ms / 1000} s`, seen).finally(() => stop?.());
}
