// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Files } from '../../src/pages/auditor/check/module';
import { BROWSER, openPage, seriousFaults, startBrowser } from '../browser';
import { document, vectors } from '../vectors';

/** Where screenshots are put; none are made unless told. */
const SCREENSHOTS = process.env['SEALANE_SCREENSHOTS'];
const LANGUAGES = ['en', 'zh-CN'] as const;

const skip = BROWSER === undefined ? 'chromium is not installed' : false;
const folder = mkdtempSync(join(tmpdir(), 'sealane-auditor-'));
const file = join(folder, 'auditor.html');
let browser: Browser;

before(async () => {
	if (skip) return;
	const made = spawnSync(process.execPath, ['tools/auditor.mjs', file], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	rmSync(folder, { recursive: true });
});

/** The page out of its file. Whatever it asks for elsewhere is noted. */
async function open(locale: string) {
	const { page, complaints } = await openPage(browser, { locale });
	const asked: string[] = [];
	page.on('request', (request) => {
		if (!/^(file|blob|data):/.test(request.url())) asked.push(request.url());
	});
	await page.goto(pathToFileURL(file).href);
	await page.locator('input[data-slot=evidence]').waitFor({ state: 'attached' });
	return { page, complaints, asked };
}

/** Puts the files on the page and has them checked. Returns the verdict. */
async function check(page: Page, files: Files): Promise<string> {
	for (const slot of ['evidence', 'specification', 'checkpoint'] as const) {
		const remove = page.locator('.slot', { has: page.locator(`[data-slot=${slot}]`) }).locator('button.plain');
		if (await remove.count()) await remove.click();
		const bytes = files[slot];
		if (bytes === undefined) continue;
		const buffer = Buffer.from(bytes);
		await page.setInputFiles(`input[data-slot=${slot}]`, { name: `${slot}.json`, mimeType: 'application/json', buffer });
	}
	await page.locator('details:has(textarea)').evaluate((element: HTMLDetailsElement) => (element.open = true));
	await page.locator('textarea').fill(files.known ? Buffer.from(files.known).toString() : '');
	await page.locator('button.main').click();
	const verdict = page.locator('[data-verdict]');
	await verdict.waitFor();
	return (await verdict.getAttribute('data-verdict')) ?? '';
}

const sample = (): Files => ({ evidence: document('offline.json'), specification: document('chain-spec.json') });

/** The first vector of each verdict; all of them where that is asked for. The unit tests have all of them for the module by itself. */
function* chosen(name: string) {
	const seen = new Set<string>();
	for (const made of vectors(name)) {
		if (seen.has(made.vector.verdict) && process.env['SEALANE_ALL_VECTORS'] === undefined) continue;
		seen.add(made.vector.verdict);
		yield made;
	}
}

for (const name of ['vectors.json', 'checkpoint-vectors.json']) {
	test(`the page's verdicts on ${name} are the vectors'`, { skip }, async () => {
		const { page, complaints, asked } = await open('en');
		const wrong = [];
		for (const { vector, files } of chosen(name)) {
			const found = await check(page, files);
			const expected = vector.verdict === 'accept' ? 'verified' : vector.verdict;
			if (found !== expected) wrong.push(`${vector.name}: expected ${expected}, found ${found}`);
		}
		assert.deepEqual(wrong, []);
		assert.deepEqual([complaints, asked], [[], []]);
		await page.context().close();
	});
}

for (const language of LANGUAGES) {
	test(`who, when and how is on the page, which reaches nobody (${language})`, { skip }, async () => {
		const { page, complaints, asked } = await open(language);
		assert.deepEqual(await seriousFaults(page), [], 'before a check');
		assert.equal(await check(page, { ...sample(), checkpoint: document('checkpoint.json') }), 'verified');
		const text = await page.locator('main').innerText();
		for (const figure of ['稳健理财有限责任公司', 'First Sample Bank', '91350100M000100Y43', 'A-0003', '4000.00', '2025-11-24T10:00:12Z']) {
			assert.ok(text.includes(figure), figure);
		}
		assert.ok(text.includes(language === 'en' ? 'What is not shown' : '未证明的事项'));
		assert.ok(!/\b(auditor|ui|app)\.[a-zA-Z]+/.test(text), 'the name of a text instead of the text');
		assert.deepEqual(await seriousFaults(page), [], 'verified');
		if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `auditor.${language}.png`), fullPage: true });

		const saved = page.waitForEvent('download');
		await page.locator('.verdict button').click();
		const report = readFileSync((await (await saved).path()) ?? '', 'utf8');
		assert.ok(report.includes('证据报告 · Evidence report') && report.includes('A-0003'));

		const { files } = [...vectors('vectors.json')].find(({ vector }) => vector.verdict === 'anchor.block') ?? { files: {} };
		assert.equal(await check(page, files), 'anchor.block');
		assert.equal(await page.locator('.steps li.holds').count(), 4);
		assert.deepEqual(await seriousFaults(page), [], 'refused');
		if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `auditor-refused.${language}.png`), fullPage: true });
		assert.equal(await check(page, { evidence: document('offline.json') }), 'by_itself_only');
		assert.deepEqual(await seriousFaults(page), [], 'by itself');
		assert.deepEqual([complaints, asked], [[], []]);
		await page.context().close();
	});
}

