// SPDX-License-Identifier: Apache-2.0

import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../ui/empty';
import { Failure } from '../ui/failure';

/** Instead of a page that threw: the rest of the console stays. */
export function Wrong({ error, reset }: ErrorComponentProps) {
	const { t } = useTranslation();
	return (
		<>
			<h1>{t('app.wrong')}</h1>
			<Failure error={error} again={reset} />
		</>
	);
}

export function NoPage() {
	const { t } = useTranslation();
	return <Empty title={t('app.noPage')} />;
}
