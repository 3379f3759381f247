// SPDX-License-Identifier: Apache-2.0

//! The table of rules: all that a verifier demands of a pack. What no rule refuses is accepted on purpose.

use alloc::string::String;
use core::fmt;

/// Whether the check can be left out and the rest still be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
	/// What must be so for the next step to have something to read.
	Form,
	/// What could be left out, and then some pack would be taken for true that is not.
	Check,
}

macro_rules! rules {
	($($variant:ident $kind:ident $name:literal $demand:literal)*) => {
		/// One demand on a pack. The order is that in which they are checked.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
		pub enum Rule {
			$(
				#[doc = $demand]
				$variant,
			)*
		}

		impl Rule {
			/// All rules, in the order of the table.
			pub const ALL: &'static [Rule] = &[$(Rule::$variant),*];

			/// Its name, for people, files and programs.
			pub const fn name(self) -> &'static str {
				match self {
					$(Rule::$variant => $name,)*
				}
			}

			/// What it demands.
			pub const fn demand(self) -> &'static str {
				match self {
					$(Rule::$variant => $demand,)*
				}
			}

			/// Whether it can be left out.
			pub const fn kind(self) -> RuleKind {
				match self {
					$(Rule::$variant => RuleKind::$kind,)*
				}
			}
		}
	};
}

