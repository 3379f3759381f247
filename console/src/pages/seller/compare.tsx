// SPDX-License-Identifier: Apache-2.0

import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf, sales } from '../../api/client';
import { kindWord, outcomeWord } from '../../ui/business';
import { Amount } from '../../ui/amount';
import { Badge } from '../../ui/badge';
import { Failure } from '../../ui/failure';
import { Field } from '../../ui/field';
import { Foreign, visible } from '../../ui/foreign';
import { OrderLink } from './columns';
import type { Reconciliation } from './queries';
import { BadLine, readSaid } from './said';


/** Differences that are shown; all of them stand in the terminal's own file. */
const SHOWN = 500;

/** Compares a day with the issuer's file: counts and sums, and each order on which both differ. */
export function Compare({ day }: { day: string }) {
	const { t } = useTranslation();
	const compare = useMutation({
		mutationFn: async ({ file, issuer }: { file: File; issuer: number }) => {
			const confirmations = readSaid(await file.text());
			return bodyOf(sales.POST('/v1/reconciliations', { body: { day, issuer, confirmations } }));
		},
	});
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		const file = form.get('file');
		if (file instanceof File) compare.mutate({ file, issuer: Number(form.get('issuer')) });
	};
	return (
		<section className="sheet">
			<h2>{t('seller.day.compare')}</h2>
			<p className="quiet">{t('seller.day.compareText')}</p>
			<form className="filters" onSubmit={submit}>
				<Field label={t('seller.day.issuer')} name="issuer" required inputMode="numeric" pattern="\d+" size={6} />
				<Field label={t('seller.day.file')} name="file" type="file" required accept=".csv,.json,.ndjson,.txt" />
				<button type="submit" disabled={compare.isPending}>
					{t('seller.day.compare')}
				</button>
			</form>
			{compare.error instanceof BadLine ? (
				<p role="alert" className="failure">
					{t('seller.day.unreadable', { line: compare.error.line, why: compare.error.rule })}
				</p>
			) : compare.isError ? (
				<Failure error={compare.error} />
			) : null}
			{compare.data ? <Result result={compare.data} /> : null}
		</section>
	);
}

function Result({ result }: { result: Reconciliation }) {
	const { t } = useTranslation();
	return (
		<>
			<p role="status">
				{result.agrees ? (
					<Badge tone="good">{t('seller.day.agree', { orders: result.orders })}</Badge>
				) : (
					<Badge tone="bad">{t('seller.day.differ', { count: result.count, orders: result.orders })}</Badge>
				)}
			</p>
			<Groups groups={result.groups} />
			{result.differences.length > 0 ? (
				<>
					<h3>{t('seller.day.differences')}</h3>
					<table className="plain">
						<thead>
							<tr>
								<th>{t('seller.column.id')}</th>
								<th>{t('seller.column.field')}</th>
								<th className="end">{t('seller.column.here')}</th>
								<th className="end">{t('seller.column.issuerSays')}</th>
							</tr>
						</thead>
						<tbody>
							{result.differences.slice(0, SHOWN).map((difference) => (
								<tr key={`${difference.order} ${difference.field}`}>
									<td>
										<OrderLink id={difference.order} />
									</td>
									<td>
										{difference.field === 'only_here' || difference.field === 'only_issuer'
											? t(`seller.day.${difference.field}`)
											: visible(difference.field)}
									</td>
									<td className="end">
										<Foreign text={difference.here} />
									</td>
									<td className="end">
										<Foreign text={difference.issuer} />
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</>
			) : null}
		</>
	);
}

function Groups({ groups }: { groups: Reconciliation['groups'] }) {
	const { t } = useTranslation();
	const sides = ['here', 'issuer'] as const;
	const values = ['orders', 'amount', 'units', 'fee'] as const;
	return (
		<table className="plain">
			<thead>
				<tr>
					<th>{t('seller.column.product')}</th>
					<th>{t('seller.column.kind')}</th>
					<th>{t('seller.column.outcome')}</th>
					<th>{t('seller.column.agrees')}</th>
					<th>{t('seller.column.partner')}</th>
					{values.map((value) => (
						<th key={value} className="end">
							{t(`seller.column.${value}`)}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{groups.flatMap((group) =>
					sides.map((side) => (
						<tr key={`${group.product} ${group.kind} ${group.outcome} ${side}`}>
							<td>{side === 'here' ? <Foreign text={group.product} /> : null}</td>
							<td>{side === 'here' ? kindWord(t, group.kind) : null}</td>
							<td>{side === 'here' ? outcomeWord(t, group.outcome) : null}</td>
							<td>
								{side === 'here' ? <Badge tone={group.agrees ? 'good' : 'bad'}>{group.agrees ? '=' : '≠'}</Badge> : null}
							</td>
							<td>{side === 'here' ? t('seller.column.here') : t('seller.column.issuerSays')}</td>
							{values.map((value) => (
								<td key={value} className="end">
									<Amount value={group[side][value]} least={value === 'orders' ? 0 : 2} />
								</td>
							))}
						</tr>
					)),
				)}
			</tbody>
		</table>
	);
}
