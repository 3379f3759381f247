// SPDX-License-Identifier: Apache-2.0

import { useId, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ChooseFile } from '../../ui/choose-file';
import { MOST_BYTES, SLOTS, slotOf, type Slot } from './check/files';
import { bytesText } from './texts';

/** The files that were put on the page. */
export type Chosen = Partial<Record<Slot, File>>;

interface Props {
	chosen: Chosen;
	onChange: (files: Chosen) => void;
	/** Blocks that are known from elsewhere, one on a line. */
	known: string;
	onKnown: (text: string) => void;
}

/** Where files are dropped or chosen. Each goes where it belongs, whatever it is called. */
export function FileSlots({ chosen, onChange, known, onKnown }: Props) {
	const { t } = useTranslation();
	const [isOver, setOver] = useState(false);
	const [tooLarge, setTooLarge] = useState<readonly string[]>([]);
	const id = useId();

	const take = async (files: readonly File[], into?: Slot) => {
		const next = { ...chosen };
		const refused: string[] = [];
		for (const file of files) {
			const slot = into ?? (await slotOf(file));
			if (file.size > MOST_BYTES[slot]) refused.push(file.name);
			else next[slot] = file;
		}
		setTooLarge(refused);
		onChange(next);
	};
	const drop = (event: DragEvent) => {
		event.preventDefault();
		setOver(false);
		void take([...event.dataTransfer.files]);
	};
	const without = (slot: Slot) => {
		const { [slot]: _, ...rest } = chosen;
		onChange(rest);
	};
	return (
		<section
			className={`sheet drop${isOver ? ' over' : ''}`}
			aria-label={t('auditor.files')}
			onDragOver={(event) => {
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={drop}
		>
			<p className="invite">{t('auditor.drop')}</p>
			<div className="slots">
				{SLOTS.map((slot) => (
					<SlotOf key={slot} slot={slot} file={chosen[slot]} onTake={(file) => void take([file], slot)} onRemove={() => without(slot)} />
				))}
			</div>
			{tooLarge.length > 0 ? (
				<p className="failure" role="alert">
					{t('auditor.tooLarge', { files: tooLarge.join(', ') })}
				</p>
			) : null}
			<details>
				<summary>{t('auditor.known')}</summary>
				<label htmlFor={`${id}-known`}>{t('auditor.knownHint')}</label>
				<textarea id={`${id}-known`} rows={2} value={known} spellCheck={false} onChange={(event) => onKnown(event.currentTarget.value)} />
			</details>
		</section>
	);
}

interface SlotProps {
	slot: Slot;
	file: File | undefined;
	onTake: (file: File) => void;
	onRemove: () => void;
}

/** The place of one kind of file. */
function SlotOf({ slot, file, onTake, onRemove }: SlotProps) {
	const { t } = useTranslation();
	const id = useId();
	return (
		<div className={file ? 'slot taken' : 'slot'}>
			<strong id={`${id}-name`}>{t(`auditor.slot.${slot}`)}</strong>
			{file ? (
				<p>
					<bdi>{file.name}</bdi> <span className="quiet">{bytesText(file.size)}</span>{' '}
					<button type="button" className="plain" onClick={onRemove} aria-label={t('auditor.remove', { file: file.name })}>
						✕
					</button>
				</p>
			) : (
				<p className="quiet">{t(`auditor.why.${slot}`)}</p>
			)}
			<ChooseFile label={t(file ? 'auditor.another' : 'auditor.choose')} of={`${id}-name`} slot={slot} onChoose={onTake} />
		</div>
	);
}
