// SPDX-License-Identifier: Apache-2.0

// Governs a running network as an operator does in Polkadot.js Apps. The network must be fresh, with the preset `local`.
//
//   SEALANE_WS         JSON-RPC of one of its nodes
//   SEALANE_NEXT_WASM  a runtime with the next spec_version, for the upgrade

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { stringToU8a, u8aConcat, u8aToHex, u8aWrapBytes } from '@polkadot/util';
import { blake2AsHex, randomAsU8a } from '@polkadot/util-crypto';
import { complaints, connect, eventData, keyring, motion, refusedByPool, send, untilBlock } from './chain.js';

const [alice, bob, charlie, dave, eve] = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve'].map((name) => keyring.addFromUri(`//${name}`));
const council = [alice, bob, charlie, dave, eve];
const majority = council.slice(0, 3);
const twoThirds = council.slice(0, 4);
const seller = keyring.addFromUri('//Test//Seller');
const issuer = keyring.addFromUri('//Test//Issuer');
/** Manages no member, holds no seat. */
const outsider = keyring.addFromUri('//Test//Outsider');
const SELLER = 1;
const ISSUER = 2;

let api;
const made = {};

before(async () => {
	api = await connect(process.env.SEALANE_WS);
});
after(async () => {
	await api?.disconnect();
});

const u32 = (n) => new Uint8Array(new Uint32Array([n]).buffer);
const u64 = (n) => new Uint8Array(new BigUint64Array([BigInt(n)]).buffer);

/** What both parties sign, wrapped as wallets do: see `sealane_primitives::credential`. */
function credentialDigest({ seller, issuer, agreementHash, validFrom, validUntil }) {
	const tag = stringToU8a('sealane/1/credential');
	const bytes = u8aConcat(
		new Uint8Array([tag.length]),
		tag,
		api.genesisHash.toU8a(),
		u32(seller),
		u32(issuer),
		agreementHash,
		u64(validFrom),
		u64(validUntil)
	);
	return u8aWrapBytes(createHash('sha256').update(bytes).digest());
}

/** A unified social credit code for tests: 17 characters and their check character (GB 32100-2015). */
function creditCode(serial) {
	const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
	const body = `91310000MA${serial}`;
	let weight = 1;
	let sum = 0;
	for (const c of body) {
		sum += alphabet.indexOf(c) * weight;
		weight = (weight * 3) % 31;
	}
	return body + alphabet[(31 - (sum % 31)) % 31];
}

test('Apps finds the council, and no type definitions are needed', async () => {
	assert.ok(api.query.council.prime, 'Apps shows its Council page when query.council.prime exists');
	const members = (await api.query.council.members()).map(String).sort();
	assert.deepEqual(members, council.map((c) => c.address).sort());
	assert.equal(api.tx.sudo, undefined, 'there is no sudo');
});

test('an account of no member gets no extrinsic into a pool', async () => {
	const refusal = await refusedByPool(api, api.tx.system.remark('0x00'), outsider);
	assert.match(refusal, /^1010: Invalid Transaction: /);
});

test('the council admits two institutions by motion', async () => {
	const admit = (name, code, roles, manager) =>
		api.tx.members.admit(name, { CreditCode: stringToU8a(creditCode(code)) }, 'operations desk', roles, manager.address);
	for (const [key, call] of [
		['seller', admit('Test Bank', '1TEXT01', SELLER, seller)],
		['issuer', admit('Test Wealth', '2TEXT02', ISSUER, issuer)],
	]) {
		const events = await motion(api, call, majority);
		made[key] = eventData(api, events, 'members', 'MemberAdmitted')[0].toNumber();
	}
	assert.notEqual(made.seller, made.issuer);
});

const validators = async () => (await api.query.session.validators()).map(String);

// A change of the set takes effect at the second change of session. The tests up to the one that looks take about as long.
test('the council takes a validator out of the set', async () => {
	made.validator = eve.address;
	assert.ok((await validators()).includes(made.validator));
	await assert.rejects(send(api, api.tx.validators.removeValidator(made.validator), alice), /BadOrigin/);
	await motion(api, api.tx.validators.removeValidator(made.validator), majority);
});

test('one member of the council alone admits nobody', async () => {
	const call = api.tx.members.admit('Nobody', { CreditCode: stringToU8a(creditCode('3TEXT03')) }, 'x', SELLER, outsider.address);
	await assert.rejects(motion(api, call, [alice]), /BadOrigin/);
	await assert.rejects(send(api, call, alice), /BadOrigin/);
});

