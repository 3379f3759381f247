// SPDX-License-Identifier: Apache-2.0

/** Numbers and times as texts. Nothing here rounds: an amount is shown with the digits that the API gave. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
	let format = formats.get(zone);
	if (format === undefined) {
		format = new Intl.DateTimeFormat('en-CA', {
			timeZone: zone,
			year: 'numeric',
			month: '2-digit',
			day: '2-digit',
			hour: '2-digit',
			minute: '2-digit',
			second: '2-digit',
			hourCycle: 'h23',
		});
		formats.set(zone, format);
	}
	return format;
}

/** `2026-03-02` and `10:00:00` of a time in Unix ms. */
export function dayAndTime(ms: number, zone: string): { day: string; time: string } {
	const parts = new Map(formatOf(zone).formatToParts(ms).map((part) => [part.type, part.value]));
	const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
	return {
		day: `${of('year')}-${of('month')}-${of('day')}`,
		time: `${of('hour')}:${of('minute')}:${of('second')}`,
	};
}

/** Today in a zone, `YYYY-MM-DD`. */
export const today = (zone: string): string => dayAndTime(Date.now(), zone).day;

/** The day so many days after one, `YYYY-MM-DD`. */
export function addDays(day: string, days: number): string {
	const date = new Date(`${day}T00:00:00Z`);
	date.setUTCDate(date.getUTCDate() + days);
	return date.toISOString().slice(0, 10);
}

/**
 * A decimal with its digits before the point in groups of three, and zeros up to `least` digits behind it; what is no decimal stays as it
 * is.
 */
export function grouped(decimal: string, least = 0): string {
	const match = /^([+-]?)(\d+)(\.\d+)?$/.exec(decimal);
	if (match === null) return decimal;
	const [, sign = '', whole = '', fraction = ''] = match;
	const digits = least > 0 ? (fraction || '.').padEnd(least + 1, '0') : fraction;
	return `${sign === '-' ? '−' : sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${digits}`;
}

/** The sum of decimals, exactly; those that are none count nothing. */
export function sumOf(decimals: Iterable<string>): string {
	let [total, scale] = [0n, 0];
	for (const decimal of decimals) {
		const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal);
		if (match === null) continue;
		const [, sign = '', whole = '', fraction = ''] = match;
		if (fraction.length > scale) {
			total *= 10n ** BigInt(fraction.length - scale);
			scale = fraction.length;
		}
		const value = BigInt(whole + fraction.padEnd(scale, '0'));
		total += sign === '-' ? -value : value;
	}
	const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, '0');
	const point = digits.length - scale;
	return `${total < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
}

/** Whether a text is a day that there is, YYYY-MM-DD. */
export function isDay(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
