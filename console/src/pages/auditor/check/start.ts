// SPDX-License-Identifier: Apache-2.0

import module from './verifier.wasm?url';

/** A worker of its own for each check. */
export const startWorker = (): Worker => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

/** The verifier's module, from the server that the pages came from. */
export async function verifierModule(): Promise<ArrayBuffer> {
	const response = await fetch(module);
	if (!response.ok) throw new Error(`HTTP ${response.status}`);
	return response.arrayBuffer();
}
