// SPDX-License-Identifier: Apache-2.0

import { useId, type InputHTMLAttributes, type SelectHTMLAttributes } from 'react';

type Labelled = { label: string; hint?: string | undefined };

/** An input with its label. */
export function Field({ label, hint, ...input }: Labelled & InputHTMLAttributes<HTMLInputElement>) {
	const id = useId();
	const described = hint ? { 'aria-describedby': `${id}-hint` } : {};
	return (
		<div className="field">
			<label htmlFor={id}>{label}</label>
			<input id={id} {...described} {...input} />
			{hint ? (
				<small id={`${id}-hint`} className="quiet">
					{hint}
				</small>
			) : null}
		</div>
	);
}

/** A choice with its label; its values with the texts that are shown for them. */
export function Choice<Value extends string>({
	label,
	options,
	onChoose,
	...select
}: Omit<Labelled, 'hint'> & {
	options: readonly (readonly [Value, string])[];
	onChoose: (value: Value) => void;
} & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'>) {
	const id = useId();
	return (
		<div className="field">
			<label htmlFor={id}>{label}</label>
			<select id={id} {...select} onChange={(event) => onChoose(event.currentTarget.value as Value)}>
				{options.map(([value, text]) => (
					<option key={value} value={value}>
						{text}
					</option>
				))}
			</select>
		</div>
	);
}
