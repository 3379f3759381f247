// SPDX-License-Identifier: Apache-2.0
// Pictures of every page of a terminal that runs, in both languages: `node tools/screenshots.mjs FOLDER LINK`, with the link of the first
// user that `scripts/demo --keep` prints. The folder gets a file per page and language: seller-orders.zh-CN.png.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const PASSWORD = 'only for pictures, 1';
/** What a page says while it asks, in both languages. */
const LOADING = ['Loading …', '加载中…'];
const LANGUAGES = ['zh-CN', 'en'];
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Longest wait for anything that a page does, in ms. */
const PATIENCE_MS = 60_000;

const [folder, link] = process.argv.slice(2);
if (!folder || !link?.includes('/password#')) {
	console.error('usage: node tools/screenshots.mjs FOLDER LINK, where LINK is http://…/password#…');
	process.exit(2);
}
const executablePath = BROWSERS.find(existsSync);
if (!executablePath) throw new Error('chromium is not installed');
await mkdir(folder, { recursive: true });
const { origin } = new URL(link);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
let isFirst = true;
try {
	for (const locale of LANGUAGES) {
		const context = await browser.newContext({ locale, viewport: { width: 1280, height: 800 } });
		context.setDefaultTimeout(PATIENCE_MS);
		const page = await context.newPage();
		if (isFirst) {
			await page.goto(link);
			await page.locator('input[name=password]').fill(PASSWORD);
			await page.locator('form button.main').click();
			await page.locator('a.button.main').waitFor();
			isFirst = false;
		}
		await page.goto(origin);
		await page.locator('input[name=name]').fill('admin');
		await page.locator('input[name=password]').fill(PASSWORD);
		await page.locator('form button.main').click();
		await page.locator('nav a').first().waitFor();
		const addresses = await page.locator('nav a').evaluateAll((links) => links.map((it) => it.getAttribute('href')));
		for (const address of new Set(addresses.filter((it) => it?.startsWith('/')))) {
			await page.goto(`${origin}${address}`);
			await page.locator('main h1').waitFor();
			await page.waitForFunction((words) => !words.some((word) => document.body.innerText.includes(word)), LOADING);
			await page.evaluate(() => document.fonts.ready);
			const name = address.replace(/\?.*$/, '').replace(/^\//, '').replaceAll('/', '-') || 'start';
			const path = join(folder, `${name}.${locale}.png`);
			await page.screenshot({ path });
			console.log(path);
		}
		await context.close();
	}
} finally {
	await browser.close();
}
