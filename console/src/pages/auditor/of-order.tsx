// SPDX-License-Identifier: Apache-2.0

import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { ChooseFile } from '../../ui/choose-file';
import { Failure } from '../../ui/failure';
import { visible } from '../../ui/foreign';
import { saveFile } from '../../ui/save';
import { useCheck } from './check/use-check';
import { Outcome } from './outcome';
import './auditor.css';

interface Props {
	/** The order's id. */
	id: string;
	/** The command that fetches the same. */
	command: string;
	/** Asks the server for the pack: the node's own bytes. */
	load: () => Promise<ArrayBuffer>;
}

/** The evidence of one order: fetched, saved, and checked here, by the verifier that an auditor's page has. */
export function EvidenceOfOrder({ id, command, load }: Props) {
	const { t } = useTranslation();
	const mayExport = useMay('export');
	const { checked, begin, show, close } = useCheck();
	const pack = useMutation({
		mutationFn: load,
		onSuccess: (bytes) => begin({ evidence: new Uint8Array(bytes) }),
	});
	const bytes = pack.data;
	const from = async (specification: File, evidence: ArrayBuffer) =>
		begin({ evidence: new Uint8Array(evidence), specification: new Uint8Array(await specification.arrayBuffer()) });
	return (
		<div className="auditor of-order">
			<section className="sheet">
				<h2>{t('auditor.ofOrder.title')}</h2>
				<p>
					{t('auditor.ofOrder.about')} <code>{visible(command)}</code>
				</p>
				{mayExport ? (
					<div className="actions">
						<button type="button" className="main" disabled={pack.isPending || checked.phase === 'running'} onClick={() => pack.mutate()}>
							{t('auditor.ofOrder.fetch')}
						</button>
						{bytes ? (
							<>
								<button type="button" onClick={() => saveFile(`evidence-${id.replace(/[^A-Za-z0-9-]/g, '_')}.json`, 'application/json', bytes)}>
									{t('auditor.ofOrder.save')}
								</button>
								<ChooseFile label={t('auditor.ofOrder.specification')} slot="specification" onChoose={(file) => void from(file, bytes)} />
							</>
						) : null}
					</div>
				) : (
					<p className="quiet">{t('auditor.ofOrder.mayNot')}</p>
				)}
				{pack.isError ? <Failure error={pack.error} again={() => pack.mutate()} /> : null}
			</section>
			{bytes ? <Outcome checked={checked} onShow={show} onClose={close} /> : null}
		</div>
	);
}
