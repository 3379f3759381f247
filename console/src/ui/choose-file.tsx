// SPDX-License-Identifier: Apache-2.0

import { useId } from 'react';

interface Props {
	/** What the button says. */
	label: string;
	/** The id of the element that says what the file is for; the label alone unless given. */
	of?: string;
	/** Names the input for scripts. */
	slot?: string;
	disabled?: boolean;
	onChoose: (file: File) => void;
}

/** A button for a JSON file. The browser's own control says "no file chosen" in the browser's language; it keeps focus and keyboard, unseen. */
export function ChooseFile({ label, of, slot, disabled = false, onChoose }: Props) {
	const id = useId();
	return (
		<span className="choose-file">
			<input
				id={id}
				type="file"
				data-slot={slot}
				accept=".json,application/json"
				disabled={disabled}
				aria-labelledby={of ? `${id}-label ${of}` : `${id}-label`}
				onChange={(event) => {
					const file = event.currentTarget.files?.[0];
					// The same file again, changed meanwhile, is a choice, too.
					event.currentTarget.value = '';
					if (file) onChoose(file);
				}}
			/>
			<label htmlFor={id} id={`${id}-label`} className="button">
				{label}
			</label>
		</span>
	);
}
