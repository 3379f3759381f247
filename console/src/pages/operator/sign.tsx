// SPDX-License-Identifier: Apache-2.0

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../../api/client';
import { Dialog } from '../../ui/dialog';
import { Failure } from '../../ui/failure';
import { Field } from '../../ui/field';
import { visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { saveFile } from '../../ui/save';
import { operator, type Schemas } from './queries';

export type Action = Schemas['Action'];

interface Props {
	action: Action;
	/** Seats of the council, offered as accounts. */
	seats: readonly Schemas['Seat'][];
	onClose: () => void;
}

/** Exports what is to be signed. The server holds no key: the file is signed where the key is, and handed in afterwards. */
export function SignDialog({ action, seats, onClose }: Props) {
	const { t } = useTranslation();
	const [account, setAccount] = useState('');
	const exported = useMutation({
		mutationFn: () => bodyOf(operator.POST('/v1/unsigned', { body: { call: action, account } })),
	});
	return (
		<Dialog title={t('operator.sign.title')} onClose={onClose}>
			<p>{t('operator.sign.about')}</p>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					exported.mutate();
				}}
			>
				<Field
					label={t('operator.sign.account')}
					value={account}
					list="seats"
					required
					spellCheck={false}
					autoFocus
					onChange={(event) => {
						// What was shown is for another account.
						exported.reset();
						setAccount(event.currentTarget.value.trim());
					}}
				/>
				<datalist id="seats">
					{seats.map((seat) => (
						<option key={seat.account} value={seat.account}>
							{seat.name ?? ''}
						</option>
					))}
				</datalist>
				<button type="submit" className="main" disabled={account === '' || exported.isPending}>
					{t('operator.sign.export')}
				</button>
			</form>
			{exported.isError ? <Failure error={exported.error} /> : null}
			{exported.data ? <Shown unsigned={exported.data} name={action.action} /> : null}
		</Dialog>
	);
}

/** What is to be signed, read from its very bytes, and the file. */
function Shown({ unsigned, name }: { unsigned: Schemas['Unsigned']; name: string }) {
	const { t } = useTranslation();
	const { shown, file } = unsigned;
	const fileName = `${name}-${shown.nonce}.unsigned.json`;
	const save = () => saveFile(fileName, 'application/json', JSON.stringify(file));
	return (
		<section>
			<h3>{t('operator.sign.shown')}</h3>
			<pre tabIndex={0} className="words">
				{visible(shown.words)}
			</pre>
			{shown.behind.map((behind) => (
				<pre key={behind.hash} tabIndex={0} className="words">
					{visible(behind.words)}
				</pre>
			))}
			<dl className="facts">
				<dt>{t('operator.sign.until')}</dt>
				<dd>{shown.until_block}</dd>
				<dt>{t('operator.sign.nonce')}</dt>
				<dd>{shown.nonce}</dd>
				<dt>{t('operator.sign.metadata')}</dt>
				<dd>
					<Identifier id={shown.metadata_hash} />
				</dd>
			</dl>
			<div className="actions">
				<button type="button" className="main" onClick={save}>
					{t('operator.sign.save')}
				</button>
			</div>
			<p className="quiet">
				{t('operator.sign.then')}{' '}
				<code>
					sealane offline sign {fileName} --out {name}-{shown.nonce}.signed.json --key-file KEY --metadata-hash {shown.metadata_hash}
				</code>
			</p>
		</section>
	);
}
