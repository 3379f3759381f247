// SPDX-License-Identifier: Apache-2.0
// The operator's pages over a real network, which localnet/tests/network/console.rs runs: the council grants a channel by votes that leave
// as files, are signed by the command line, and come back.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { openPage, startBrowser } from '../browser';
import { command, enter, post, saved, session, told, unexpected, url, visit } from './shared';

const FOLDER = told('SEALANE_TEST_FOLDER');
const MEMBERS = told('SEALANE_TEST_MEMBERS').split('|');
/** The channel that the council is asked for, and its parties. */
const CHANNEL = told('SEALANE_TEST_CHANNEL');
const SELLER = told('SEALANE_TEST_SELLER');
const ISSUER = told('SEALANE_TEST_ISSUER');
/** Seats of the council. */
const [FIRST, SECOND, THIRD, FOURTH] = ['//Alice', '//Bob', '//Charlie', '//Dave'];
/** Longest wait for what takes blocks of the chain, in ms. */
const BLOCKS = { timeout: 240_000 };
const PAGES = ['', '/motions', '/agreements', '/validators', '/calendars', '/emergency', '/upgrade'];
const MOTION = 'article.motion';

let browser: Browser;
/** May do everything, as the first user does. */
let page: Page;
/** May read. */
let reader: Page;
const complaints: string[][] = [];
let exports = 0;

async function open(locale: string): Promise<Page> {
	const opened = await openPage(browser, { locale });
	complaints.push(opened.complaints);
	return opened.page;
}

const onChain = (...args: string[]): Promise<unknown> => command(...args, '--rpc', told('SEALANE_TEST_RPC'));

/** Takes the file out of the dialog that is open, and has it signed where the key is. Gives the file that comes back. */
async function signElsewhere(who: string): Promise<string> {
	const dialog = page.locator('dialog');
	await dialog.locator('input[list=seats]').fill(who);
	await dialog.locator('form button.main').click();
	const shown = await dialog.locator('pre.words').first().textContent();
	const file = join(FOLDER, `${(exports += 1)}.unsigned.json`);
	assert.match(await saved(page, dialog.locator('.actions button.main'), file), /\.unsigned\.json$/);
	const signed = file.replace('.unsigned.', '.signed.');
	const hash = await dialog.locator('.facts bdi').textContent();
	const report = (await command('offline', 'sign', file, '--out', signed, '--suri', who, '--metadata-hash', hash ?? '')) as { words: string };
	// What the page showed is what the machine with the key reads from the bytes.
	assert.equal(report.words, shown);
	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'detached' });
	return signed;
}

/** Hands in on the page of motions what was signed, and waits until it is final there. */
async function handIn(signed: string): Promise<void> {
	await page.setInputFiles('input[data-slot=signed]', signed);
	const answer = page.locator('.hand-in [data-submission]');
	await answer.waitFor(BLOCKS);
	const hash = await answer.locator('.identifier bdi').textContent();
	const listed = page.locator('.submissions > li').filter({ hasText: hash ?? '' });
	await listed.locator('[data-submission=final]').waitFor(BLOCKS);
}

/** Presses what exports an action, and brings it to the chain. */
async function sign(who: string, pressed: Locator): Promise<void> {
	await pressed.click();
	await handIn(await signElsewhere(who));
}

before(async () => {
	browser = await startBrowser();
	page = await open('en');
	reader = await open('zh-CN');
});
after(async () => browser?.close());

test('the first user comes in by its link, and lets others in', async () => {
	await enter(page, told('SEALANE_TEST_LINK'), 'admin');
	await visit(page, '/users', 'main table');
	await page.locator('.actions button.main').click();
	await page.locator('dialog input[name=name]').fill('reader');
	await page.locator('dialog input[name=read]').check();
	await page.locator('dialog form button.main').click();
	const link = await page.locator('dialog .identifier bdi').textContent();
	await page.keyboard.press('Escape');
	await enter(reader, link ?? '', 'reader');
});

test('to save the roles of a user takes none away', async () => {
	const row = page.locator('main tbody tr').filter({ hasText: 'admin' });
	const roles = await row.locator('code').textContent();
	assert.match(roles ?? '', /\bgovern\b/);
	await row.locator('button').first().click();
	await page.locator('dialog form button.main').click();
	await page.locator('dialog').waitFor({ state: 'detached' });
	await page.reload();
	await row.waitFor();
	assert.equal(await row.locator('code').textContent(), roles);
});

test('the network is shown as it is', async () => {
	await visit(page, '/operator', '.map .member');
	assert.equal(await page.locator('.map .member').count(), MEMBERS.length);
	const tables = page.locator('main table');
	const names = await tables.first().locator('th.name').allInnerTexts();
	assert.deepEqual(names.sort(), [...MEMBERS].sort());
	// Each has a node: one is this server's, the others are its neighbours.
	await page.locator('.map .member .node.connected').nth(MEMBERS.length - 2).waitFor(BLOCKS);
	assert.equal(await page.locator('.map .member .node.own').count(), 1);
	const applied = (await onChain('channel', 'list')) as { id: number; state: string }[];
	assert.ok(applied.length > 1 && applied.every(({ state }) => state === 'Countersigned'), JSON.stringify(applied));
	assert.equal(await page.locator('.map > svg path.countersigned').count(), applied.length);
	assert.equal(await tables.nth(1).locator('tbody tr').count(), applied.length);
	// A member's name is seen whole where two lines are enough for it.
	const shown = await page.locator('.map .member > :not(title)').evaluateAll((all) => all.map((it) => it.textContent ?? ''));
	for (const name of MEMBERS) assert.ok(shown.some((text) => text.endsWith(name)), `${name}: ${shown.join(', ')}`);
	const cut = await page.locator('.map .member .name').evaluateAll((all) => all.filter((it) => it.scrollHeight > it.clientHeight).length);
	assert.equal(cut, 0);
});

