// SPDX-License-Identifier: Apache-2.0

/** What the verifier answers: the JSON of `console/verifier/src/view.rs`. A test compares these names with what it really says. */

/** What a file of a check is. */
export type FileKind = 'evidence' | 'specification' | 'checkpoint' | 'known';

/** A text in which nothing hides, and how many bytes of it were left out. */
export interface Text {
	text: string;
	more: number;
}

export interface Named {
	chinese: string | null;
	english: string;
}

export interface Refusal {
	file: FileKind;
	/** The rule that is broken, where it is one of the verifier's. */
	rule: string | null;
	demand: string | null;
	found: Text;
}

export interface Signer {
	member: number;
	name: string;
	number_kind: string;
	number: string;
}

export interface CheckpointReport {
	genesis: string;
	block: number;
	hash: string;
	state_root: string;
	validator_set: number;
	validators: string[];
	signers: Signer[];
}

/** The files were read. */
export interface Begun {
	step: 'begun';
	packs: number;
	has_origin: boolean;
	network: string | null;
	checkpoint: CheckpointReport | null;
	files: { name: Named; sha256: string }[];
}

/** One pack of many was judged. */
export interface PackRow {
	step: 'pack';
	number: number;
	order: string | null;
	refusal: Refusal | null;
}

export interface Finding {
	kind: 'overlap' | 'other_history' | 'two_records' | 'double' | 'gap';
	found: string;
	files: string[];
}

/** All packs were judged. */
export interface Done {
	step: 'done';
	audit: { files: number; verified: number; batches: number; refused: { file: string; defect: string }[]; findings: Finding[] };
}

export type Step = Begun | PackRow | Done | ({ step: 'refused' } & Refusal);

/** The report of `sealane evidence verify --json`, as far as the page shows it beside the steps. */
export interface Report {
	leaf: string;
	batch_root: string;
	channel: number;
	issuer_node: number;
	seller_node: number;
	anchor: { node: number; sequence: number; root: string; block: number } | null;
	parties: { issuer: Signer; seller: Signer } | null;
	offline: {
		network: string | null;
		genesis: string;
		checkpoint: CheckpointReport | null;
		made_at: string;
		final_block: number;
		votes: number;
		validators: number;
		state_block: number;
		compared_with: number[];
	} | null;
	warnings: string[];
}

export interface Payload {
	/** A value that is withheld is not what was written. */
	rows: { name: Named; value: Text; withheld: boolean }[];
	more_rows: number;
	length: number;
	is_text: boolean;
	raw: Text;
}

/** All that is known of one pack. */
export interface PackView {
	number: number;
	order_id: string | null;
	verdict: 'verified' | 'by_itself_only' | 'refused';
	refusal: Refusal | null;
	report: Report | null;
	steps: { about: string; name: Named; chinese: string; holds: string }[];
	times: { name: Named; time: string; unix_ms: number | null }[];
	order: Payload;
	confirmation: Payload;
	limits: { chinese: string; english: string }[];
	page: string | null;
}
