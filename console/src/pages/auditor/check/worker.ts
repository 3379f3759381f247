// SPDX-License-Identifier: Apache-2.0

import type { PackRow, PackView, Step } from './answers';
import { Verifier, type Files } from './module';

/** What the page asks of the worker. */
export type Asked = { kind: 'check'; module: ArrayBuffer; files: Files } | { kind: 'show'; number: number };
/** What the worker says. Rows of packs come in groups. */
export type Said =
	| { kind: 'step'; step: Exclude<Step, PackRow> }
	| { kind: 'rows'; rows: PackRow[] }
	| { kind: 'pack'; pack: PackView }
	/** The verifier stopped: out of memory, or a fault of its own. Nothing it said before counts. */
	| { kind: 'stopped'; reason: string };

/** Rows are told together for so long, in ms. */
const TOGETHER_MS = 100;

let verifier: Verifier | undefined;
const say = (said: Said) => self.postMessage(said);

async function check(module: ArrayBuffer, files: Files): Promise<void> {
	verifier = await Verifier.of(await WebAssembly.compile(module), files);
	let rows: PackRow[] = [];
	let told = performance.now();
	const tell = () => {
		if (rows.length > 0) say({ kind: 'rows', rows });
		[rows, told] = [[], performance.now()];
	};
	for (let step = verifier.next(); step !== undefined; step = verifier.next()) {
		if (step.step === 'pack') {
			rows.push(step);
			if (performance.now() - told > TOGETHER_MS) tell();
		} else {
			tell();
			say({ kind: 'step', step });
		}
	}
}

async function answer(asked: Asked): Promise<void> {
	if (asked.kind === 'check') return check(asked.module, asked.files);
	const pack = verifier?.show(asked.number);
	if (pack !== undefined) say({ kind: 'pack', pack });
}

self.addEventListener('message', (event: MessageEvent<Asked>) => {
	answer(event.data).catch((error: unknown) => {
		verifier = undefined;
		say({ kind: 'stopped', reason: error instanceof Error ? error.message : String(error) });
	});
});
