// SPDX-License-Identifier: Apache-2.0

import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from '../../ui/field';
import { pick } from '../../ui/search';

/** By whose customers and which product a list of the books is filtered. None of it stands in the address. */
export interface BookFilter {
	seller?: number;
	customer?: string;
	product?: string;
}

/** The form for a filter; `product` unless the list knows none. */
export function BookFilterForm({ onFilter, product = true }: { onFilter: (filter: BookFilter) => void; product?: boolean }) {
	const { t } = useTranslation();
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		const text = (name: string) => String(form.get(name) ?? '').trim();
		onFilter(
			pick<BookFilter>({
				seller: text('seller') === '' ? undefined : Number(text('seller')),
				customer: text('customer'),
				product: text('product'),
			}),
		);
	};
	return (
		<form className="filters" onSubmit={submit}>
			{product ? <Field label={t('issuer.column.product')} name="product" spellCheck={false} /> : null}
			<Field label={t('issuer.column.seller')} name="seller" inputMode="numeric" pattern="\d*" size={6} />
			<Field
				label={t('issuer.column.customer')}
				name="customer"
				autoComplete="off"
				title={t('seller.filter.customerHint')}
				spellCheck={false}
			/>
			<button type="submit">{t('seller.filter.find')}</button>
		</form>
	);
}