rules! {
	FileLength Check "file.length" "The file has at most 16 MiB."
	FileJson Form "file.json" "It is one JSON text (RFC 8259) in UTF-8, at most 8 levels deep, with at most 65,536 entries in a list or an object."
	FileNames Check "file.names" "No name stands twice in an object."
	FileFields Check "file.fields" "Where an object is expected there is an object, not a list, with just the fields of its kind: none unknown, none missing; an optional one is left out, never `null`."
	FileForm Form "file.form" "Each field has the form of its kind: number, text, list, object, hexadecimal digits."
	FileHex Check "file.hex" "Hexadecimal digits are in lower case."
	FileText Check "file.text" "Bytes that are UTF-8 are written as `text`, all others as `hex`."
	Format Check "format" "`format` is `sealane-evidence/2`."
	Genesis Check "genesis" "`batch.core.genesis` is the genesis hash of the chain that is asked about."
	RecordChannel Check "record.channel" "`record.channel` is `batch.core.channel`."
	BatchSequences Check "batch.sequences" "`batch.core.last_sequence` is not below `first_sequence`."
	BatchNodes Check "batch.nodes" "`batch.core` names two different nodes."
	RecordParts Check "record.parts" "In `record.order` and `record.confirmation`, `salts` or `withheld` names each part that is there, once, and no other; for one that is withheld, `null` is shown."
	BatchPath Check "batch.path" "`batch.index` is below `batch.core.count`, and `batch.path` has just the length that this place has in a tree of that size."
	BatchRoot Check "batch.root" "Record and `batch.path` lead to `batch.core.root`."
	ExcludedForm Check "excluded.form" "`batch.issuer.excluded` and `batch.seller.excluded` name records of the batch only."
	IssuerSignature Check "signature.issuer" "`batch.issuer.signature` is a strict Ed25519 signature by `batch.issuer.key` over the core's hash, the block that it names and the records that it excludes."
	SellerSignature Check "signature.seller" "`batch.seller.signature` is a strict Ed25519 signature by `batch.seller.key` over the core's hash, the block that it names and the records that it excludes."
	RecordAgreed Check "record.agreed" "Neither side excludes the record."
	AnchorNode Check "anchor.node" "`anchor.reference.node` is one of the two nodes of the batch."
	AnchorPath Check "anchor.path" "`anchor.path` has at most 64 steps."
	AnchorRoot Check "anchor.root" "Batch, `anchor.blinding` and `anchor.path` lead to `anchor.reference.root`."
	ChainAlone Check "chain.alone" "There is no `chain` without an `anchor`."
	Checksum Check "checksum" "`checksum` is that of the other fields."
	AnchorMissing Form "anchor.missing" "For a check offline: there is an `anchor`."
	ChainMissing Form "chain.missing" "For a check offline: there is a `chain`."
	SetForm Check "set.form" "A set of validators is not empty, names none twice and none with weight 0, and its weights add up to less than 2^64."
	FinalityMissing Form "finality.missing" "`chain.finality` has at least one block."
	Encoding Form "encoding" "Each header and each justification is the whole of one SCALE encoding, in the one spelling that it has."
	FinalityOrder Check "finality.order" "The blocks of `chain.finality` ascend, from above genesis on."
	FinalityTarget Check "finality.target" "A justification is for the number and the hash of its header."
	VotesValidator Check "votes.validator" "Each vote is by a validator of the current set."
	VotesRepeated Check "votes.repeated" "No vote stands twice, and no validator has more than two. Two different ones (an equivocation) count as one."
	VotesTarget Check "votes.target" "Each vote is for the block, or for a descendant to which the headers of the justification lead."
	VotesNumber Check "votes.number" "Each vote has the number of the block that it is for, and the headers of the justification step by one."
	VotesHeaders Check "votes.headers" "The headers of the justification are those that its votes need, each once."
	VotesSignature Check "votes.signature" "Each vote has a strict Ed25519 signature over block, round and set."
	VotesThreshold Check "votes.threshold" "The validators that voted have more than two thirds of the weight of the set."
	ChangeForced Check "change.forced" "No header shown, but those up to a checkpoint below the votes that cover them, changes the validators by force."
	ChangeUnknown Form "change.unknown" "GRANDPA's items in the headers of `chain.finality` are known: a scheduled change, or a validator disabled."
	ChangeDelayed Check "change.delayed" "A scheduled change has no delay."
	ChangeTwice Check "change.twice" "A header schedules at most one change."
	AnchorCovered Form "anchor.covered" "Some block of `chain.finality` is at the anchor's block or after it."
	FinalityNeedless Check "finality.needless" "Each block of `chain.finality` changes the validators, or is the first at the anchor's block or after it, or the last."
	HeadersCount Form "headers.count" "`chain.headers` has one header for each block from the anchor's to below the first of `chain.finality` that is not below it."
	BeforeCount Form "before.count" "`chain.before`, where it is there, has one header for each block from the lower of those that the two attestations name, or block 1, to below the anchor's."
	HeadersParent Check "headers.parent" "Each header of `chain.before` and `chain.headers` is the parent that the next one names."
	HeadersNumber Check "headers.number" "Each such header's number is one below that of the next one."
	BeforeFinality Check "before.finality" "A block that stands in `chain.before` and, by its number, in `chain.finality` too is the same in both."
	HeadersChange Check "headers.change" "No such header, but for those of `chain.finality` and those up to a checkpoint below the votes that cover them, has an item of GRANDPA's that changes the validators: such a block belongs into `chain.finality`."
	AnchorBlock Check "anchor.block" "The first header of `chain.headers`, or where there is none the final block, has the number and the hash of `anchor.reference`."
	AttestedBlock Check "attested.block" "With `chain.before`, each attestation names a block's hash as it is there, or block 0 by the genesis hash."
	SlotForm Form "slot.form" "Each header shown has one slot, of 8 bytes, whose time is before the year 9999."
	SlotOrder Check "slot.order" "Slots grow with the blocks: from one header shown to the next at least by as much as their numbers do."
	KnownBlock Check "known.block" "No header shown has another hash than a block that the verifier knows under that number."
	TrieNode Form "trie.node" "A trie node that is needed has the form that the chain's state trie gives it."
	TriePath Form "trie.path" "`chain.storage_proof`, that of a checkpoint `storage_proof`, leads from the last block's state root to each key that is looked for, or to where it would be."
	TrieMinimal Check "trie.minimal" "It has no other nodes, each once, in ascending order of their bytes."
	StateValue Form "state.value" "A value that is read has the form of the appendix."
	StateAnchor Form "state.anchor" "The state has an anchor of this node with this number: by itself, or with `anchor.range` as one of its range."
	StateRange Check "state.range" "The anchor's leaf and `anchor.range` lead to the peaks of the node's range, of which there is one for each bit set in its count."
	StateRoot Check "state.root" "Without `anchor.range`, the chain's anchor has `anchor.reference.root`."
	StateBlock Check "state.block" "Without `anchor.range`, the chain's anchor is in block `anchor.reference.block_number`."
	KeyOwner Form "key.owner" "The state has both signing keys as keys of some node."
	KeyNode Check "key.node" "Each signing key is one of the node that signed."
	KeyHistory Check "key.history" "The entry of a key's history is of that key."
	AttestedBefore Check "attested.before" "The block that an attestation names is below the anchor's."
	KeyCompromised Check "key.compromised" "Neither signing key was declared stolen in the anchor's block or before."
	KeyInForce Check "key.in_force" "Each signing key held at the block that its attestation names, or at the anchor's; where it ended in between, the anchor is at most 43,200 blocks after that end."
	NodeMember Form "node.member" "The state says which member runs or ran each of the two nodes."
	MembersDiffer Check "members.differ" "The two nodes belong to two members."
	CoreMembers Check "core.members" "They are the members that `batch.core` names."
	MemberProfile Form "member.profile" "The state has name and legal number of both members as of the anchor's block."
	Channel Form "channel" "The state has the channel of the record."
	ChannelParties Check "channel.parties" "The channel's issuer is the member of the issuer's node, its seller the member of the seller's node."
	ChannelGranted Form "channel.granted" "The channel was granted by the anchor's block."
	ClausesVersion Form "clauses.version" "Unless `record.clause_version` is 0, the state has that version."
	ClausesChannel Check "clauses.channel" "That version was agreed for the record's channel."
	ClausesFrom Check "clauses.from" "That version holds from a block not after the anchor's."
	ClausesText Form "clauses.text" "The state has that version's clauses, unless it withdraws them."
	ProductIssuer Check "product.issuer" "A product that the order names and that the chain had at the anchor's block is one of the channel's issuer."
	Runtime Form "runtime" "The state names the runtime's version and has the runtime's code."
	CheckpointFormat Check "checkpoint.format" "A checkpoint's `format` is `sealane-checkpoint/1`."
	CheckpointState Form "checkpoint.state" "Its state has the hash of the genesis block, the validators and the number of their set."
	CheckpointPending Check "checkpoint.pending" "No change of the validators is pending in that state."
	CheckpointSigners Check "checkpoint.signers" "It has signatures, in ascending order of the members that signed, each member once."
	CheckpointMember Form "checkpoint.member" "Its state has each signer's member, with name and legal number."
	CheckpointStanding Check "checkpoint.standing" "Each signer is an active member in that state."
	CheckpointSignature Check "checkpoint.signature" "Each signature is one of the account that manages the member in that state: sr25519, or strict Ed25519."
	CheckpointGenesis Check "checkpoint.genesis" "A checkpoint and a chain specification are of one chain."
	CheckpointAfter Form "checkpoint.after" "Without a chain specification, the first block of `chain.finality` at the anchor's or after it, and the last one, are above the checkpoint's."
	CheckpointSet Check "checkpoint.set" "With one, number and validators of the set to which `chain.finality` leads up to the checkpoint are those of the checkpoint."
}

