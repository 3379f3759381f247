// SPDX-License-Identifier: Apache-2.0

//! Checkpoints, and packs that are followed from one.

use super::{difference, Edit};
use crate::{
	chain::keys,
	checkpoint::{AccountSignature, CheckpointFile, MemberSignature},
	pack::ChainPart,
	sample::{
		authorities,
		checkpoint::{forced, manager, signed, CHECKPOINT, SUSPENDED},
		set, votes, Sample, ANCHORED, ISSUER, SELLER,
	},
	EvidencePack, Genesis, Rule, Start, Verifier,
};
use codec::Encode;
use serde::Serialize;
use serde_json::{json, Value};

/// A checkpoint, a pack that is followed from it, and the verdict.
#[derive(Clone, Debug, Serialize)]
pub struct CheckpointVector {
	/// What is special about it.
	pub name: String,
	/// `accept`, or the rule by which the checkpoint, or else the pack, is refused.
	pub verdict: String,
	/// Whether the verifier has the chain specification as well.
	#[serde(skip_serializing_if = "std::ops::Not::not")]
	pub with_specification: bool,
	/// Changes of the sample checkpoint's JSON.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub checkpoint: Vec<Edit>,
	/// Changes of the sample pack's JSON.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub edit: Vec<Edit>,
}

/// The file of the sample checkpoint.
pub fn base() -> String {
	Sample::new().whole_checkpoint().to_json().expect("serialises")
}

impl CheckpointVector {
	/// The verdict, with all rules or without one.
	pub fn judge(&self, genesis: &Genesis, without: Option<Rule>) -> Result<(), Rule> {
		let file = |base: &str, edits: &[Edit]| {
			let mut value = serde_json::from_str(base).expect("JSON");
			edits.iter().for_each(|edit| super::apply(&mut value, edit));
			serde_json::to_vec(&value).expect("serialises")
		};
		let judge = without.map_or_else(Default::default, crate::rules::Judge::without);
		let checkpoint = crate::pack::read::checkpoint::file(judge, &file(&base(), &self.checkpoint))
			.and_then(|file| file.verify_with(judge))
			.map_err(|defect| defect.rule)?;
		let start = match self.with_specification {
			true => Start::Through(genesis, &checkpoint),
			false => Start::Checkpoint(&checkpoint),
		};
		let mut verifier = Verifier::from(start);
		if let Some(rule) = without {
			verifier = verifier.without(rule);
		}
		let pack = file(&super::base(), &self.edit);
		verifier.verify_file(&pack).map(|_| ()).map_err(|defect| defect.rule)
	}

	/// The rule by which it is refused.
	pub fn rule(&self) -> Option<Rule> {
		Rule::from_name(&self.verdict)
	}
}

struct Vectors {
	checkpoint: Value,
	pack: Value,
	all: Vec<CheckpointVector>,
}

impl Vectors {
	fn push(&mut self, name: &str, rule: Option<Rule>) -> &mut CheckpointVector {
		assert!(
			self.all.iter().all(|vector| vector.name != name),
			"{name} is there twice"
		);
		self.all.push(CheckpointVector {
			name: name.into(),
			verdict: rule.map_or("accept", Rule::name).into(),
			with_specification: false,
			checkpoint: Vec::new(),
			edit: Vec::new(),
		});
		self.all.last_mut().expect("pushed just now")
	}

	/// The sample's pack from this checkpoint.
	fn from(&mut self, name: &str, rule: Option<Rule>, file: &CheckpointFile) -> &mut CheckpointVector {
		let edits = changes(&self.checkpoint, file);
		let vector = self.push(name, rule);
		vector.checkpoint = edits;
		vector
	}

	/// This pack from the sample's checkpoint.
	fn pack(&mut self, name: &str, rule: Option<Rule>, pack: &EvidencePack) -> &mut CheckpointVector {
		let edits = changes(&self.pack, pack);
		let vector = self.push(name, rule);
		vector.edit = edits;
		vector
	}

	/// This pack from this checkpoint.
	fn both(
		&mut self,
		name: &str,
		rule: Option<Rule>,
		file: &CheckpointFile,
		pack: &EvidencePack,
	) -> &mut CheckpointVector {
		let (checkpoint, edit) = (changes(&self.checkpoint, file), changes(&self.pack, pack));
		let vector = self.push(name, rule);
		(vector.checkpoint, vector.edit) = (checkpoint, edit);
		vector
	}

	/// A checkpoint that is the sample's but for one JSON value.
	fn edited(&mut self, name: &str, rule: Rule, at: &[Value], put: Option<Value>) {
		self.push(name, Some(rule)).checkpoint = vec![Edit {
			put,
			..Edit::taking_out(at)
		}];
	}
}

