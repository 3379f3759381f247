// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from 'react-i18next';

export function Start() {
	const { t } = useTranslation();
	return <h1>{t('operator.area')}</h1>;
}
