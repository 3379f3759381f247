// SPDX-License-Identifier: Apache-2.0
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where a running terminal answers while one works on the pages: `SEALANE_API=http://127.0.0.1:9966 npm run dev`. */
const api = process.env['SEALANE_API'] ?? 'http://127.0.0.1:9966';

export default defineConfig({
	plugins: [react()],
	build: {
		target: 'es2022',
		// The pages' policy allows nothing inline: no data URLs of scripts, no script that the bundler adds.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		sourcemap: false,
		reportCompressedSize: true,
		chunkSizeWarningLimit: 500,
	},
	server: {
		proxy: Object.fromEntries(
			['/v1', '/rpc', '/healthz', '/readyz', '/openapi.json'].map((path) => [path, { target: api }]),
		),
	},
});
