// SPDX-License-Identifier: Apache-2.0
// A bank's pages over a real network, which localnet/tests/network/console.rs runs: what is done here, its commands see.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openPage, startBrowser } from '../browser';
import { clean, cutAndWhole, enter, PASSWORD, post, saved, session, told, unexpected, url, visit } from './shared';

/** The order in which both sides wrote what harms a careless page. */
const HOSTILE = 'WEB-HOSTILE';

let browser: Browser;
let page: Page;
let complaints: string[];

before(async () => {
	browser = await startBrowser();
	({ page, complaints } = await openPage(browser, { locale: 'en' }));
});
after(async () => browser?.close());

test('the first user comes in by its link, once', async () => {
	await enter(page, told('SEALANE_TEST_LINK'), 'admin');
	const { page: other } = await openPage(browser);
	await other.goto(told('SEALANE_TEST_LINK'));
	await other.locator('input[name=password]').fill(PASSWORD);
	await other.locator('form button.main').click();
	await other.getByRole('alert').waitFor();
	await other.context().close();
});

test('orders are handed in by a page, and one is seen to be final', async () => {
	await visit(page, '/seller/files', 'input[name=file]');
	await page.setInputFiles('input[name=file]', told('SEALANE_TEST_ORDERS'));
	await page.locator('form.filters button.main').click();
	const report = page.locator('section.sheet [role=status]');
	await report.waitFor();
	assert.match(await report.innerText(), /WEB-2/);
	// One line cannot be read, and is as hostile as it is long.
	await clean(page, 'what was handed in');
	// A customer's reference is text: what looks like a script is shown and not run.
	await visit(page, '/seller/orders/WEB-2', '.timeline');
	assert.match(await page.locator('main').innerText(), /<img src=x onerror=/);
	await visit(page, '/seller/orders/WEB-1', '.timeline');
	// Placed, read, sent, confirmed, final: the page follows by itself.
	const done = page.locator('.timeline li.done');
	await done.nth(4).waitFor({ timeout: 240_000 });
	assert.equal(await page.locator('.timeline li').count(), 5);
});

test('evidence of an order is fetched, checked and saved by its page', async () => {
	const path = '/seller/orders/WEB-1';
	await visit(page, path, '.of-order');
	await page.locator('.of-order .actions button.main').click();
	// What a node says of itself is sound; that the chain has it is seen from a specification that one believes.
	await page.locator('[data-verdict=by_itself_only]').waitFor();
	await page.setInputFiles('input[data-slot=specification]', told('SEALANE_TEST_SPECIFICATION'));
	await page.locator('[data-verdict=verified]').waitFor();
	const shown = await page.locator('.of-order').innerText();
	for (const party of ['SEALANE_TEST_SELLER_NAME', 'SEALANE_TEST_ISSUER_NAME']) assert.ok(shown.includes(told(party)), shown);
	await clean(page, path);
	await saved(page, page.locator('.of-order .actions > button:not(.main)'), told('SEALANE_TEST_EVIDENCE'));
});

test('a partner\'s hostile texts are shown as text, cut, and whole on demand', async () => {
	const row = page.locator('.table .row.opens').filter({ hasText: HOSTILE });
	await visit(page, '/seller/orders', '.table .row.opens');
	await row.waitFor();
	assert.match(await row.innerText(), /ASKED_BACK/);
	await visit(page, `/seller/orders/${HOSTILE}`, '.timeline');
	await cutAndWhole(page);
});

test('every page of the bank is there', async () => {
	for (const path of ['', '/orders', '/unqualified', '/quarantine', '/customers', '/positions', '/day', '/files']) {
		await visit(page, `/seller${path}`, 'main h1');
	}
});

test('an order that was not sent is cancelled by a page', async () => {
	await visit(page, '/seller/orders/WEB-2', '.actions .danger');
	await page.locator('.actions .danger').click();
	await page.locator('dialog .danger').click();
	await page.locator('p.notice[role=status]').waitFor();
	await page.locator('.actions .danger').waitFor({ state: 'detached' });
});

test('who may read is offered nothing more, and gets nothing more', async () => {
	const { page: reader } = await openPage(browser, { locale: 'zh-CN' });
	await enter(reader, told('SEALANE_TEST_READER_LINK'), 'reader');
	await reader.goto(`${url}/seller/orders/WEB-3`);
	await reader.locator('.timeline').waitFor();
	assert.equal(await reader.locator('.actions .danger').count(), 0);
	await visit(reader, '/seller/orders/WEB-1', '.of-order');
	assert.equal(await reader.locator('.of-order button').count(), 0);
	const { cookie, csrf } = await session(reader);
	const act = '/v1/records/WEB-3/hold';
	assert.equal(await post(act, { cookie, 'x-csrf-token': csrf }), '403 forbidden');
	for (const path of ['/v1/users', '/v1/records/WEB-1/evidence']) {
		assert.equal((await fetch(`${url}${path}`, { headers: { cookie } })).status, 403, path);
	}
	await reader.context().close();
});

test('a session is worth nothing from elsewhere, or when it is over', async () => {
	const { cookie, csrf } = await session(page);
	const act = '/v1/records/WEB-3/hold';
	assert.equal(await post(act, { cookie }), '403 forbidden', 'without the value of the page');
	assert.equal(await post(act, { cookie, 'x-csrf-token': csrf, origin: 'http://elsewhere.example' }), '403 forbidden', 'of another origin');
	assert.equal(await post(act, { cookie, 'x-csrf-token': csrf }), '204', 'of this one');
	const over = await fetch(`${url}/v1/session`, { method: 'DELETE', headers: { cookie, 'x-csrf-token': csrf } });
	assert.ok(over.ok, `${over.status}`);
	for (const path of ['/v1/records', '/v1/session', '/v1/events']) {
		assert.equal((await fetch(`${url}${path}`, { headers: { cookie } })).status, 401, path);
	}
	await page.goto(`${url}/seller`);
	await page.locator('input[name=name]').waitFor();
});

test('no page complained', () => {
	assert.deepEqual(unexpected(complaints), []);
});
