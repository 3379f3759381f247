// SPDX-License-Identifier: Apache-2.0

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import type { Schemas } from './queries';
import type { Action } from './sign';

type Proposal = Schemas['Proposal'];
type Argument = 'member' | 'channel' | 'reason' | 'pallet' | 'name';

/** What a power has to be told. */
const ARGUMENTS: Record<string, readonly Argument[]> = {
	suspend_channel: ['channel', 'reason'],
	resume_channel: ['channel'],
	suspend_member: ['member'],
	reinstate_member: ['member'],
	pause_call: ['pallet', 'name'],
	unpause_call: ['pallet', 'name'],
};
const NUMBERS: readonly Argument[] = ['member', 'channel'];

interface Props {
	/** The name of the power in proposals. */
	call: string;
	title: string;
	onClose: () => void;
	onPropose: (action: Action) => void;
}

/** Asks for what the power needs, and puts it to the vote. */
export function PowerDialog({ call, title, onClose, onPropose }: Props) {
	const { t } = useTranslation();
	const names = ARGUMENTS[call] ?? [];
	const [values, setValues] = useState<Partial<Record<Argument, string>>>({});
	return (
		<Dialog title={title} onClose={onClose}>
			<p>{t('operator.emergency.proposeAbout')}</p>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					const given = names.map((name) => [name, NUMBERS.includes(name) ? Number(values[name]) : (values[name] ?? '')] as const);
					// The names are those of the API's proposals; it refuses what is wrong with them.
					const proposal = { call, ...Object.fromEntries(given) } as unknown as Proposal;
					onPropose({ action: 'propose', proposal });
				}}
			>
				{names.map((name) => (
					<Field
						key={name}
						label={t(`operator.emergency.argument.${name}`)}
						required
						type={NUMBERS.includes(name) ? 'number' : 'text'}
						min={NUMBERS.includes(name) ? 0 : undefined}
						value={values[name] ?? ''}
						onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
					/>
				))}
				<button type="submit" className="main">
					{t('operator.emergency.propose')}
				</button>
			</form>
		</Dialog>
	);
}
