// SPDX-License-Identifier: Apache-2.0

/** A calendar as it stands in files: docs/integrating/calendars.md. The chain judges it; here it is shown and changed. */

interface Hours {
	order_until: string;
	deliver_until: string;
}

export interface CalendarFile {
	/** The dates that it covers, both included, YYYY-MM-DD. */
	first: string;
	last: string;
	utc_offset: string;
	utc_offset_changes?: { from: string; utc_offset: string }[];
	/** Days of the week that are usually open. */
	open_days: string[];
	hours: Hours;
	/** In the order of their dates. */
	exceptions?: { date: string; day: 'closed' | 'open' | { open_with: Hours } }[];
}

/** How a day is: as usual, or by an exception. */
export type DayKind = 'open' | 'closed' | 'opened' | 'holiday' | 'half';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MS = 86_400_000;
/** Most months that are shown: a calendar covers two years. */
const MOST_MONTHS = 24;

const timeOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a text has the form of a calendar, as far as it is shown: what else is wrong with it the chain says. */
export function isCalendar(value: unknown): value is CalendarFile {
	const calendar = value as CalendarFile | null;
	if (typeof calendar !== 'object' || calendar === null || typeof calendar.hours?.order_until !== 'string') return false;
	const isDate = (date: unknown) => typeof date === 'string' && DATE.test(date) && !Number.isNaN(timeOf(date));
	const { first, last, open_days, exceptions } = calendar;
	return isDate(first) && isDate(last) && Array.isArray(open_days) && (exceptions === undefined || Array.isArray(exceptions));
}

/** What holds on a date; undefined where the calendar does not cover it. */
export function kindOf(calendar: CalendarFile, date: string): DayKind | undefined {
	if (date < calendar.first || date > calendar.last) return undefined;
	const exception = calendar.exceptions?.find((exception) => exception.date === date)?.day;
	if (exception === 'closed') return 'holiday';
	if (exception === 'open') return 'opened';
	if (exception !== undefined) return 'half';
	return isUsuallyOpen(calendar, date) ? 'open' : 'closed';
}

const isUsuallyOpen = (calendar: CalendarFile, date: string) =>
	calendar.open_days.includes(WEEKDAYS[new Date(timeOf(date)).getUTCDay()] ?? '');

/** The calendar in which a date is the other way: an exception is taken back, or made. */
export function toggled(calendar: CalendarFile, date: string): CalendarFile {
	const others = (calendar.exceptions ?? []).filter((exception) => exception.date !== date);
	if (others.length < (calendar.exceptions ?? []).length) return { ...calendar, exceptions: others };
	const day = isUsuallyOpen(calendar, date) ? 'closed' : 'open';
	const exceptions = [...others, { date, day } as const].sort((a, b) => (a.date < b.date ? -1 : 1));
	return { ...calendar, exceptions };
}

/** The months that a calendar covers: each with the blanks before its first day, weeks beginning on Monday. */
export function monthsOf(calendar: CalendarFile): { month: string; blanks: number; days: string[] }[] {
	const months = [];
	let [year, month] = [Number(calendar.first.slice(0, 4)), Number(calendar.first.slice(5, 7)) - 1];
	while (months.length < MOST_MONTHS) {
		const begin = Date.UTC(year, month, 1);
		if (dateOf(begin) > calendar.last) break;
		[year, month] = month === 11 ? [year + 1, 0] : [year, month + 1];
		const length = (Date.UTC(year, month, 1) - begin) / DAY_MS;
		months.push({
			month: dateOf(begin).slice(0, 7),
			blanks: (new Date(begin).getUTCDay() + 6) % 7,
			days: Array.from({ length }, (_, day) => dateOf(begin + day * DAY_MS)),
		});
	}
	return months;
}
