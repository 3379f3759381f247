// SPDX-License-Identifier: Apache-2.0

/** What the building blocks of all pages say. */
export const ui = {
	cancel: 'Cancel',
	chooseDay: 'Choose a day in a calendar',
	code: 'Code',
	copied: 'Copied',
	copy: 'Copy {{what}}',
	field: 'Field',
	keyClose: 'Close a dialog',
	keyDown: 'Next row',
	keyFirst: 'First row',
	keyHelp: 'Show these keys',
	keyLast: 'Last row that is loaded',
	keyOpen: 'Open the row',
	keyUp: 'Row before',
	loading: 'Loading …',
	more: 'More',
	none: '—',
	rows: 'Rows',
	shortened: '{{shown}} of {{all}} characters',
	whole: 'Show the whole text',
} as const;
