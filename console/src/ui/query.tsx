// SPDX-License-Identifier: Apache-2.0

import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from './failure';

/** What a query gave; while it is on its way or where it failed, that. What was shown stays while it is asked for anew. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
	const { t } = useTranslation();
	if (query.data !== undefined) {
		return (
			<>
				{query.isError ? <Failure error={query.error} again={() => void query.refetch()} /> : null}
				{children(query.data)}
			</>
		);
	}
	if (query.isError) return <Failure error={query.error} again={() => void query.refetch()} />;
	return <p className="quiet">{t('ui.loading')}</p>;
}