fn changes(old: &Value, new: &impl Serialize) -> Vec<Edit> {
	let mut edits = Vec::new();
	let new = serde_json::to_value(new).expect("serialises");
	difference(&mut Vec::new(), old, &new, &mut edits);
	edits
}

/// All vectors.
pub fn all() -> Vec<CheckpointVector> {
	let mut vectors = Vectors {
		checkpoint: serde_json::from_str(&base()).expect("JSON"),
		pack: serde_json::from_str(&super::base()).expect("JSON"),
		all: Vec::new(),
	};
	vectors.push("the samples as they are", None);
	vectors.push("with the specification as well", None).with_specification = true;
	form(&mut vectors);
	state(&mut vectors);
	signers(&mut vectors);
	ways(&mut vectors);
	by_force(&mut vectors);
	vectors.all
}

fn form(vectors: &mut Vectors) {
	let format = json!("sealane-checkpoint/2");
	vectors.edited(
		"another format",
		Rule::CheckpointFormat,
		&[json!("format")],
		Some(format),
	);
	vectors.edited("an unknown field", Rule::FileFields, &[json!("note")], Some(json!("n")));
	vectors.edited("no signatures field", Rule::FileFields, &[json!("signatures")], None);
	let at = [json!("signatures"), json!(0), json!("member")];
	vectors.edited("a member's number as text", Rule::FileForm, &at, Some(json!("1")));
	let at = [json!("signatures"), json!(0), json!("sr25519")];
	vectors.edited(
		"two signatures in one",
		Rule::FileFields,
		&at,
		Some(json!("00".repeat(64))),
	);
	let at = [json!("signatures"), json!(0), json!("ed25519")];
	vectors.edited(
		"a signature of 63 bytes",
		Rule::FileForm,
		&at,
		Some(json!("00".repeat(63))),
	);
	let mut file = Sample::new().whole_checkpoint();
	file.header.push(0);
	vectors.from("a header with a byte too much", Some(Rule::Encoding), &file);
	let sound = Sample::new().whole_checkpoint();
	let mut file = sound.clone();
	file.storage_proof.pop();
	vectors.from("a trie node is missing", Some(Rule::TriePath), &file);
	let mut file = sound.clone();
	file.storage_proof.reverse();
	vectors.from("trie nodes in another order", Some(Rule::TrieMinimal), &file);
	let mut file = sound.clone();
	file.storage_proof.push(vec![0xff; 3]);
	vectors.from("a trie node too many", Some(Rule::TrieMinimal), &file);
	// The header of another block, under the signatures of this one.
	let mut file = sound;
	file.header = Sample::new().header(5).encode();
	vectors.from("the header of the next block", Some(Rule::CheckpointSignature), &file);
}

fn with_state(key: Vec<u8>, value: Option<Vec<u8>>) -> CheckpointFile {
	Sample::with(|plan| plan.state = vec![(key, value)]).whole_checkpoint()
}

