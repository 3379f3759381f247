// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Debian's browser, or any other that is Chromium. */
export const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Longest wait for anything that a page does, in ms: the machine may have much else to do. */
const PATIENCE_MS = 60_000;

/** Starts the browser. It has to be closed. */
export function startBrowser(): Promise<Browser> {
	if (BROWSER === undefined) throw new Error('chromium is not installed');
	// Root has no sandbox; the pages that it opens are the project's own.
	return chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A page, and what it complained of: errors of its scripts, and of its policy. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	context.setDefaultTimeout(PATIENCE_MS);
	const page = await context.newPage();
	const complaints: string[] = [];
	page.on('pageerror', (error) => complaints.push(error.message));
	page.on('console', (message) => {
		if (message.type() === 'error') complaints.push(message.text());
	});
	return { page, complaints };
}

/** What axe finds serious or worse on a page: the rule and where. */
export async function seriousFaults(page: Page): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	return violations
		.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}
