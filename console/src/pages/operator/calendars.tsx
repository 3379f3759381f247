// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { Empty } from '../../ui/empty';
import { visible } from '../../ui/foreign';
import { Loaded } from '../../ui/query';
import { isCalendar, type CalendarFile } from './calendar';
import { CalendarEditor } from './calendar-editor';
import { Months } from './months';
import { ask, type Schemas } from './queries';
import { SignDialog, type Action } from './sign';
import './operator.css';

type Calendar = Schemas['CalendarPage']['calendars'][number];

/** What is being changed: a calendar that is there, or a new one. */
interface Draft {
	product: string;
	calendar: CalendarFile | undefined;
}

/** On which days issuers take orders, and until when. */
export function CalendarsPage() {
	const { t } = useTranslation();
	const calendars = useQuery(ask.calendars);
	const mayGovern = useMay('govern');
	const [draft, setDraft] = useState<Draft>({ product: '', calendar: undefined });
	const [action, setAction] = useState<Action | undefined>(undefined);
	return (
		<>
			<h1>{t('operator.calendars.title')}</h1>
			<Loaded query={calendars}>
				{({ calendars }) =>
					calendars.length === 0 ? (
						<Empty title={t('operator.calendars.none')}>
							<p>{t('operator.calendars.noneTodo')}</p>
						</Empty>
					) : (
						calendars.map((calendar) => (
							<CalendarSheet
								key={`${calendar.issuer}:${calendar.product ?? ''}`}
								calendar={calendar}
								onChange={mayGovern ? setDraft : undefined}
								onSign={mayGovern ? setAction : undefined}
							/>
						))
					)
				}
			</Loaded>
			{mayGovern ? <CalendarEditor key={JSON.stringify(draft)} product={draft.product} calendar={draft.calendar} onSign={setAction} /> : null}
			{action ? <SignDialog action={action} seats={[]} onClose={() => setAction(undefined)} /> : null}
		</>
	);
}

interface SheetProps {
	calendar: Calendar;
	onChange: ((draft: Draft) => void) | undefined;
	onSign: ((action: Action) => void) | undefined;
}

function CalendarSheet({ calendar, onChange, onSign }: SheetProps) {
	const { t } = useTranslation();
	const versions = [
		['inForce', calendar.in_force],
		['next', calendar.next],
	] as const;
	const product = calendar.product ?? '';
	return (
		<section className="sheet">
			<h2>
				<bdi>{visible(calendar.issuer_name)}</bdi> · {product !== '' ? <bdi>{visible(product)}</bdi> : t('operator.calendars.all')}
			</h2>
			{versions.map(([name, version]) =>
				version ? (
					<details key={name} open={name === 'next'}>
						<summary>{t(`operator.calendars.${name}`, { version: version.version, block: version.from_block })}</summary>
						<Version calendar={version.calendar} onChange={onChange && ((calendar) => onChange({ product, calendar }))} />
						{name === 'next' && onSign ? (
							<button type="button" onClick={() => onSign({ action: 'withdraw_calendar', ...(product !== '' ? { product } : {}) })}>
								{t('operator.calendars.withdraw')}
							</button>
						) : null}
					</details>
				) : null,
			)}
		</section>
	);
}

/** A version; in the words of its file where these pages do not know its form. */
function Version({ calendar, onChange }: { calendar: unknown; onChange: ((calendar: CalendarFile) => void) | undefined }) {
	const { t } = useTranslation();
	if (!isCalendar(calendar)) {
		return (
			<pre tabIndex={0} className="words">
				{JSON.stringify(calendar, null, 2)}
			</pre>
		);
	}
	return (
		<>
			<Months calendar={calendar} />
			{onChange ? (
				<button type="button" onClick={() => onChange(calendar)}>
					{t('operator.calendars.change')}
				</button>
			) : null}
		</>
	);
}
