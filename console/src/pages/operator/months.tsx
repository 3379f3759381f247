// SPDX-License-Identifier: Apache-2.0

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { kindOf, monthsOf, type CalendarFile } from './calendar';

interface Props {
	calendar: CalendarFile;
	/** What a press on a day does; without it the days are only shown. */
	onDay?: (date: string) => void;
}

/** The months of a calendar, each day by what holds on it. */
export function Months({ calendar, onDay }: Props) {
	const { t } = useTranslation();
	const months = useMemo(() => monthsOf(calendar), [calendar]);
	return (
		<>
			<p className="quiet">
				{t('operator.calendars.hours', {
					order: calendar.hours.order_until,
					deliver: calendar.hours.deliver_until,
					offset: calendar.utc_offset,
				})}
			</p>
			<div className="months">
				{months.map(({ month, blanks, days }) => (
					<div key={month}>
						<strong>{month}</strong>
						<div className="days">
							{Array.from({ length: blanks }, (_, blank) => (
								<span key={blank} />
							))}
							{days.map((date) => (
								<Day key={date} date={date} calendar={calendar} onDay={onDay} />
							))}
						</div>
					</div>
				))}
			</div>
			<p className="legend">
				{(['open', 'closed', 'holiday', 'opened', 'half'] as const).map((kind) => (
					<span key={kind}>
						<span className={`day ${kind}`} aria-hidden="true" />
						{t(`operator.calendars.kind.${kind}`)}
					</span>
				))}
			</p>
		</>
	);
}

function Day({ date, calendar, onDay }: { date: string } & Pick<Props, 'calendar'> & { onDay: Props['onDay'] }) {
	const { t } = useTranslation();
	const kind = kindOf(calendar, date);
	const day = Number(date.slice(8));
	if (kind === undefined) return <span className="day beyond">{day}</span>;
	const title = `${date}: ${t(`operator.calendars.kind.${kind}`)}`;
	if (onDay === undefined) {
		return (
			<span className={`day ${kind}`} title={title}>
				{day}
			</span>
		);
	}
	return (
		<button type="button" className={`day ${kind}`} title={title} aria-label={title} onClick={() => onDay(date)}>
			{day}
		</button>
	);
}
