// SPDX-License-Identifier: Apache-2.0
// An issuer's pages over a real network, which localnet/tests/network/console.rs runs: a price needs two people.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openPage, startBrowser } from '../browser';
import { enter, post, session, told, unexpected, url, visit } from './shared';

const PRODUCT = told('SEALANE_TEST_PRODUCT');
const DAY = '2026-03-02';
const PRICES = `/issuer/prices?day=${DAY}`;
const NAV = '1.2345';

let browser: Browser;
/** May enter prices, and release those of others. */
let first: { page: Page; complaints: string[] };
/** May release. */
let second: { page: Page; complaints: string[] };

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
	assert.equal(await post(release, { cookie, 'x-csrf-token': csrf }, { nav: NAV }), '403 forbidden');
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
