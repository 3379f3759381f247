// SPDX-License-Identifier: Apache-2.0
// An issuer's pages over a real network, which localnet/tests/network/console.rs runs: a price needs two people.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openPage, startBrowser } from '../browser';
import { clean, command, cutAndWhole, enter, post, session, told, unexpected, url, visit } from './shared';

const PRODUCT = told('SEALANE_TEST_PRODUCT');
const DAY = '2026-03-02';
const PRICES = `/issuer/prices?day=${DAY}`;
const NAV = '1.2345';
/** The day on which the issuer has an order of the bank, and its page. */
const TODAY = told('SEALANE_TEST_DAY');
const BOARD = `/issuer/days/${PRODUCT}/${TODAY}`;
const SELLER = told('SEALANE_TEST_SELLER');
const STAGES = ['open', 'frozen', 'priced', 'reviewed', 'confirmed', 'closed'];

let browser: Browser;
/** May enter prices, and release those of others. */
let first: { page: Page; complaints: string[] };
/** May release. */
let second: { page: Page; complaints: string[] };

/** Waits on the day's page until the day has come so far, and looks whether the command line says the same. */
async function reached(on: Page, stage: string): Promise<void> {
	const here = on.locator(`.title .progress > span:nth-child(${STAGES.indexOf(stage) + 1}).here`);
	await here.waitFor({ timeout: 240_000 });
	const day = ['issuer', 'day', 'list', '--date', TODAY, '--product', PRODUCT, '--closed', '--db', told('SEALANE_TEST_DB')];
	const [listed] = (await command(...day)) as { state: string }[];
	assert.equal(listed?.state, stage);
}

/** Takes the step that the day's page offers. */
async function step(on: Page): Promise<void> {
	await on.locator('main > .actions button.main:enabled').click({ timeout: 240_000 });
	await on.locator('dialog button.main').click();
}

before(async () => {
	browser = await startBrowser();
	first = await openPage(browser, { locale: 'zh-CN' });
	second = await openPage(browser, { locale: 'en' });
});
after(async () => browser?.close());

test('both come in by links of their own', async () => {
	await enter(first.page, told('SEALANE_TEST_FIRST_LINK'), 'first');
	await enter(second.page, told('SEALANE_TEST_SECOND_LINK'), 'second');
});

test('a price is entered by a page', async () => {
	await visit(first.page, PRICES, 'form.sheet input');
	await first.page.locator(`input[name="${PRODUCT}"]`).fill(NAV);
	await first.page.locator('form.sheet button[type=submit]').click();
	await first.page.locator('form.sheet [role=status]').waitFor();
	await first.page.locator('form.sheet .badge.warn').waitFor();
});

test('who entered it does not release it', async () => {
	// The page does not offer it, and the server does not do it, although the user has the role.
	assert.equal(await first.page.locator('.actions > button.main').count(), 0);
	const { cookie, csrf } = await session(first.page);
	const release = `/v1/navs/${PRODUCT}/${DAY}/release`;
	assert.equal(await post(release, { cookie, 'x-csrf-token': csrf }, { nav: NAV }), '403 second_person');
});

test('who may not enter a price is offered none, and enters none', async () => {
	await visit(second.page, PRICES, 'form.sheet table');
	assert.equal(await second.page.locator('form.sheet input').count(), 0);
	const { cookie, csrf } = await session(second.page);
	const body = [{ product: PRODUCT, day: DAY, nav: '9' }];
	assert.equal(await post('/v1/navs', { cookie, 'x-csrf-token': csrf }, body), '403 forbidden');
});

test('a second person releases it by a page', async () => {
	await second.page.locator('.actions > button.main').click();
	await second.page.locator('dialog button.main').click();
	await second.page.locator('form.sheet .badge.good').waitFor();
	// The other one sees it, too.
	await first.page.goto(`${url}${PRICES}`);
	await first.page.locator('form.sheet .badge.good').waitFor();
	assert.match(await first.page.locator('form.sheet').innerText(), /second/);
});

test('a day is led from its cut-off to its close by two people', async () => {
	const [one, other] = [first.page, second.page];
	// The board has the day as soon as the calendar says which it is; the cut-off comes by itself.
	await visit(one, '/issuer', 'main h1');
	await one.locator('.table .row', { hasText: TODAY }).waitFor({ timeout: 240_000 });
	await visit(one, BOARD, '.progress');
	await reached(one, 'frozen');
	await one.locator('.sheet.list .row', { hasText: 'WEB-4' }).waitFor();

	await visit(one, `/issuer/prices?day=${TODAY}`, 'form.sheet input');
	await one.locator(`input[name="${PRODUCT}"]`).fill(NAV);
	await one.locator('form.sheet button[type=submit]').click();
	await one.locator('form.sheet .badge.warn').waitFor();
	await visit(other, `/issuer/prices?day=${TODAY}`, '.actions > button.main');
	await other.locator('.actions > button.main').click();
	await other.locator('dialog button.main').click();
	await other.locator('form.sheet .badge.good').waitFor();

	await visit(one, BOARD, '.progress');
	await visit(other, BOARD, '.progress');
	await reached(one, 'priced');
	await step(one);
	await reached(one, 'reviewed');
	// Who reviewed is offered no more, and the server asks for another person, too.
	assert.equal(await one.locator('main > .actions button.main').count(), 0);
	const { cookie, csrf } = await session(one);
	const day = `/v1/days/${PRODUCT}/${TODAY}`;
	const { revision } = (await (await fetch(`${url}${day}`, { headers: { cookie } })).json()) as { revision: number };
	assert.equal(await post(`${day}/confirm`, { cookie, 'x-csrf-token': csrf }, { revision }), '403 second_person');
	await reached(other, 'reviewed');
	await step(other);
	await reached(other, 'confirmed');
	// Its answers are sent before it can be closed.
	await step(other);
	await reached(other, 'closed');
	await clean(other, BOARD);
	await visit(one, '/issuer/orders', '.table .row');
	await one.locator('.table .row', { hasText: 'WEB-4' }).waitFor();
});

test('a partner\'s hostile texts are shown as text, cut, and whole on demand', async () => {
	await visit(first.page, `/issuer/orders/${SELLER}/WEB-4`, 'main section');
	await cutAndWhole(first.page);
});

test('evidence of an order is checked by its page, for who may take it out', async () => {
	const path = `/issuer/orders/${SELLER}/WEB-1`;
	await visit(first.page, path, '.of-order');
	await first.page.locator('.of-order .actions button.main').click();
	await first.page.locator('[data-verdict=by_itself_only]').waitFor();
	await clean(first.page, path);
	await visit(second.page, path, '.of-order');
	assert.equal(await second.page.locator('.of-order button').count(), 0);
	const { cookie } = await session(second.page);
	assert.equal((await fetch(`${url}/v1/orders/${SELLER}/WEB-1/evidence`, { headers: { cookie } })).status, 403);
});

test('every page of the issuer is there in two languages', async () => {
	for (const [language, { page }] of [['zh-CN', first], ['en', second]] as const) {
		for (const path of ['', '/late', '/orders', '/quarantine', '/holdings', '/registrations', '/products']) {
			await visit(page, `/issuer${path}`, 'main h1');
			assert.equal(await page.locator('html').getAttribute('lang'), language, path);
		}
	}
});

test('no page complained', () => {
	assert.deepEqual(unexpected([...first.complaints, ...second.complaints]), []);
});
