// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { bodyOf } from '../../api/client';
import { Badge } from '../../ui/badge';
import { ChooseFile } from '../../ui/choose-file';
import { Failure } from '../../ui/failure';
import { Identifier } from '../../ui/identifier';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { ask, operator, type Schemas } from './queries';

type Submission = Schemas['Submission'];

/** What was signed elsewhere is handed in here, and followed until it is final. */
export function Submissions() {
	const { t } = useTranslation();
	const mayGovern = useMay('govern');
	const submissions = useQuery(ask.submissions);
	return (
		<section className="sheet">
			<h2>{t('operator.submit.title')}</h2>
			{mayGovern ? <HandIn /> : null}
			<Loaded query={submissions}>
				{(list) =>
					list.length === 0 ? (
						<p className="quiet">{t('operator.submit.none')}</p>
					) : (
						<ul className="submissions">
							{list.map((submission) => (
								<li key={submission.hash}>
									<SubmissionText submission={submission} />
								</li>
							))}
						</ul>
					)
				}
			</Loaded>
		</section>
	);
}

/** Takes the file that `sealane offline sign` wrote. */
function HandIn() {
	const { t } = useTranslation();
	const queries = useQueryClient();
	const submit = useMutation({
		mutationFn: async (file: File) => {
			// The server reads it and says what is wrong with it; here it only has to be JSON.
			const body = JSON.parse(await file.text()) as Schemas['SubmitRequest'];
			return bodyOf(operator.POST('/v1/submit', { body }));
		},
		onSettled: () => queries.invalidateQueries({ queryKey: ['operator.submissions'] }),
	});
	return (
		<div className="hand-in">
			<p>
				<ChooseFile
					label={t('operator.submit.file')}
					slot="signed"
					disabled={submit.isPending}
					onChoose={(file) => submit.mutate(file)}
				/>
			</p>
			<div role="status">
				{submit.isPending ? t('operator.submit.followed') : null}
				{submit.data ? <SubmissionText submission={submit.data} /> : null}
			</div>
			{submit.isError ? <Failure error={submit.error} /> : null}
		</div>
	);
}

const TONE = { submitted: 'busy', final: 'good', failed: 'bad', refused: 'bad' } as const;

/** What came of an extrinsic so far. */
export function SubmissionText({ submission }: { submission: Submission }) {
	const { t } = useTranslation();
	return (
		<div data-submission={submission.state}>
			<Badge tone={TONE[submission.state]}>{t(`operator.submit.state.${submission.state}`)}</Badge> <bdi>{submission.name}</bdi>{' '}
			<span className="quiet">
				{submission.by} · <Moment at={submission.at} />
			</span>
			{submission.error ? <p className="failure">{submission.error}</p> : null}
			{submission.events.map((event, place) => (
				<div key={place} className="mono">
					{event}
				</div>
			))}
			<Identifier id={submission.hash} />
		</div>
	);
}