impl Rule {
	/// The rule of that name.
	pub fn from_name(name: &str) -> Option<Self> {
		Self::ALL.iter().copied().find(|rule| rule.name() == name)
	}
}

impl fmt::Display for Rule {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.name())
	}
}

/// The first thing that is wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
	/// The rule that is broken.
	pub rule: Rule,
	/// What was found where, and what was expected.
	pub found: String,
}

impl Defect {
	/// A breach of `rule`.
	pub fn new(rule: Rule, found: impl Into<String>) -> Self {
		let found = found.into();
		Defect { rule, found }
	}
}

impl fmt::Display for Defect {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} [rule {}]", self.found, self.rule)
	}
}

impl core::error::Error for Defect {}

/// Applies the rules. One of them may be left out, to show that it is needed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judge {
	without: Option<Rule>,
}

impl Judge {
	/// All rules but one.
	pub(crate) const fn without(rule: Rule) -> Self {
		Judge { without: Some(rule) }
	}

	/// Refuses what breaks a rule.
	pub(crate) fn demand(self, rule: Rule, holds: bool, found: impl FnOnce() -> String) -> Result<(), Defect> {
		if holds || self.without == Some(rule) {
			return Ok(());
		}
		Err(Defect::new(rule, found()))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	#[test]
	fn every_rule_has_a_name_of_its_own_and_a_sentence() {
		let names: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
		assert_eq!(names.len(), Rule::ALL.len());
		for rule in Rule::ALL {
			assert_eq!(Rule::from_name(rule.name()), Some(*rule));
			assert!(rule.demand().ends_with('.') && !rule.demand().contains('|'), "{rule}");
		}
	}

	/// The document's table is this one.
	#[test]
	fn the_documented_table_is_the_one_that_is_applied() {
		let document = include_str!("../../../docs/evidence.md");
		let table: Vec<String> = Rule::ALL
			.iter()
			.map(|rule| format!("| `{}` | {} |", rule.name(), rule.demand()))
			.collect();
		let start = document.find("| rule | demands |").expect("the table of rules");
		let found: Vec<&str> = document[start..]
			.lines()
			.skip(2)
			.take_while(|line| line.starts_with('|'))
			.collect();
		assert_eq!(found, table, "the table should be\n{}", table.join("\n"));
	}
}