test('what a party wrote does nothing on the page', { skip }, async () => {
	const { page, complaints, asked } = await open('en');
	const script = `</td></table><script>document.title='ran'</script><img src=x onerror="document.title='ran'">`;
	const order = { id: script, kind: '\u202ereversed', customer: '界'.repeat(17_000), [script]: 'name' };
	const pack = JSON.parse(document('offline.json').toString()) as { record: { order: { text: string } } };
	pack.record.order.text = JSON.stringify(order);
	assert.equal(await check(page, { ...sample(), evidence: Buffer.from(JSON.stringify(pack)) }), 'record.parts');
	const text = await page.locator('main').innerText();
	assert.ok(text.includes(script) && text.includes('⟨U+202E⟩reversed') && !text.includes('\u202e'));
	assert.ok(text.length < 30_000, `${text.length} characters on the page`);
	assert.ok(!(await page.title()).includes('ran'));
	assert.deepEqual([complaints, asked], [[], []]);
	await page.context().close();
});

test('files that are dropped go where they belong, and a set is shown pack by pack, by keyboard alone', { skip }, async () => {
	const { page, complaints } = await open('en');
	const pack = JSON.parse(document('offline.json').toString()) as { chain: Record<string, unknown[]> };
	const { headers = [], before = [], finality = [], storage_proof = [] } = pack.chain;
	const places = (list: unknown[], first = 0) => list.map((_, place) => first + place);
	const chain = {
		headers: places(headers),
		before: places(before, headers.length),
		finality: places(finality),
		storage_proof: places(storage_proof),
	};
	const packs = Array.from({ length: 200 }, () => ({ ...pack, chain }));
	const set = JSON.stringify({
		format: 'sealane-evidence-set/1',
		headers: [...headers, ...before],
		finality,
		nodes: storage_proof,
		packs,
	});
	const dropped = await page.evaluateHandle(
		([set, specification]) => {
			const transfer = new DataTransfer();
			transfer.items.add(new File([specification], 'a.json'));
			transfer.items.add(new File([set], 'b.json'));
			return transfer;
		},
		[set, document('chain-spec.json').toString()] as const,
	);
	await page.dispatchEvent('.drop', 'drop', { dataTransfer: dropped });
	await page.locator('.slot.taken').nth(1).waitFor();
	await page.locator('button.main').focus();
	await page.keyboard.press('Enter');
	await page.getByText('200 judged: 200 hold, 0 refused.').waitFor();
	await page.getByText('Same record twice').waitFor();
	assert.deepEqual(await seriousFaults(page), []);
	if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, 'auditor-set.en.png'), fullPage: true });
	await page.locator('[role=row][data-index="0"]').focus();
	await page.keyboard.press('j');
	await page.keyboard.press('Enter');
	await page.locator('[data-verdict=verified]').waitFor();
	assert.deepEqual(complaints, []);
	await page.context().close();
});
