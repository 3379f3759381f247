// SPDX-License-Identifier: Apache-2.0

import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf, sales } from '../../api/client';
import type { components } from '../../api/generated/sales';
import { Failure } from '../../ui/failure';
import { Field } from '../../ui/field';
import { Foreign, ForeignText } from '../../ui/foreign';
import { clauseWord } from './words';

type Report = components['schemas']['IntakeReport'];

/** Largest body that the terminal takes, in bytes. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Orders of a report that are shown. */
const SHOWN = 200;

/** What a file holds, told by how it begins: an array of JSON, lines of JSON, or CSV. */
function typeOf(text: string): string {
	const begins = text.replace(/^\ufeff/, '').trimStart().charAt(0);
	return begins === '[' ? 'application/json' : begins === '{' ? 'application/x-ndjson' : 'text/csv';
}

/** Hands a file of orders in, and tells of each that was not simply taken. */
export function HandIn() {
	const { t } = useTranslation();
	const handIn = useMutation({
		mutationFn: async (file: File) => {
			const text = await file.text();
			return bodyOf(
				sales.POST('/v1/orders', {
					headers: { 'content-type': typeOf(text) },
					body: text as never,
					// The terminal reads the file as it is.
					bodySerializer: () => text,
				}),
			);
		},
	});
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const file = new FormData(event.currentTarget).get('file');
		if (file instanceof File) handIn.mutate(file);
	};
	return (
		<section className="sheet">
			<h2>{t('seller.files.handIn')}</h2>
			<p className="quiet">{t('seller.files.handInText')}</p>
			<form className="filters" onSubmit={submit}>
				<Field
					label={t('seller.column.file')}
					name="file"
					type="file"
					required
					accept=".csv,.json,.ndjson,.txt"
					onChange={(event) => {
						const size = event.currentTarget.files?.[0]?.size ?? 0;
						const mebibytes = (size / 1024 / 1024).toFixed(1);
						event.currentTarget.setCustomValidity(
							size > MAX_BYTES ? t('seller.files.tooLarge', { size: mebibytes }) : '',
						);
						event.currentTarget.reportValidity();
					}}
				/>
				<button type="submit" className="main" disabled={handIn.isPending}>
					{t('seller.files.send')}
				</button>
			</form>
			{handIn.isError ? <Failure error={handIn.error} /> : null}
			{handIn.data ? <ReportOf report={handIn.data} /> : null}
		</section>
	);
}

function ReportOf({ report }: { report: Report }) {
	const { t } = useTranslation();
	const counts = [
		[t('seller.files.taken'), report.taken],
		[t('seller.files.waits'), report.waits],
		[t('seller.column.unqualified'), report.unqualified],
		[t('seller.files.repeated'), report.repeated],
		[t('seller.files.refused'), report.refused],
	] as const;
	const word = (outcome: Report['orders'][number]['outcome']) =>
		outcome === 'unqualified' ? t('seller.column.unqualified') : t(`seller.files.${outcome}`);
	return (
		<div role="status">
			<p>
				{t('seller.files.report', { received: report.received })}:{' '}
				{counts.map(([name, count]) => `${name} ${count}`).join(' · ')}
			</p>
			{report.orders.length > 0 ? (
				<table className="plain">
					<thead>
						<tr>
							<th className="end">{t('seller.column.line')}</th>
							<th>{t('seller.column.id')}</th>
							<th>{t('seller.column.outcome')}</th>
							<th>{t('seller.column.reason')}</th>
						</tr>
					</thead>
					<tbody>
						{report.orders.slice(0, SHOWN).map((order) => (
							<tr key={order.line}>
								<td className="end">{order.line}</td>
								<td>
									<Foreign text={order.id ?? ''} />
								</td>
								<td>{word(order.outcome)}</td>
								<td>
									{order.defect ? (
										<ForeignText text={`${order.defect.field}: ${order.defect.value} — ${order.defect.rule}`} />
									) : (
										<Foreign
											text={(order.failed ?? []).map((f) => `${clauseWord(t, f.code)}: ${f.text}`).join(' · ')}
										/>
									)}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			) : null}
		</div>
	);
}
