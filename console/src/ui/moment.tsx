// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from 'react-i18next';
import { dayAndTime, today } from './format';
import { useZone } from './zone';

/** A time in Unix ms, in the institution's zone; UTC under the pointer. The day is left out where it is today's, unless `whole`. */
export function Moment({ at, whole = false }: { at: number; whole?: boolean }) {
	const { t } = useTranslation();
	const zone = useZone();
	// 0 is the API's word for "not yet".
	if (at <= 0) return <span className="quiet">{t('ui.none')}</span>;
	const { day, time } = dayAndTime(at, zone);
	const utc = new Date(at).toISOString();
	return (
		<time dateTime={utc} title={`${utc.replace('T', ' ').replace('Z', '')} UTC`} className="moment">
			{whole || day !== today(zone) ? `${day} ${time}` : time}
		</time>
	);
}
