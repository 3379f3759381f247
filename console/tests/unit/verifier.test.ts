// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Begun, Done, PackRow, PackView } from '../../src/pages/auditor/check/answers';
import { Verifier, type Files } from '../../src/pages/auditor/check/module';
import { document, vectors } from '../vectors';

const module = new WebAssembly.Module(readFileSync(join(process.cwd(), 'src/pages/auditor/check/verifier.wasm')));

/** All steps of a check, and the verifier that can show its packs. */
async function checked(files: Files) {
	const verifier = await Verifier.of(module, files);
	const steps = [];
	for (let step = verifier.next(); step !== undefined; step = verifier.next()) steps.push(step);
	return { verifier, steps };
}

async function verdictOf(files: Files): Promise<string> {
	const { steps } = await checked(files);
	const [first, second] = steps;
	if (first?.step === 'refused') return first.rule ?? `${first.file}: ${first.found.text}`;
	assert.equal(second?.step, 'pack');
	return (second as PackRow).refusal?.rule ?? 'accept';
}

const sample = (): Files => ({ evidence: document('offline.json'), specification: document('chain-spec.json') });

/** The sample's whole view. */
async function shown(files: Files): Promise<PackView> {
	const pack = (await checked(files)).verifier.show(0);
	assert.ok(pack);
	return pack;
}

test('the module can reach nothing outside', () => {
	assert.deepEqual(WebAssembly.Module.imports(module), []);
});

for (const file of ['vectors.json', 'checkpoint-vectors.json']) {
	test(`every vector of ${file} gets its verdict`, async () => {
		const wrong = [];
		let count = 0;
		for (const { vector, files } of vectors(file)) {
			const found = await verdictOf(files);
			if (found !== vector.verdict) wrong.push(`${vector.name}: expected ${vector.verdict}, found ${found}`);
			count += 1;
		}
		assert.deepEqual(wrong, []);
		assert.ok(count >= 50, `${count} vectors`);
	});
}

test('the sample is shown with the names of the parties, each step, times, limits and the page', async () => {
	const pack = await shown(sample());
	assert.equal(pack.verdict, 'verified');
	assert.equal(pack.report?.parties?.issuer.name, '稳健理财有限责任公司');
	assert.equal(pack.report?.parties?.seller.number, '5493001KJTIIGC8Y1R12');
	assert.equal(pack.order_id, 'A-0003');
	assert.ok(pack.steps.length >= 15);
	for (const step of pack.steps) assert.ok(step.holds !== '' && step.chinese !== '' && step.name.chinese, step.about);
	assert.ok(pack.times.some((point) => point.unix_ms === Date.parse('2025-11-24T10:00:12Z')));
	assert.deepEqual(
		pack.order.rows.slice(0, 2).map((row) => [row.name.chinese, row.name.english, row.value.text]),
		[['编号', 'id', 'A-0003'], ['业务类型', 'kind', 'purchase']],
	);
	assert.equal(pack.limits.length, 4);
	assert.ok(pack.page?.includes('证据报告 · Evidence report'));
});

test('what a pack withholds is called so', async () => {
	for (const { vector, files } of vectors('vectors.json')) {
		if (vector.name !== 'customer, facts and details withheld') continue;
		const pack = await shown(files);
		assert.equal(pack.verdict, 'verified');
		assert.deepEqual(pack.steps.slice(0, 2).map((step) => step.about), ['record', 'disclosure']);
		const withheld = [...pack.order.rows, ...pack.confirmation.rows].filter((row) => row.withheld).map((row) => row.name.english);
		assert.deepEqual(withheld.sort(), ['customer', 'details', 'facts']);
		return;
	}
	assert.fail('no vector withholds them');
});

test('without a specification a sound pack is not called verified', async () => {
	const { steps, verifier } = await checked({ evidence: document('offline.json') });
	assert.equal((steps[0] as Begun).has_origin, false);
	assert.equal(verifier.show(0)?.verdict, 'by_itself_only');
});

test('what holds before the broken rule is shown', async () => {
	for (const { vector, files } of vectors('vectors.json')) {
		if (vector.verdict !== 'anchor.block') continue;
		const pack = await shown(files);
		assert.equal(pack.verdict, 'refused');
		assert.equal(pack.refusal?.rule, 'anchor.block');
		assert.deepEqual(pack.steps.map((step) => step.about), ['record', 'batch', 'signatures', 'anchor']);
		return;
	}
	assert.fail('no vector breaks anchor.block');
});

test('a set is judged pack by pack and compared', async () => {
	const pack = JSON.parse(document('offline.json').toString()) as { chain: Record<string, unknown[]> };
	const { headers = [], before = [], finality = [], storage_proof = [] } = pack.chain;
	const places = (list: unknown[], first = 0) => list.map((_, place) => first + place);
	const member = {
		...pack,
		chain: {
			headers: places(headers),
			before: places(before, headers.length),
			finality: places(finality),
			storage_proof: places(storage_proof),
		},
	};
	const set = {
		format: 'sealane-evidence-set/1',
		headers: [...headers, ...before],
		finality,
		nodes: storage_proof,
		packs: [member, member],
	};
	const evidence = new TextEncoder().encode(JSON.stringify(set));
	const { steps, verifier } = await checked({ ...sample(), evidence });
	assert.deepEqual(steps.map((step) => step.step), ['begun', 'pack', 'pack', 'done']);
	const { audit } = steps[3] as Done;
	assert.deepEqual([audit.files, audit.verified, audit.batches], [2, 2, 1]);
	assert.deepEqual(audit.findings.map((finding) => [finding.kind, finding.files]), [['double', ['#0', '#1']]]);
	assert.equal(verifier.show(1)?.verdict, 'verified');
	assert.equal(verifier.show(2), undefined);
});

test('files of another kind are refused by name', async () => {
	const first = async (files: Files) => (await checked(files)).steps[0];
	const none = new TextEncoder().encode('{}');
	for (const kind of ['evidence', 'specification', 'checkpoint'] as const) {
		const step = await first({ ...sample(), [kind]: none });
		assert.ok(step?.step === 'refused' && step.file === kind, kind);
	}
	const known = await first({ ...sample(), known: new TextEncoder().encode('8:zz') });
	assert.ok(known?.step === 'refused' && known.file === 'known' && known.found.text.includes('NUMBER:HASH'));
});

test('hostile texts are written out, and long ones cut', async () => {
	const { edit, base } = { edit: '\u202e<script>', base: document('offline.json').toString() };
	const long = base.replace('"A-0003', () => `"${edit}${'x'.repeat(5_000)}`).replace(/\\"id\\":\\"A-0003/g, () => `\\"id\\":\\"${edit}${'x'.repeat(5_000)}`);
	const { verifier, steps } = await checked({ evidence: new TextEncoder().encode(long) });
	assert.ok((steps[1] as PackRow).order?.startsWith('⟨U+202E⟩<script>'));
	const id = verifier.show(0)?.order.rows[0]?.value;
	assert.ok(id?.text.startsWith('⟨U+202E⟩<script>') && id.text.length < 1_100 && id.more > 3_000);
});
