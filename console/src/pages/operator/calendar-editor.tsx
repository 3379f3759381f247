// SPDX-License-Identifier: Apache-2.0

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ChooseFile } from '../../ui/choose-file';
import { Field } from '../../ui/field';
import { isCalendar, toggled, type CalendarFile } from './calendar';
import { Months } from './months';
import type { Action } from './sign';

interface Props {
	/** With what it begins; a file is chosen where there is nothing. */
	product: string;
	calendar: CalendarFile | undefined;
	onSign: (action: Action) => void;
}

/** Announces a calendar: days are pressed open or closed, and the call leaves to be signed by the issuer's manager. */
export function CalendarEditor({ product: firstProduct, calendar: firstCalendar, onSign }: Props) {
	const { t } = useTranslation();
	const [product, setProduct] = useState(firstProduct);
	const [from, setFrom] = useState('');
	const [calendar, setCalendar] = useState(firstCalendar);
	const [isWrong, setWrong] = useState(false);
	const read = async (file: File) => {
		let value: unknown;
		try {
			value = JSON.parse(await file.text());
		} catch {
			value = undefined;
		}
		setWrong(!isCalendar(value));
		if (isCalendar(value)) setCalendar(value);
	};
	return (
		<section className="sheet">
			<h2>{t('operator.calendars.announce')}</h2>
			<p>
				<ChooseFile label={t('operator.calendars.file')} slot="calendar" onChoose={(file) => void read(file)} />
			</p>
			{isWrong ? (
				<p className="failure" role="alert">
					{t('operator.calendars.noCalendar')}
				</p>
			) : null}
			{calendar ? (
				<form
					onSubmit={(event) => {
						event.preventDefault();
						const given = product !== '' ? { product } : {};
						// The API takes the file as it is, and says what is wrong with it.
						onSign({ action: 'announce_calendar', calendar: calendar as never, from_block: Number(from), ...given });
					}}
				>
					<p>{t('operator.calendars.press')}</p>
					<Months calendar={calendar} onDay={(date) => setCalendar(toggled(calendar, date))} />
					<div className="filters top">
						<Field
							label={t('operator.calendars.product')}
							hint={t('operator.calendars.productHint')}
							value={product}
							onChange={(event) => setProduct(event.currentTarget.value)}
						/>
						<Field
							label={t('operator.calendars.from')}
							type="number"
							min={1}
							required
							value={from}
							onChange={(event) => setFrom(event.currentTarget.value)}
						/>
					</div>
					<button type="submit" className="main">
						{t('operator.calendars.export')}
					</button>
				</form>
			) : null}
		</section>
	);
}
