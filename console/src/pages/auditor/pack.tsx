// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Identifier } from '../../ui/identifier';
import { saveFile } from '../../ui/save';
import type { Begun, PackView, Report, Signer } from './check/answers';
import { PayloadSheet } from './payload';
import { RefusalText } from './refusal';
import { nameOf, useChinese } from './texts';
import { Times } from './times';

interface Props {
	pack: PackView;
	begun: Begun;
	/** Goes back to the list where there are more. */
	onClose: (() => void) | undefined;
}

/** One pack: the verdict first, then who, what, when, how it was checked and what it does not show. */
export function OnePack({ pack, begun, onClose }: Props) {
	const { t } = useTranslation();
	const isChinese = useChinese();
	return (
		<>
			{onClose ? (
				<button type="button" className="plain" onClick={onClose}>
					← {t('auditor.back')}
				</button>
			) : null}
			<Verdict pack={pack} begun={begun} />
			{pack.report?.parties ? <Parties report={pack.report} parties={pack.report.parties} /> : null}
			{pack.times.length > 0 ? <Times points={pack.times} /> : null}
			<Steps pack={pack} />
			<div className="columns">
				<PayloadSheet title={t('auditor.theOrder')} payload={pack.order} />
				<PayloadSheet title={t('auditor.theConfirmation')} payload={pack.confirmation} />
			</div>
			<Limits pack={pack} />
			<section className="sheet">
				<h2>{t('auditor.filesRead')}</h2>
				<dl className="facts">
					{begun.files.map((file) => (
						<Fact key={file.name.english} name={nameOf(file.name, isChinese)}>
							<Identifier id={file.sha256} />
						</Fact>
					))}
				</dl>
			</section>
		</>
	);
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
	return (
		<>
			<dt>{name}</dt>
			<dd>{children}</dd>
		</>
	);
}

const TONE = { verified: 'good', by_itself_only: 'warn', refused: 'bad' } as const;

function Verdict({ pack, begun }: { pack: PackView; begun: Begun }) {
	const { t } = useTranslation();
	const offline = pack.report?.offline;
	return (
		<section className={`verdict ${TONE[pack.verdict]}`} data-verdict={pack.refusal?.rule ?? pack.verdict} role="status">
			<h2>{t(`auditor.outcome.${pack.verdict}`)}</h2>
			{pack.verdict === 'by_itself_only' ? <p>{t('auditor.byItselfMeans')}</p> : null}
			{pack.refusal ? <RefusalText refusal={pack.refusal} /> : null}
			{pack.verdict === 'verified' && offline ? (
				<>
					<p>
						{begun.network !== null
							? t('auditor.fromSpecification', { name: begun.network })
							: t('auditor.fromCheckpoint', { block: begun.checkpoint?.block ?? 0 })}{' '}
						{offline.compared_with.length > 0
							? t('auditor.compared', { blocks: offline.compared_with.join(', ') })
							: t('auditor.notCompared')}
					</p>
					{offline.checkpoint ? (
						<p>
							{t('auditor.vouched', { block: offline.checkpoint.block })}{' '}
							{offline.checkpoint.signers.map(signerText).join('; ')}. {t('auditor.enough')}
						</p>
					) : null}
				</>
			) : null}
			{pack.report?.warnings.map((warning) => (
				<p key={warning} className="notice" lang="en">
					{warning}
				</p>
			))}
			{pack.page !== null ? <SaveReport html={pack.page} name={pack.order_id} /> : null}
		</section>
	);
}

const signerText = (signer: Signer) => `${signer.name} (${signer.number_kind} ${signer.number})`;

/** Saves the page for people that `sealane evidence report` writes. */
function SaveReport({ html, name }: { html: string; name: string | null }) {
	const { t } = useTranslation();
	const save = () => saveFile(`evidence-${(name ?? 'pack').replace(/[^A-Za-z0-9_-]/g, '_')}.html`, 'text/html', html);
	return (
		<p>
			<button type="button" onClick={save}>
				{t('auditor.save')}
			</button>
		</p>
	);
}

function Parties({ report, parties }: { report: Report; parties: NonNullable<Report['parties']> }) {
	const { t } = useTranslation();
	const columns = [parties.issuer, parties.seller] as const;
	return (
		<section className="sheet">
			<h2>{t('auditor.parties')}</h2>
			<table className="plain">
				<thead>
					<tr>
						<td />
						<th scope="col">{t('auditor.issuer')}</th>
						<th scope="col">{t('auditor.seller')}</th>
					</tr>
				</thead>
				<tbody>
					<tr>
						<th scope="row">{t('auditor.name')}</th>
						{columns.map((party) => (
							<td key={party.member}>
								<bdi>{party.name}</bdi>
							</td>
						))}
					</tr>
					<tr>
						<th scope="row">{t('auditor.legalNumber')}</th>
						{columns.map((party) => (
							<td key={party.member}>
								<Identifier id={party.number}>
									{party.number_kind} {party.number}
								</Identifier>
							</td>
						))}
					</tr>
					<tr>
						<th scope="row">{t('auditor.member')}</th>
						{columns.map((party) => (
							<td key={party.member}>{party.member}</td>
						))}
					</tr>
					<tr>
						<th scope="row">{t('auditor.node')}</th>
						<td>{report.issuer_node}</td>
						<td>{report.seller_node}</td>
					</tr>
				</tbody>
			</table>
			<p className="quiet">{t('auditor.asOf', { channel: report.channel, block: report.anchor?.block ?? 0 })}</p>
		</section>
	);
}

/** Each thing that was checked, in the order in which one rests on the other. */
function Steps({ pack }: { pack: PackView }) {
	const { t } = useTranslation();
	const isChinese = useChinese();
	return (
		<section className="sheet">
			<h2>{t('auditor.steps')}</h2>
			{pack.steps.length === 0 ? <p>{t('auditor.noStep')}</p> : null}
			<ol className="steps">
				{pack.steps.map((step) => (
					<li key={step.about} className="holds">
						<strong>{nameOf(step.name, isChinese)}</strong>
						<div>
							{isChinese && step.chinese !== '' ? <p>{step.chinese}</p> : null}
							<p className={isChinese ? 'quiet' : undefined} lang="en">
								<bdi>{step.holds}</bdi>
							</p>
						</div>
					</li>
				))}
				{pack.refusal ? (
					<li className="broken">
						<strong>{t('auditor.here')}</strong>
						<code>{pack.refusal.rule}</code>
					</li>
				) : null}
			</ol>
		</section>
	);
}

function Limits({ pack }: { pack: PackView }) {
	const { t } = useTranslation();
	const isChinese = useChinese();
	return (
		<section className="sheet">
			<h2>{t('auditor.limits')}</h2>
			<ul>
				{pack.limits.map((limit) => (
					<li key={limit.english}>{isChinese ? limit.chinese : limit.english}</li>
				))}
			</ul>
		</section>
	);
}