test('an application is put to the vote', async () => {
	await visit(page, '/operator/motions', '.empty');
	const row = page.locator('section.sheet tbody tr').filter({ has: page.locator(`th:text-is("${CHANNEL}")`) });
	await sign(FIRST, row.locator('button'));
	await page.locator(MOTION).waitFor(BLOCKS);
	const effect = await page.locator(`${MOTION} .effects`).innerText();
	assert.ok(effect.includes(`opens channel ${CHANNEL} (${SELLER} → ${ISSUER}): ${SELLER} may sell ${ISSUER}'s products`), effect);
	await page.getByText('0 for it, 3 needed, of 5 seats').waitFor();
	// The same in Chinese, for who may read: names as they are, the sentence of these pages.
	await visit(reader, '/operator/motions', MOTION);
	const chinese = await reader.locator(`${MOTION} .effects`).innerText();
	assert.ok(chinese.includes(`开通通道 ${CHANNEL}：${SELLER} 可销售 ${ISSUER} 的产品`), chinese);
});

test('who may read is offered nothing more, and gets nothing more', async () => {
	for (const path of PAGES) {
		await visit(reader, `/operator${path}`, 'main h1');
		assert.equal(await reader.locator('main .actions button, main input[type=file], main .powers button').count(), 0, path);
	}
	await reader.goto(`${url}/operator/alarms`);
	await reader.locator('main p').waitFor();
	assert.match(await reader.locator('main').innerText(), /monitor/);
	const { cookie, csrf } = await session(reader);
	const vote = { account: FIRST, call: { action: 'vote', motion: 0, hash: '0x00', aye: true } };
	for (const path of ['/v1/unsigned', '/v1/submit']) {
		assert.equal(await post(path, { cookie, 'x-csrf-token': csrf }, vote), '403 forbidden', path);
	}
	for (const path of ['/v1/alarms', '/v1/node', '/v1/users']) {
		assert.equal((await fetch(`${url}${path}`, { headers: { cookie } })).status, 403, path);
	}
});

test('votes leave as files, and are shown when they are back', async () => {
	const votes = [FIRST, SECOND, THIRD];
	for (const [before, who] of votes.entries()) {
		await sign(who as string, page.locator(`${MOTION} .actions button`).first());
		await page.getByText(`${before + 1} for it, 3 needed, of 5 seats`).waitFor(BLOCKS);
		const motions = (await onChain('council', 'list')) as { ayes: string[] }[];
		assert.equal(motions[0]?.ayes.length, before + 1);
	}
	await page.locator(`${MOTION} .badge.good`).waitFor(BLOCKS);
	// It is an alarm until somebody closes it.
	await visit(page, '/operator/alarms', '[data-alarm=motion_ready]');
	await visit(page, '/operator/motions', MOTION);
	await sign(FOURTH as string, page.locator(`${MOTION} .actions button`).last());
	await page.locator(MOTION).waitFor({ state: 'detached' });
	await visit(page, '/operator', '.map .member');
	// A line that is level has no height: it is there, and the browser's test calls it hidden.
	await page.locator('.map > svg path.granted').waitFor({ ...BLOCKS, state: 'attached' });
	assert.equal(await page.locator('.map > svg path.granted').count(), 1);
});

test('a calendar is announced by a page, and its days are shown', async () => {
	await visit(page, '/operator/calendars', '.empty');
	await page.setInputFiles('input[data-slot=calendar]', told('SEALANE_TEST_CALENDAR'));
	await page.locator('.months').waitFor();
	await page.locator('input[type=number]').fill(told('SEALANE_TEST_FROM_BLOCK'));
	await page.locator('form button.main').click();
	const signed = await signElsewhere(told('SEALANE_TEST_ISSUER_SURI'));
	await page.goto(`${url}/operator/motions`);
	await handIn(signed);
	await visit(page, '/operator/calendars', 'details[open] .months');
	assert.match(await page.locator('main h2').first().innerText(), new RegExp(ISSUER));
	await page.locator('details .day.holiday[title^="2026-10-01"]').waitFor();
	await page.locator('details .day.open[title^="2026-03-02"]').waitFor();
});

test('validators, emergencies and the runtime are shown as they are', async () => {
	await visit(page, '/operator/validators', 'section.sheet tbody tr');
	assert.equal(await page.locator('section.sheet tbody tr').count(), MEMBERS.length);
	const made = await page.locator('section.sheet tbody td:nth-child(3)').allInnerTexts();
	assert.ok(made.reduce((sum, text) => sum + Number(text), 0) > 0, made.join(' '));
	await page.locator('figure canvas').waitFor();
	await visit(page, '/operator/emergency', '.powers tbody tr');
	await visit(page, '/operator/upgrade', '.facts');
	assert.match(await page.locator('.facts').innerText(), /sealane 1\b/);
	await visit(page, '/operator/agreements', 'main h1');
	await visit(page, '/account', 'main h1');
	await visit(page, '/audit', 'main h1');
});

test('no page complained', () => {
	assert.deepEqual(unexpected(complaints.flat()), []);
});
