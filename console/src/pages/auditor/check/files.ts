// SPDX-License-Identifier: Apache-2.0

import type { FileKind } from './answers';

/** The files that one can put on the page. */
export type Slot = Exclude<FileKind, 'known'>;
export const SLOTS: readonly Slot[] = ['evidence', 'specification', 'checkpoint'];

/** Largest file of each kind, in bytes: as the verifier reads them, a set of packs being the largest. */
export const MOST_BYTES: Record<Slot, number> = {
	evidence: 256 * 2 ** 20,
	specification: 64 * 2 ** 20,
	checkpoint: 16 * 2 ** 20,
};

/** How much of a file is looked at to see what it is, in bytes. */
const LOOKED_AT = 64 * 1024;

/** What a file is, by how it begins. The verifier reads it anew: a wrong guess is refused there. */
export async function slotOf(file: File): Promise<Slot> {
	const start = await file.slice(0, LOOKED_AT).text();
	const format = /"format"\s*:\s*"sealane-([a-z]+)/.exec(start)?.[1];
	if (format === 'checkpoint') return 'checkpoint';
	if (format !== undefined) return 'evidence';
	return /"(genesis|chainType|bootNodes)"\s*:/.test(start) ? 'specification' : 'evidence';
}
