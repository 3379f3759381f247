// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from 'react-i18next';
import type { Payload } from './check/answers';
import { bytesText, nameOf, textOf, useChinese } from './texts';

/** What a party wrote: value by value, and the bytes themselves. */
export function PayloadSheet({ title, payload }: { title: string; payload: Payload }) {
	const { t } = useTranslation();
	const isChinese = useChinese();
	return (
		<section className="sheet">
			<h2>{title}</h2>
			<table className="plain values">
				<tbody>
					{payload.rows.map((row, index) => (
						<tr key={index}>
							<th scope="row">
								<bdi>{nameOf(row.name, isChinese)}</bdi>
								{isChinese && row.name.chinese ? <div className="quiet">{row.name.english}</div> : null}
							</th>
							<td>
								{row.withheld ? <em className="quiet">{t('auditor.withheld')}</em> : <bdi>{textOf(row.value, t)}</bdi>}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			{payload.more_rows > 0 ? <p className="quiet">{t('auditor.moreRows', { count: payload.more_rows })}</p> : null}
			<details>
				<summary>{t(payload.is_text ? 'auditor.bytes' : 'auditor.bytesHex', { length: bytesText(payload.length) })}</summary>
				<div className="foreign-block">
					<pre tabIndex={0} dir="ltr">
						{textOf(payload.raw, t)}
					</pre>
				</div>
			</details>
		</section>
	);
}
