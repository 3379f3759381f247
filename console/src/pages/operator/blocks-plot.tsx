// SPDX-License-Identifier: Apache-2.0

import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { plotted } from './plotted';
import type { Schemas } from './queries';

/** In px. */
const HEIGHT = 220;

/** The newest blocks: how far they are apart, and whose turns passed without one. */
export function BlocksPlot({ blocks }: { blocks: readonly Schemas['Block'][] }) {
	const { t, i18n } = useTranslation();
	const place = useRef<HTMLDivElement>(null);
	const plot = useRef<uPlot | undefined>(undefined);
	const data = useMemo(() => plotted(blocks), [blocks]);
	const newest = useRef(data);
	newest.current = data;
	const { language } = i18n;

	useEffect(() => {
		const element = place.current;
		if (element === null) return undefined;
		const style = getComputedStyle(element);
		const colour = (name: string) => style.getPropertyValue(name).trim();
		const axis: uPlot.Axis = { labelFont: `12px ${style.fontFamily}`, font: `12px ${style.fontFamily}`, stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') } };
		const bars = uPlot.paths.bars?.({ size: [0.8, 12] });
		const made = new uPlot(
			{
				width: element.clientWidth,
				height: HEIGHT,
				scales: { x: { time: false }, missed: { range: (_, __, most) => [0, Math.max(4, most)] } },
				axes: [axis, { ...axis, label: t('operator.validators.seconds') }, { ...axis, scale: 'missed', side: 1, grid: { show: false } }],
				series: [
					{ label: t('operator.validators.block') },
					{ label: t('operator.validators.seconds'), stroke: colour('--accent'), width: 1.5 },
					{
						label: t('operator.validators.missedTurns'),
						scale: 'missed',
						stroke: colour('--bad'),
						fill: colour('--bad-soft'),
						...(bars ? { paths: bars } : {}),
						points: { show: false },
					},
				],
			},
			newest.current,
			element,
		);
		plot.current = made;
		const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
		resized.observe(element);
		return () => {
			resized.disconnect();
			made.destroy();
			plot.current = undefined;
		};
		// Another language is another plot.
	}, [t, language]);
	useEffect(() => plot.current?.setData(data), [data]);

	const missed = data[2].reduce<number>((sum, turns) => sum + (turns ?? 0), 0);
	return (
		<figure className="sheet" aria-label={t('operator.validators.plot', { blocks: blocks.length, missed })}>
			<div ref={place} role="img" aria-label={t('operator.validators.plot', { blocks: blocks.length, missed })} />
		</figure>
	);
}
