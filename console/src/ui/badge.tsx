// SPDX-License-Identifier: Apache-2.0

/** How a state is meant: nothing to do, under way, somebody has to look, wrong. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet';

/** A state in a word; the colour only says it again. */
export function Badge({ tone, children }: { tone: Tone; children: string }) {
	return <span className={`badge ${tone}`}>{children}</span>;
}
