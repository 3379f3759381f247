// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from 'react-i18next';
import { ForeignText } from '../../ui/foreign';
import type { Schemas } from './queries';

/** What a call does, in a sentence in the language of the page; in the server's words where these pages have none. */
export function EffectText({ effect }: { effect: Schemas['Effect'] }) {
	const { t, i18n } = useTranslation();
	const key = `operator.effect.${effect.call.replace('.', '_')}`;
	const { about } = effect;
	// A later chain may have calls that these pages do not know.
	const known = i18n.language.startsWith('zh') && i18n.exists(key);
	const words = known
		? t(key as 'operator.effect.Members_suspend', {
				...about,
				name: about.name ?? '',
				seller: about.seller ?? '',
				issuer: about.issuer ?? '',
				kinds: (about.kinds ?? []).map((kind) => t(`operator.kinds.${kind as 'purchase'}`, { defaultValue: kind })).join('、'),
				block: about.block ?? '',
				until: about.block ? t('operator.untilBlock', { block: about.block }) : t('operator.noEnd'),
			})
		: effect.words;
	return (
		<>
			<ForeignText text={words ?? t('operator.motions.noWords')} /> <code className="quiet">{effect.call}</code>
			{effect.share ? <span className="quiet"> · {t(`operator.share.${effect.share}`)}</span> : null}
		</>
	);
}
