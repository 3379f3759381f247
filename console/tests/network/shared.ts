// SPDX-License-Identifier: Apache-2.0
// What the tests over a real network share: what the network's test tells them, and sessions.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
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
	assert.deepEqual(await seriousFaults(page), [], path);
	// What partners and customers wrote is text: nothing of it becomes a picture, which no page of an institution has.
	assert.equal(await page.locator('main img').count(), 0, path);
	// On a screen of 1280 px every column is seen.
	const beyond = await page.locator('.table').evaluateAll((all) => all.map((it) => it.scrollWidth - it.clientWidth));
	assert.ok(beyond.every((px) => px <= 0), `${path}: the table is ${beyond.join(', ')} px wider than its place`);
}

/** Sets the password by the link and logs in. */
export async function enter(on: Page, link: string, name: string): Promise<void> {
	await on.goto(link);
	await on.locator('input[name=password]').fill(PASSWORD);
	await on.locator('form button.main').click();
	await on.locator('a.button.main').click();
	await on.locator('input[name=name]').fill(name);
	await on.locator('input[name=password]').fill(PASSWORD);
	await on.locator('form button.main').click();
	await on.locator('nav a').first().waitFor();
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
