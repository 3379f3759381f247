// SPDX-License-Identifier: Apache-2.0

/** Reads the file of what an issuer says that it confirmed: JSON, NDJSON or CSV with a header. */

import type { Said } from './queries';

const FIELDS = ['order', 'outcome', 'amount', 'deal', 'fee', 'nav', 'trade_date', 'units'] as const;

/** A line that cannot be read. */
export class BadLine extends Error {
	constructor(
		/** Its number, from 1. */
		readonly line: number,
		/** The rule that it breaks. */
		readonly rule: string,
	) {
		super(`line ${line}: ${rule}`);
	}
}

/** The confirmations of a file. Other fields than those of a comparison are left out: they are nobody's business here. */
export function readSaid(text: string): Said[] {
	const body = text.replace(/^\ufeff/, '');
	const begins = body.trimStart().charAt(0);
	if (begins === '[') return rows(parse(body, 1)).map((row, index) => saidOf(row, index + 1));
	const lines = body.split(/\r\n|\n|\r/).map((line, index) => ({ line, number: index + 1 }));
	const filled = lines.filter(({ line }) => line.trim() !== '');
	if (begins === '{') return filled.map(({ line, number }) => saidOf(parse(line, number), number));
	const [head, ...rest] = filled;
	if (head === undefined) throw new BadLine(1, 'no header');
	const names = cells(head.line, head.number);
	if (!names.includes('order')) throw new BadLine(head.number, 'the header must have the column `order`');
	return rest.map(({ line, number }) => {
		const values = cells(line, number);
		if (values.length !== names.length) throw new BadLine(number, `${values.length} cells, the header has ${names.length}`);
		return saidOf(Object.fromEntries(names.map((name, index) => [name, values[index]])), number);
	});
}

function parse(text: string, line: number): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new BadLine(line, error instanceof Error ? error.message : 'no JSON');
	}
}

function rows(value: unknown): unknown[] {
	if (!Array.isArray(value)) throw new BadLine(1, 'must be a list');
	return value;
}

function saidOf(row: unknown, line: number): Said {
	if (typeof row !== 'object' || row === null) throw new BadLine(line, 'must be an object');
	const said: Record<string, string> = {};
	for (const field of FIELDS) {
		const value = (row as Record<string, unknown>)[field];
		if (value === undefined || value === null || value === '') continue;
		// A number would have lost its digits already.
		if (typeof value !== 'string') throw new BadLine(line, `\`${field}\` must be a text in quotes`);
		said[field] = value;
	}
	const { order, outcome, ...others } = said;
	if (order === undefined || outcome === undefined) throw new BadLine(line, '`order` and `outcome` must be there');
	return { order, outcome, ...others };
}

/** The cells of a line of CSV (RFC 4180); as in the terminal's own files a cell does not go over lines. */
function cells(line: string, number: number): string[] {
	const found: string[] = [];
	let rest = line;
	for (;;) {
		const quoted = /^"((?:[^"]|"")*)"(,|$)/.exec(rest);
		const plain = quoted ?? /^([^",]*)(,|$)/.exec(rest);
		if (plain === null) throw new BadLine(number, 'a quote that is not closed, or inside of a cell');
		const [whole, cell = '', end] = plain;
		found.push(quoted ? cell.replaceAll('""', '"') : cell);
		if (end === '') return found;
		rest = rest.slice(whole.length);
	}
}
