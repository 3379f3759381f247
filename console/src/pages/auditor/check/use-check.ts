// SPDX-License-Identifier: Apache-2.0

import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { Begun, Done, PackRow, PackView, Refusal } from './answers';
import type { Files } from './module';
import { startWorker, verifierModule } from './start';
import type { Asked, Said } from './worker';

/** How far a check is, and what it showed so far. */
export interface Checked {
	phase: 'idle' | 'running' | 'done' | 'refused' | 'stopped';
	begun?: Begun;
	rows: readonly PackRow[];
	done?: Done;
	refusal?: Refusal;
	/** Why the verifier stopped. */
	reason?: string;
	/** The pack that is shown whole. */
	pack?: PackView;
}

const IDLE: Checked = { phase: 'idle', rows: [] };

type Act = { kind: 'begin' } | { kind: 'leave' } | { kind: 'close' } | Said;

function next(checked: Checked, act: Act): Checked {
	switch (act.kind) {
		case 'begin':
			return { phase: 'running', rows: [] };
		case 'leave':
			return IDLE;
		case 'close': {
			const { pack: _, ...rest } = checked;
			return rest;
		}
		case 'rows':
			return { ...checked, rows: [...checked.rows, ...act.rows] };
		case 'pack':
			return { ...checked, pack: act.pack };
		case 'stopped':
			return { phase: 'stopped', rows: [], reason: act.reason };
		case 'step':
			switch (act.step.step) {
				case 'begun':
					return { ...checked, begun: act.step };
				case 'refused':
					return { ...checked, phase: 'refused', refusal: act.step };
				case 'done':
					return { ...checked, phase: 'done', done: act.step };
			}
	}
}

/** Checks files in a worker, which is ended when the page is left or another check begins. */
export function useCheck() {
	const [checked, act] = useReducer(next, IDLE);
	const worker = useRef<Worker | undefined>(undefined);
	const end = useCallback(() => {
		worker.current?.terminate();
		worker.current = undefined;
	}, []);
	useEffect(() => end, [end]);

	const begin = useCallback(
		async (files: Files) => {
			end();
			act({ kind: 'begin' });
			const own = startWorker();
			worker.current = own;
			const ifOwn = (said: Said) => {
				if (worker.current === own) act(said);
			};
			own.addEventListener('message', (event: MessageEvent<Said>) => ifOwn(event.data));
			own.addEventListener('error', (event) => ifOwn({ kind: 'stopped', reason: event.message }));
			try {
				const module = await verifierModule();
				own.postMessage({ kind: 'check', module, files } satisfies Asked);
			} catch (error) {
				ifOwn({ kind: 'stopped', reason: error instanceof Error ? error.message : String(error) });
			}
		},
		[end],
	);
	const show = useCallback((number: number) => {
		worker.current?.postMessage({ kind: 'show', number } satisfies Asked);
	}, []);
	const close = useCallback(() => act({ kind: 'close' }), []);
	const leave = useCallback(() => {
		end();
		act({ kind: 'leave' });
	}, [end]);
	return { checked, begin, show, close, leave };
}
