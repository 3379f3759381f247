// SPDX-License-Identifier: Apache-2.0
// What the tests over a real network share: what the network's test tells them, and sessions.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { seriousFaults } from '../browser';

/** What the network's test tells: addresses, links, files. */
export function told(name: string): string {
	const value = process.env[name];
	assert.ok(value, `${name} is not set: this test is run by localnet/tests/network/console.rs`);
	return value;
}

/** The address of the terminal's API and pages. */
export const url = told('SEALANE_TEST_URL');
export const PASSWORD = 'a long enough password';

/** Opens an address of the pages, and looks for what cannot be used by everybody. */
export async function visit(page: Page, path: string, shown: string): Promise<void> {
	await page.goto(`${url}${path}`);
	await page.locator(shown).first().waitFor();
	await clean(page, path);
}

/** Height of a row of a list, in px. */
const ROW_PX = 32;
/** What turns a line around or hides in it. */
const UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

/** Looks for what cannot be used by everybody, and for what others wrote where it is more than text. */
export async function clean(page: Page, path: string): Promise<void> {
	assert.deepEqual(await seriousFaults(page), [], path);
	// What partners and customers wrote is text: nothing of it becomes a picture, which no page of an institution has.
	assert.equal(await page.locator('main img').count(), 0, path);
	assert.doesNotMatch(await page.locator('body').innerText(), UNSEEN, path);
	const rows = await page.locator('.table .rows > .row').evaluateAll((all) => all.map((it) => it.getBoundingClientRect().height));
	assert.ok(rows.every((px) => Math.abs(px - ROW_PX) < 1), `${path}: rows of ${rows.join(', ')} px`);
	// On a screen of 1280 px everything is seen.
	assert.deepEqual(await widerThanTheScreen(page), [], path);
}

/** What is wider than its place, by tag, class and px: lists that scroll sideways, and what stands out of the page. */
function widerThanTheScreen(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const beyond = (it: Element) => it.scrollWidth - it.clientWidth;
		const lists = [...document.querySelectorAll('.table, main, html')].filter((it) => beyond(it) > 0);
		return lists.map((it) => `${it.tagName.toLowerCase()}.${it.className}: ${beyond(it)} px`);
	});
}

/** Sets the password by the link and logs in. */
export async function enter(on: Page, link: string, name: string): Promise<void> {
	await on.goto(link);
	await on.locator('input[name=password]').fill(PASSWORD);
	assert.deepEqual(await seriousFaults(on), [], 'the page that sets the password');
	await on.locator('form button.main').click();
	await on.locator('a.button.main').click();
	await on.locator('input[name=name]').fill(name);
	assert.deepEqual(await seriousFaults(on), [], 'the page to log in');
	await on.locator('input[name=password]').fill(PASSWORD);
	await on.locator('form button.main').click();
	await on.locator('nav a').first().waitFor();
}

/** Long texts of others are cut on this page, what turns lines around in them is named, and all of it is there on demand. */
export async function cutAndWhole(page: Page): Promise<void> {
	const main = page.locator('main');
	const length = async () => (await main.innerText()).length;
	assert.match(await main.innerText(), /⟨202E⟩/);
	const cut = await length();
	assert.ok(cut < 20_000, `${cut} characters at first`);
	const more = main.locator('button.plain', { hasText: /^(Show the whole text|显示全文)$/ });
	assert.ok((await more.count()) > 0);
	while ((await more.count()) > 0) await more.first().click();
	assert.ok((await length()) > cut + 40_000, 'the whole text');
	await clean(page, 'the whole text');
}

/** Runs the project's command line; gives what it prints as JSON. */
export async function command(...args: string[]): Promise<unknown> {
	const { stdout } = await promisify(execFile)(told('SEALANE_TEST_PROGRAM'), ['--json', ...args]);
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** Presses what saves a file, and keeps it at `path`; gives the name that the page gave it. */
export async function saved(on: Page, pressed: Locator, path: string): Promise<string> {
	const saving = on.waitForEvent('download');
	await pressed.click();
	const download = await saving;
	await download.saveAs(path);
	return download.suggestedFilename();
}

/** The browser's cookies as a request has them, and the value that a page adds to what changes something. */
export async function session(on: Page): Promise<{ cookie: string; csrf: string }> {
	const cookies = await on.context().cookies(url);
	const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
	const answer = await fetch(`${url}/v1/session`, { headers: { cookie } });
	assert.equal(answer.status, 200);
	return { cookie, csrf: ((await answer.json()) as { csrf: string }).csrf };
}

/** Posts, and gives the status of the answer with the code of its problem: `403 forbidden`. */
export async function post(path: string, headers: Record<string, string>, body?: unknown): Promise<string> {
	const sent = body === undefined ? { headers } : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
	const answer = await fetch(`${url}${path}`, { method: 'POST', ...sent });
	const problem = (answer.ok ? {} : await answer.json()) as { code?: string };
	return [answer.status, problem.code].filter((it) => it !== undefined).join(' ');
}

/** Complaints but for those of pages that nobody had logged in to yet. */
export const unexpected = (complaints: readonly string[]): string[] => complaints.filter((text) => !/status of 401/.test(text));
