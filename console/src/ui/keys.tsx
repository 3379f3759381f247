// SPDX-License-Identifier: Apache-2.0

import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialog';

/** A key, or two in a row with a blank between, and what it does. */
export interface Key {
	keys: string;
	label: string;
	act: () => void;
}

/** Time between two keys in a row, in ms. */
const IN_A_ROW_MS = 1_000;

interface Registry {
	add(keys: readonly Key[]): () => void;
}

const Keys = createContext<Registry>({ add: () => () => undefined });

const isTyping = (target: EventTarget | null) =>
	target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

/** Listens to the keyboard for the pages in it, and shows all keys with `?`. */
export function KeysProvider({ children }: { children: ReactNode }) {
	const lists = useRef(new Set<readonly Key[]>());
	const first = useRef<{ key: string; at: number } | undefined>(undefined);
	const [help, setHelp] = useState(false);
	const registry = useMemo<Registry>(
		() => ({
			add(keys) {
				lists.current.add(keys);
				return () => lists.current.delete(keys);
			},
		}),
		[],
	);
	useEffect(() => {
		const listen = (event: KeyboardEvent) => {
			if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
			if (document.querySelector('dialog[open]') !== null) return;
			if (event.key === '?') {
				setHelp(true);
				return;
			}
			const before = first.current;
			const pair = before && event.timeStamp - before.at < IN_A_ROW_MS ? `${before.key} ${event.key}` : '';
			const all = [...lists.current].flat();
			const found = all.find((key) => key.keys === pair) ?? all.find((key) => key.keys === event.key);
			first.current = found ? undefined : { key: event.key, at: event.timeStamp };
			if (found === undefined) return;
			event.preventDefault();
			found.act();
		};
		document.addEventListener('keydown', listen);
		return () => document.removeEventListener('keydown', listen);
	}, []);
	return (
		<Keys.Provider value={registry}>
			{children}
			{help ? <KeysHelp keys={[...lists.current].flat()} onClose={() => setHelp(false)} /> : null}
		</Keys.Provider>
	);
}

/** Adds keys while the component is shown. `keys` has to be the same list until something in it changes. */
export function useKeys(keys: readonly Key[]): void {
	const registry = useContext(Keys);
	useEffect(() => registry.add(keys), [keys, registry]);
}

function KeysHelp({ keys, onClose }: { keys: readonly Key[]; onClose: () => void }) {
	const { t } = useTranslation();
	const always = [
		['j ↓', t('ui.keyDown')],
		['k ↑', t('ui.keyUp')],
		['Home', t('ui.keyFirst')],
		['End', t('ui.keyLast')],
		['Enter', t('ui.keyOpen')],
		['Esc', t('ui.keyClose')],
		['?', t('ui.keyHelp')],
	] as const;
	const rows = [...keys.map((key) => [key.keys, key.label] as const), ...always];
	return (
		<Dialog title={t('app.keys')} onClose={onClose}>
			<dl className="keys">
				{rows.map(([key, label]) => (
					<div key={key}>
						<dt>
							{key.split(' ').map((part, index) => (
								<kbd key={index}>{part}</kbd>
							))}
						</dt>
						<dd>{label}</dd>
					</div>
				))}
			</dl>
		</Dialog>
	);
}
