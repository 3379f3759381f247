// SPDX-License-Identifier: Apache-2.0

import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from './failure';
import { usePages, type Source } from './pages';

export interface Column<Row> {
	id: string;
	title: string;
	/** A track of CSS Grid: `8rem`, `minmax(6rem, 1fr)`. */
	width: string;
	/** Amounts and counts end at the same place. */
	end?: boolean;
	cell: (row: Row) => ReactNode;
}

/** Height of a row, in px. Browsers lay out up to some 33 million px: a million rows of this height. */
const ROW_PX = 32;
/** Rows that are prepared above and below what is seen. */
const BEYOND = 12;

interface Common<Row> {
	/** What the table is, for who does not see it. */
	label: string;
	columns: readonly Column<Row>[];
	keyOf: (row: Row) => string;
	/** What Enter or a click does. */
	onOpen?: (row: Row) => void;
	/** What stands there where there are no rows. */
	empty: ReactNode;
}

interface Grid<Row> extends Common<Row> {
	count: number;
	row: (index: number) => Row | undefined;
	onRange?: (first: number, last: number) => void;
}

/** A list of the server of any length: what is seen is asked for, page by page. */
export function ListTable<Row>({ source, ...common }: Common<Row> & { source: Source<Row> }) {
	const { t } = useTranslation();
	const [range, setRange] = useState<readonly [number, number]>([0, 0]);
	const pages = usePages(source, range[0], range[1]);
	if (pages.error !== undefined && pages.count === 0) return <Failure error={pages.error} again={pages.again} />;
	if (pages.isLoading && pages.count === 0) return <p className="quiet">{t('ui.loading')}</p>;
	return (
		<>
			{pages.error !== undefined ? <Failure error={pages.error} again={pages.again} /> : null}
			<GridTable
				{...common}
				count={pages.count}
				row={pages.row}
				onRange={(first, last) => {
					if (first !== range[0] || last !== range[1]) setRange([first, last]);
				}}
			/>
		</>
	);
}

/** A table whose rows are all there. */
export function RowsTable<Row>({ rows, ...common }: Common<Row> & { rows: readonly Row[] }) {
	return <GridTable {...common} count={rows.length} row={(index) => rows[index]} />;
}

function GridTable<Row>({ label, columns, keyOf, onOpen, empty, count, row, onRange }: Grid<Row>) {
	const scroller = useRef<HTMLDivElement>(null);
	const [current, setCurrent] = useState(0);
	const virtual = useVirtualizer({
		count,
		getScrollElement: () => scroller.current,
		estimateSize: () => ROW_PX,
		overscan: BEYOND,
		onChange: (instance) => {
			const items = instance.getVirtualItems();
			const [first, last] = [items[0], items[items.length - 1]];
			// The row behind the last one is wanted too: it may begin a page that is not there yet.
			if (first && last) onRange?.(first.index, last.index + 1);
		},
	});
	if (count === 0) return <>{empty}</>;

	const move = (to: number) => {
		const index = Math.max(0, Math.min(count - 1, to));
		setCurrent(index);
		virtual.scrollToIndex(index);
		requestAnimationFrame(() => {
			scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true });
		});
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.target instanceof HTMLElement && event.target.closest('button, a') !== null) return;
		const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
		const steps: Record<string, number> = {
			ArrowDown: current + 1,
			j: current + 1,
			ArrowUp: current - 1,
			k: current - 1,
			PageDown: current + page,
			PageUp: current - page,
			Home: 0,
			End: count - 1,
		};
		const to = steps[event.key];
		const opened = row(current);
		if (to !== undefined) move(to);
		else if (event.key === 'Enter' && onOpen && opened !== undefined) onOpen(opened);
		else return;
		event.preventDefault();
	};

	const template = { gridTemplateColumns: columns.map((column) => column.width).join(' ') };
	return (
		<div
			className="table"
			role="grid"
			aria-label={label}
			aria-rowcount={count + 1}
			aria-colcount={columns.length}
			ref={scroller}
			onKeyDown={onKeyDown}
		>
			<div className="row head" role="row" aria-rowindex={1} style={template}>
				{columns.map((column) => (
					<div key={column.id} role="columnheader" className={column.end ? 'end' : undefined}>
						{column.title}
					</div>
				))}
			</div>
			<div role="rowgroup" className="rows" style={{ height: virtual.getTotalSize() }}>
				{virtual.getVirtualItems().map((item) => {
					const data = row(item.index);
					return (
						<div
							key={data === undefined ? item.key : keyOf(data)}
							className={onOpen ? 'row opens' : 'row'}
							role="row"
							aria-rowindex={item.index + 2}
							data-index={item.index}
							tabIndex={item.index === current ? 0 : -1}
							style={{ ...template, transform: `translateY(${item.start}px)` }}
							onFocus={() => setCurrent(item.index)}
							onClick={(event) => {
								const isControl = event.target instanceof Element && event.target.closest('button, a') !== null;
								if (data !== undefined && !isControl) onOpen?.(data);
							}}
						>
							{data === undefined ? (
								<div role="gridcell" aria-colspan={columns.length} className="quiet">
									…
								</div>
							) : (
								<Cells columns={columns as readonly Column<unknown>[]} row={data} />
							)}
						</div>
					);
				})}
			</div>
		</div>
	);
}

/** Rows that did not change are not made anew while one scrolls. */
const Cells = memo(function Cells({ columns, row }: { columns: readonly Column<unknown>[]; row: unknown }) {
	return columns.map((column) => (
		<div key={column.id} role="gridcell" className={column.end ? 'end' : undefined}>
			{column.cell(row)}
		</div>
	));
});
