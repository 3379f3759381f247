// SPDX-License-Identifier: Apache-2.0

/** The same as `start.ts` for the one file that works without a server: worker and module are in it. */

// With all assets in the file this address is the module itself: data:application/wasm;base64,…
import module from './verifier.wasm?url';
import InlineWorker from './worker.ts?worker&inline';

export const startWorker = (): Worker => new InlineWorker();

/** The module out of its data URL. */
export async function verifierModule(): Promise<ArrayBuffer> {
	const digits = atob(module.slice(module.indexOf(',') + 1));
	return Uint8Array.from(digits, (digit) => digit.charCodeAt(0)).buffer;
}