test('an application is filed, countersigned, granted by motion', async () => {
	const now = (await api.query.timestamp.now()).toNumber();
	const credential = {
		seller: made.seller,
		issuer: made.issuer,
		agreementHash: randomAsU8a(32),
		validFrom: now - 1_000,
		validUntil: now + 365 * 86_400_000,
	};
	const digest = credentialDigest(credential);
	const cooperation = {
		issuer: made.issuer,
		credential: {
			agreementHash: credential.agreementHash,
			validFrom: credential.validFrom,
			validUntil: credential.validUntil,
			sellerSignature: { Sr25519: seller.sign(digest) },
		},
	};

	const forged = structuredClone(cooperation);
	forged.credential.sellerSignature = { Sr25519: issuer.sign(digest) };
	await assert.rejects(send(api, api.tx.channels.apply([forged]), seller), /channels\./);

	const applied = await send(api, api.tx.channels.apply([cooperation]), seller);
	made.channel = eventData(api, applied.events, 'channels', 'Applied').channel.toNumber();

	const terms = { kinds: 0x1ff, validUntil: null, ordersPerMinute: null };
	await assert.rejects(motion(api, api.tx.channels.grant(made.channel, terms), majority), /channels\./, 'not countersigned');

	await send(api, api.tx.channels.countersign(made.channel, { Sr25519: issuer.sign(digest) }), issuer);
	await assert.rejects(send(api, api.tx.channels.grant(made.channel, terms), issuer), /BadOrigin/);
	await motion(api, api.tx.channels.grant(made.channel, terms), majority);
	assert.equal((await state()).toString(), 'Granted');
});

const state = async () => (await api.query.channels.channels(made.channel)).unwrap().state;

test('a grant is suspended by a third of the council, resumed by a majority', async () => {
	await motion(api, api.tx.channels.suspend(made.channel, 'looks odd'), council.slice(0, 2));
	assert.equal((await state()).toString(), 'Suspended');
	const { since } = (await api.query.channels.channelDetails(made.channel)).unwrap().suspension.unwrap();
	await assert.rejects(motion(api, api.tx.channels.resume(made.channel, since), council.slice(0, 2)), /BadOrigin/);
	// A motion about another suspension than the one that stands lifts nothing.
	const another = api.tx.channels.resume(made.channel, since.toNumber() - 1);
	await assert.rejects(motion(api, another, majority), /AnotherSuspension/);
	await motion(api, api.tx.channels.resume(made.channel, since), majority);
	assert.equal((await state()).toString(), 'Granted');
});

test('clauses are proposed by one party, accepted by the other, ratified by motion', async () => {
	const clauses = [{ code: 'adult', anyOf: [{ AgeAtLeast: 18 }] }];
	const proposed = await send(api, api.tx.agreements.propose(made.channel, 'All', clauses, null), seller);
	const proposal = proposed.events.find((e) => e.section === 'agreements').data[0];
	await assert.rejects(motion(api, api.tx.agreements.ratify(proposal), majority), /agreements\./, 'not joint yet');
	await assert.rejects(send(api, api.tx.agreements.accept(proposal), seller), /agreements\./, 'own proposal');
	await send(api, api.tx.agreements.accept(proposal), issuer);
	const events = await motion(api, api.tx.agreements.ratify(proposal), majority);
	assert.ok(events.some((e) => e.section === 'agreements'));
});

test('two sessions after the motion the validator is out of the set; a motion admits it again', async () => {
	await untilBlock(api, 80, 'the removal', async () => !(await validators()).includes(made.validator));
	assert.equal((await validators()).length, council.length - 1);
	await assert.rejects(send(api, api.tx.validators.addValidator(made.validator), alice), /BadOrigin/);
	await motion(api, api.tx.validators.addValidator(made.validator), majority);
});

test('two thirds of the council upgrade the runtime through preimage, scheduler and whitelist', async () => {
	const code = readFileSync(process.env.SEALANE_NEXT_WASM);
	const next = api.runtimeVersion.specVersion.toNumber() + 1;
	const upgrade = api.tx.system.setCode(u8aToHex(code));
	const hash = blake2AsHex(upgrade.method.toU8a());
	await send(api, api.tx.preimage.notePreimage(upgrade.method.toHex()), alice);

	const dispatch = api.tx.whitelist.dispatchWhitelistedCall(hash, upgrade.method.encodedLength, {
		refTime: 500_000_000_000n,
		proofSize: 10_000_000n,
	});
	// A motion takes three blocks if every extrinsic reaches the next one; the rest is for a busy machine.
	const both = async () => {
		const when = (await api.rpc.chain.getHeader()).number.toNumber() + 8;
		return api.tx.utility.batchAll([
			api.tx.whitelist.whitelistCall(hash),
			api.tx.scheduler.schedule(when, null, 0, dispatch),
		]);
	};
	await assert.rejects(motion(api, await both(), majority), /BadOrigin/, 'a majority is not two thirds');
	await motion(api, await both(), twoThirds);
	// The library's own view: it changes when the new metadata is here, so that nothing is under way when the connection closes.
	await untilBlock(api, 30, 'the upgrade', () => api.runtimeVersion.specVersion.toNumber() === next);

	// As an operator loads Apps again: the new runtime, too, needs no type definitions.
	await api.disconnect();
	api = await connect(process.env.SEALANE_WS);
	assert.equal(api.runtimeVersion.specVersion.toNumber(), next);
});

test('the validator is back in the set and authors under the new runtime', async () => {
	await untilBlock(api, 80, 'the admission', async () => (await validators()).includes(made.validator));
	await untilBlock(api, 20, 'a block of the validator', async ({ hash }) => {
		const { author } = await api.derive.chain.getHeader(hash);
		return author?.toString() === made.validator;
	});
});

test('nothing was complained about on the console', () => {
	assert.deepEqual(complaints, []);
});
