// SPDX-License-Identifier: Apache-2.0

import type { FileKind, PackView, Step } from './answers';

/** The bytes of each file of a check. */
export type Files = Partial<Record<FileKind, Uint8Array>>;

/** The numbers of the kinds of files in the verifier's interface. */
const KINDS: readonly FileKind[] = ['evidence', 'specification', 'checkpoint', 'known'];

/** What the module exports: `console/verifier/src/lib.rs`. */
interface Exports {
	memory: WebAssembly.Memory;
	input(length: number): number;
	give(kind: number): number;
	next(): number;
	show(number: number): number;
	answer(): number;
}

/** One check of the project's own verifier. The module imports nothing: it sees these bytes, and nothing else. */
export class Verifier {
	private constructor(private readonly exports: Exports) {}

	static async of(module: WebAssembly.Module, files: Files): Promise<Verifier> {
		const instance = await WebAssembly.instantiate(module, {});
		const verifier = new Verifier(instance.exports as unknown as Exports);
		KINDS.forEach((kind, number) => {
			const bytes = files[kind];
			if (bytes !== undefined) verifier.give(number, bytes);
		});
		return verifier;
	}

	/** Does the next piece of work; undefined where none is left. */
	next(): Step | undefined {
		return this.read<Step>(this.exports.next());
	}

	/** All that is known of one pack. */
	show(number: number): PackView | undefined {
		return this.read<PackView>(this.exports.show(number));
	}

	private give(kind: number, bytes: Uint8Array): void {
		const at = this.exports.input(bytes.length);
		// The memory may have grown: its view is made afterwards.
		new Uint8Array(this.exports.memory.buffer, at, bytes.length).set(bytes);
		this.exports.give(kind);
	}

	private read<Answer>(length: number): Answer | undefined {
		if (length === 0) return undefined;
		const bytes = new Uint8Array(this.exports.memory.buffer, this.exports.answer(), length);
		return JSON.parse(new TextDecoder().decode(bytes)) as Answer;
	}
}