/// Name, the rule that it breaks, the key of the state and what stands there.
type StateCase = (&'static str, Rule, Vec<u8>, Option<Vec<u8>>);

fn state(vectors: &mut Vectors) {
	let cases: [StateCase; 10] = [
		(
			"no genesis hash in the state",
			Rule::CheckpointState,
			keys::genesis_hash(),
			None,
		),
		(
			"no validators in the state",
			Rule::CheckpointState,
			keys::validators(),
			None,
		),
		(
			"no number of the set in the state",
			Rule::CheckpointState,
			keys::validator_set(),
			None,
		),
		(
			"a number of the set of 4 bytes",
			Rule::StateValue,
			keys::validator_set(),
			Some(vec![1; 4]),
		),
		(
			"a genesis hash of 33 bytes",
			Rule::StateValue,
			keys::genesis_hash(),
			Some(vec![1; 33]),
		),
		("an empty set", Rule::SetForm, keys::validators(), Some(vec![0])),
		(
			"a signer that is no member",
			Rule::CheckpointMember,
			keys::member(ISSUER),
			None,
		),
		(
			"a signer without a name",
			Rule::CheckpointMember,
			keys::profile(ISSUER),
			None,
		),
		(
			"a member's entry that is cut off",
			Rule::StateValue,
			keys::member(ISSUER),
			Some(vec![3; 33]),
		),
		("another chain", Rule::Genesis, keys::genesis_hash(), Some(vec![1; 32])),
	];
	for (name, rule, key, value) in cases {
		vectors.from(name, Some(rule), &with_state(key, value));
	}
	// Of these the pack is of the same history, so that nothing else is wrong.
	for (name, rule, key, value) in [
		(
			"a pending change",
			Rule::CheckpointPending,
			keys::pending_change(),
			vec![7; 40],
		),
		(
			"another chain than the specification's",
			Rule::CheckpointGenesis,
			keys::genesis_hash(),
			vec![1; 32],
		),
	] {
		let sample = Sample::with(|plan| plan.state = vec![(key, Some(value))]);
		let vector = vectors.both(name, Some(rule), &sample.whole_checkpoint(), &sample.whole());
		vector.with_specification = rule == Rule::CheckpointGenesis;
	}
	// Of the same number, and with validators some of whom vote as well.
	let other = with_state(keys::validators(), Some(authorities(set(0)).encode()));
	let vector = vectors.from(
		"other validators than those followed",
		Some(Rule::CheckpointSet),
		&other,
	);
	vector.with_specification = true;
}

fn signers(vectors: &mut Vectors) {
	let sample = Sample::new();
	let one = |member| sample.checkpoint(CHECKPOINT, &[member]);
	vectors.from("one signer with sr25519", None, &one(ISSUER));
	vectors.from("one signer with Ed25519", None, &one(SELLER));
	let none = sample.checkpoint(CHECKPOINT, &[]);
	vectors.from("nobody signed", Some(Rule::CheckpointSigners), &none);
	let turned = sample.checkpoint(CHECKPOINT, &[ISSUER, SELLER]);
	vectors.from("signers in descending order", Some(Rule::CheckpointSigners), &turned);
	let twice = sample.checkpoint(CHECKPOINT, &[SELLER, SELLER]);
	vectors.from("one signer twice", Some(Rule::CheckpointSigners), &twice);
	let suspended = sample.checkpoint(CHECKPOINT, &[SELLER, SUSPENDED]);
	vectors.from("a suspended signer", Some(Rule::CheckpointStanding), &suspended);
	let of = |change: &dyn Fn(MemberSignature) -> MemberSignature, message: &dyn Fn(&crate::Checkpoint) -> Vec<u8>| {
		sample.checkpoint_signed(CHECKPOINT, &[ISSUER], |checkpoint| {
			vec![change(signed(ISSUER, &message(checkpoint)))]
		})
	};
	let as_it_is = |signature: MemberSignature| signature;
	let wrapped = |checkpoint: &crate::Checkpoint| checkpoint.message().to_vec();
	let refused = Some(Rule::CheckpointSignature);
	vectors.from(
		"a bare digest was signed",
		refused,
		&of(&as_it_is, &|c| c.digest().to_vec()),
	);
	vectors.from(
		"another block was signed",
		refused,
		&of(&as_it_is, &|c| {
			let other = crate::Checkpoint {
				number: c.number + 1,
				..c.clone()
			};
			other.message().to_vec()
		}),
	);
	vectors.from(
		"another set was signed",
		refused,
		&of(&as_it_is, &|c| {
			let other = crate::Checkpoint {
				set: c.set + 1,
				..c.clone()
			};
			other.message().to_vec()
		}),
	);
	let bytes = |signature: MemberSignature| match signature.by {
		AccountSignature::Sr25519(bytes) | AccountSignature::Ed25519(bytes) => bytes,
	};
	let sr = |bytes| MemberSignature {
		member: ISSUER,
		by: AccountSignature::Sr25519(bytes),
	};
	vectors.from(
		"the signature of an older library, without its mark",
		refused,
		&of(
			&|signature| {
				let mut bytes = bytes(signature);
				bytes[63] &= 0x7f;
				sr(bytes)
			},
			&wrapped,
		),
	);
	vectors.from(
		"a scalar of the group's order or more",
		refused,
		&of(
			&|signature| {
				let mut bytes = bytes(signature);
				bytes[63] |= 0x7f;
				sr(bytes)
			},
			&wrapped,
		),
	);
	vectors.from(
		"R is no point",
		refused,
		&of(
			&|signature| {
				let mut bytes = bytes(signature);
				bytes[..32].copy_from_slice(&[0xff; 32]);
				sr(bytes)
			},
			&wrapped,
		),
	);
	vectors.from(
		"an sr25519 signature called Ed25519",
		refused,
		&of(
			&|signature| MemberSignature {
				member: ISSUER,
				by: AccountSignature::Ed25519(bytes(signature)),
			},
			&wrapped,
		),
	);
	let foreign = sample.checkpoint_signed(CHECKPOINT, &[ISSUER], |checkpoint| {
		vec![MemberSignature {
			member: ISSUER,
			by: signed(SELLER, &checkpoint.message()).by,
		}]
	});
	vectors.from("signed by another member", refused, &foreign);
	let managed = with_state(
		keys::member(ISSUER),
		Some(crate::sample::checkpoint::member_entry([0xff; 32], None)),
	);
	vectors.from("an account that is no key", refused, &managed);
	assert_ne!(manager(ISSUER), manager(SELLER));
}

/// What is looked at, and what is not.
fn ways(vectors: &mut Vectors) {
	let sample = Sample::new();
	let spoiled = sample.changed(|chain| {
		// A vote of the first set, from before the checkpoint.
		let length = chain.finality[0].justification.len();
		chain.finality[0].justification[length - 40] ^= 1;
	});
	vectors.pack("what is before the checkpoint is not looked at", None, &spoiled);
	let vector = vectors.pack("with the specification it is", Some(Rule::VotesSignature), &spoiled);
	vector.with_specification = true;
	let shorter = sample.changed(|chain| drop(chain.finality.remove(0)));
	vectors.pack("nothing from before the checkpoint", None, &shorter);
	let vector = vectors.pack(
		"a change of the validators is left out",
		Some(Rule::CheckpointSet),
		&shorter,
	);
	vector.with_specification = true;
	let forged = sample.changed(|chain| {
		chain.finality[1] = sample.voted(8, votes(7, 0, &set(0)[..3], sample.header(8)), &[]);
	});
	vectors.pack(
		"votes of the set before the checkpoint",
		Some(Rule::VotesSignature),
		&forged,
	);
	let other = Sample::with(|plan| plan.state = set_2()).whole_checkpoint();
	let vector = vectors.from("another set than the one followed", Some(Rule::CheckpointSet), &other);
	vector.with_specification = true;
	// At the block whose votes cover the anchor, and above all.
	for number in [8, 13] {
		let file = sample.checkpoint(number, &[SELLER, ISSUER]);
		let name = format!("a checkpoint of block {number}");
		vectors.from(&name, Some(Rule::CheckpointAfter), &file);
		let vector = vectors.from(&format!("{name}, with the specification"), None, &file);
		vector.with_specification = true;
	}
	// Below the votes and above the anchor.
	let file = sample.checkpoint(7, &[ISSUER]);
	vectors.from("a checkpoint between the anchor and its votes", None, &file);
	let mut file = Sample::new();
	file.headers[7].extrinsics_root = [0xee; 32];
	let file = file.checkpoint(7, &[ISSUER]);
	vectors.from("a checkpoint of another history", Some(Rule::KnownBlock), &file);
	// Among the blocks that lead to those that the attestations name.
	let file = sample.checkpoint(5, &[ISSUER]);
	vectors.from("a checkpoint between the blocks attested and the anchor", None, &file);
	let mut file = Sample::new();
	file.headers[5].extrinsics_root = [0xee; 32];
	let file = file.checkpoint(5, &[ISSUER]);
	vectors.from(
		"a checkpoint of another history, between the blocks attested and the anchor",
		Some(Rule::KnownBlock),
		&file,
	);
}

/// The anchor, and block 12 alone of those that were voted on.
fn hiding(sample: &Sample) -> EvidencePack {
	let chain = ChainPart {
		headers: (ANCHORED..12).map(|number| sample.header(number).encode()).collect(),
		before: sample.before(),
		finality: vec![sample.finalised(12)],
		storage_proof: sample.storage_proof(),
	};
	sample.pack.clone().with_chain(Some(chain))
}

/// Changes of the validators that no votes of a pack follow.
fn by_force(vectors: &mut Vectors) {
	let sample = forced();
	let pack = hiding(&sample);
	let above = sample.checkpoint(10, &[SELLER, ISSUER]);
	vectors.both("a change by force below the checkpoint", None, &above, &pack);
	let at = sample.checkpoint(9, &[SELLER, ISSUER]);
	vectors.both("a checkpoint of the block of a change by force", None, &at, &pack);
	let below = sample.checkpoint(8, &[SELLER, ISSUER]);
	vectors.both(
		"a change by force above the checkpoint",
		Some(Rule::ChangeForced),
		&below,
		&pack,
	);
	let name = "a change by force, with the specification";
	let vector = vectors.both(name, Some(Rule::CheckpointSet), &above, &pack);
	vector.with_specification = true;
	let sample = Sample::with(|plan| plan.state = set_2());
	let pack = hiding(&sample);
	let above = sample.checkpoint(10, &[SELLER]);
	vectors.both("a change that was scheduled below the checkpoint", None, &above, &pack);
	let below = sample.checkpoint(8, &[SELLER]);
	let name = "a change that was scheduled above the checkpoint";
	vectors.both(name, Some(Rule::HeadersChange), &below, &pack);
}

/// The state in which set 2 votes next.
fn set_2() -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
	vec![
		(keys::validators(), Some(authorities(set(2)).encode())),
		(keys::validator_set(), Some(2u64.encode())),
	]
}
