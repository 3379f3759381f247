// SPDX-License-Identifier: Apache-2.0

import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isDay } from './format';

interface Props {
	label: string;
	/** The name in its form. */
	name?: string;
	/** The day that is shown at first, and whenever it changes. */
	day?: string | undefined;
	/** A whole day was typed or chosen. */
	onDay?: (day: string) => void;
}

/**
 * A day, written YYYY-MM-DD whatever the language: the browser's own date field writes it as its installation does, and not as the page. That
 * field's calendar is behind the button.
 */
export function DayField({ label, name, day = '', onDay }: Props) {
	const { t } = useTranslation();
	const id = useId();
	const calendar = useRef<HTMLInputElement>(null);
	const [typed, setTyped] = useState(day);
	useEffect(() => setTyped(day), [day]);
	const take = (value: string) => {
		setTyped(value);
		if (isDay(value)) onDay?.(value);
	};
	return (
		<div className="field">
			<label htmlFor={id}>{label}</label>
			<span className="day-field">
				<input
					id={id}
					name={name}
					value={typed}
					inputMode="numeric"
					pattern="\d{4}-\d{2}-\d{2}"
					placeholder="YYYY-MM-DD"
					maxLength={10}
					autoComplete="off"
					spellCheck={false}
					onChange={(event) => take(event.currentTarget.value.trim())}
				/>
				<input
					ref={calendar}
					type="date"
					className="calendar"
					tabIndex={-1}
					aria-hidden="true"
					value={isDay(typed) ? typed : ''}
					onChange={(event) => {
						if (event.currentTarget.value !== '') take(event.currentTarget.value);
					}}
				/>
				<button type="button" aria-label={t('ui.chooseDay')} title={t('ui.chooseDay')} onClick={() => calendar.current?.showPicker()}>
					<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5">
						<path d="M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 1.5v3M10.5 1.5v3" />
					</svg>
				</button>
			</span>
		</div>
	);
}
