// SPDX-License-Identifier: Apache-2.0
// Writes the auditor's page as one HTML file that needs no server: `npm run auditor -- FILE`. Scripts, styles and the verifier are in it; its
// policy lets it load nothing and reach nobody.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

const target = process.argv[2];
if (!target) throw new Error('where to? npm run auditor -- FILE');
const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Takes the module and the worker from inside the file instead of from a server. */
const inline = {
	name: 'inline-verifier',
	enforce: 'pre',
	resolveId: (source, importer) =>
		source === './start' && importer?.includes('/auditor/check/') ? path('src/pages/auditor/check/start-inline.ts') : undefined,
};

const { output } = await build({
	root: path('.'),
	configFile: false,
	logLevel: 'warn',
	plugins: [inline, react()],
	build: {
		write: false,
		target: 'es2022',
		assetsInlineLimit: Number.MAX_SAFE_INTEGER,
		cssCodeSplit: false,
		modulePreload: false,
		rollupOptions: { input: path('src/auditor-alone.tsx'), output: { format: 'iife', inlineDynamicImports: true } },
	},
});
const only = (kind, files) => {
	if (files.length !== 1) throw new Error(`${files.length} files of ${kind}, expected one: ${files.map((file) => file.fileName)}`);
	return files[0];
};
const chunk = only('script', output.filter((file) => file.type === 'chunk'));
const sheet = only('style', output.filter((file) => file.fileName.endsWith('.css')));

// An end tag inside a text would end the element; in a script such text stands in strings and expressions only.
const script = chunk.code.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--');
const style = String(sheet.source);
if (/<\/style/i.test(style)) throw new Error('the style sheet has an end tag in it');
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = [
	"default-src 'none'",
	`script-src ${hash(script)} 'wasm-unsafe-eval'`,
	`style-src ${hash(style)}`,
	'worker-src blob:',
	"form-action 'none'",
	"base-uri 'none'",
].join('; ');
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Sealane: 核验证据 · Check evidence</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<noscript>This page needs JavaScript. 本页面需要启用 JavaScript。</noscript>
<script>${script}</script>
</body>
</html>
`;
await writeFile(target, page);
const sha = createHash('sha256').update(page).digest('hex');
console.log(`${target}: ${Buffer.byteLength(page)} bytes, SHA-256 ${sha}`);
