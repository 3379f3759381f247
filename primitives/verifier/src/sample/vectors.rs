// SPDX-License-Identifier: Apache-2.0

//! Packs with the verdict that every verifier must give. They are written down as changes of the sample pack, so that they share its chain
//! part; `docs/evidence/vectors.json` is made anew by `SEALANE_WRITE=1 cargo test -p sealane-verifier documents`.

mod before;
mod chain;
pub mod checkpoint;
mod file;
mod record;
mod state;

use super::{spec, Sample};
use crate::{EvidencePack, Genesis, KnownBlock, Rule, Verifier};
use serde::Serialize;
use serde_json::{json, Map, Value};

/// One pack and its verdict.
#[derive(Clone, Debug, Serialize)]
pub struct Vector {
	/// What is special about it.
	pub name: String,
	/// `accept`, or the rule by which it is refused.
	pub verdict: String,
	/// Blocks that the verifier knows, as `NUMBER:HASH`.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub known_blocks: Vec<String>,
	/// Changes of the sample pack's JSON.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub edit: Vec<Edit>,
	/// Changes of the sample pack's text, for what JSON's values cannot tell.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub text: Vec<TextEdit>,
}

/// One change of a JSON value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edit {
	/// Where: names and places.
	pub at: Vec<Value>,
	/// The new value; without one, and without a list, the field is taken out.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub put: Option<Value>,
	/// The new list of strings: a number stands for the old list's entry at that place.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub list: Option<Vec<Value>>,
}

impl Edit {
	fn taking_out(at: &[Value]) -> Self {
		Edit {
			at: at.to_vec(),
			put: None,
			list: None,
		}
	}

	fn putting(at: &[Value], value: &Value) -> Self {
		Edit {
			put: Some(value.clone()),
			..Self::taking_out(at)
		}
	}
}

/// One change of a text: the only place with `find` gets `times` times `put`.
#[derive(Clone, Debug, Serialize)]
pub struct TextEdit {
	pub find: String,
	pub put: String,
	#[serde(skip_serializing_if = "is_one")]
	pub times: usize,
}

fn is_one(times: &usize) -> bool {
	*times == 1
}

/// The file of the sample pack.
pub fn base() -> String {
	Sample::new().whole().to_json().expect("serialises")
}

/// The fields by name, in whatever order JSON's crate keeps them.
fn sorted(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
	let mut fields: Vec<_> = fields.iter().collect();
	fields.sort_by_key(|(name, _)| *name);
	fields
}

/// The changes that make `new` of `old`.
fn difference(at: &mut Vec<Value>, old: &Value, new: &Value, edits: &mut Vec<Edit>) {
	match (old, new) {
		_ if old == new => {}
		(Value::Object(old), Value::Object(new)) => {
			for (name, _) in sorted(old).into_iter().filter(|(name, _)| !new.contains_key(*name)) {
				at.push(json!(name));
				edits.push(Edit::taking_out(at));
				at.pop();
			}
			for (name, value) in sorted(new) {
				at.push(json!(name));
				match old.get(name) {
					Some(old) => difference(at, old, value, edits),
					None => edits.push(Edit::putting(at, value)),
				}
				at.pop();
			}
		}
		(Value::Array(old), Value::Array(new)) if old.iter().chain(new).all(Value::is_string) => {
			let entry = |value: &Value| {
				old.iter()
					.position(|known| known == value)
					.map_or_else(|| value.clone(), |place| json!(place))
			};
			edits.push(Edit {
				list: Some(new.iter().map(entry).collect()),
				..Edit::taking_out(at)
			});
		}
		(Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
			for (place, (old, new)) in old.iter().zip(new).enumerate() {
				at.push(json!(place));
				difference(at, old, new, edits);
				at.pop();
			}
		}
		_ => edits.push(Edit::putting(at, new)),
	}
}

/// Applies changes to a value.
fn apply(value: &mut Value, edit: &Edit) {
	let (last, way) = edit.at.split_last().expect("somewhere");
	let mut at = value;
	for step in way {
		at = match step.as_u64() {
			Some(place) => &mut at[place as usize],
			None => &mut at[step.as_str().expect("a name")],
		};
	}
	if let Some(list) = &edit.list {
		let old = at[last.as_str().expect("a name")].take();
		let entry = |entry: &Value| {
			entry
				.as_u64()
				.map_or_else(|| entry.clone(), |place| old[place as usize].clone())
		};
		at[last.as_str().expect("a name")] = list.iter().map(entry).collect();
		return;
	}
	match (&edit.put, last.as_u64()) {
		(Some(put), Some(place)) => at[place as usize] = put.clone(),
		(Some(put), None) => at[last.as_str().expect("a name")] = put.clone(),
		(None, _) => {
			at.as_object_mut()
				.expect("an object")
				.remove(last.as_str().expect("a name"));
		}
	}
}

impl Vector {
	/// The file that a verifier gets.
	pub fn file(&self, base: &str) -> Vec<u8> {
		if !self.text.is_empty() {
			let mut text = base.to_string();
			for edit in &self.text {
				assert_eq!(text.matches(&edit.find).count(), 1, "{}: {:?}", self.name, edit.find);
				text = text.replacen(&edit.find, &edit.put.repeat(edit.times), 1);
			}
			return text.into_bytes();
		}
		let mut value = serde_json::from_str(base).expect("JSON");
		self.edit.iter().for_each(|edit| apply(&mut value, edit));
		serde_json::to_vec(&value).expect("serialises")
	}

	/// The verdict, with all rules or without one.
	pub fn judge(&self, base: &str, genesis: &Genesis, without: Option<Rule>) -> Result<(), Rule> {
		let known: Vec<KnownBlock> = self
			.known_blocks
			.iter()
			.map(|text| {
				let (number, hash) = text.split_once(':').expect("NUMBER:HASH");
				KnownBlock {
					number: number.parse().expect("a number"),
					hash: hex::decode(hash).expect("hex").try_into().expect("32 bytes"),
				}
			})
			.collect();
		let verifier = Verifier::new(genesis).knowing(&known);
		let verifier = match without {
			Some(rule) => verifier.without(rule),
			None => verifier,
		};
		verifier
			.verify_file(&self.file(base))
			.map(|_| ())
			.map_err(|defect| defect.rule)
	}

	/// The rule by which it is refused.
	pub fn rule(&self) -> Option<Rule> {
		Rule::from_name(&self.verdict)
	}
}

/// Collects vectors.
pub struct Vectors {
	base: Value,
	pub all: Vec<Vector>,
}

impl Vectors {
	fn push(&mut self, name: &str, rule: Option<Rule>) -> &mut Vector {
		assert!(
			self.all.iter().all(|vector| vector.name != name),
			"{name} is there twice"
		);
		self.all.push(Vector {
			name: name.into(),
			verdict: rule.map_or("accept", Rule::name).into(),
			known_blocks: Vec::new(),
			edit: Vec::new(),
			text: Vec::new(),
		});
		self.all.last_mut().expect("pushed just now")
	}

	/// A pack that is accepted.
	pub fn accept(&mut self, name: &str, pack: EvidencePack) -> &mut Vector {
		self.pack(name, None, pack)
	}

	/// A pack that is refused.
	pub fn refuse(&mut self, name: &str, rule: Rule, pack: EvidencePack) -> &mut Vector {
		self.pack(name, Some(rule), pack)
	}

	fn pack(&mut self, name: &str, rule: Option<Rule>, pack: EvidencePack) -> &mut Vector {
		let new = serde_json::to_value(&pack).expect("serialises");
		let mut edits = Vec::new();
		difference(&mut Vec::new(), &self.base, &new, &mut edits);
		let vector = self.push(name, rule);
		vector.edit = edits;
		vector
	}

	/// A pack that is the sample's but for some JSON values.
	pub fn edited(&mut self, name: &str, rule: Option<Rule>, edits: &[(&str, Option<Value>)]) {
		let edits = edits
			.iter()
			.map(|(at, put)| {
				let step = |step: &str| step.parse::<u64>().map_or_else(|_| json!(step), |place| json!(place));
				let at: Vec<Value> = at.split('/').map(step).collect();
				Edit {
					put: put.clone(),
					..Edit::taking_out(&at)
				}
			})
			.collect();
		self.push(name, rule).edit = edits;
	}

	/// A pack that is the sample's but for some text.
	pub fn text(&mut self, name: &str, rule: Option<Rule>, find: &str, put: &str) {
		let (find, put) = (find.into(), put.into());
		self.texts(name, rule, vec![TextEdit { find, put, times: 1 }]);
	}

	/// The same with several changes, one after the other.
	pub fn texts(&mut self, name: &str, rule: Option<Rule>, edits: Vec<TextEdit>) {
		self.push(name, rule).text = edits;
	}
}

/// All vectors. The verdicts are written by hand, but for the last kind, where only the refusal is.
pub fn all() -> Vec<Vector> {
	let base = base();
	let mut vectors = Vectors {
		base: serde_json::from_str(&base).expect("JSON"),
		all: Vec::new(),
	};
	vectors.accept("the sample as it is", Sample::new().whole());
	file::vectors(&mut vectors);
	record::vectors(&mut vectors);
	chain::vectors(&mut vectors);
	before::vectors(&mut vectors);
	state::vectors(&mut vectors);
	changed_anywhere(&mut vectors);
	vectors.all
}

/// Every number one more, every byte string with one bit changed; each with its checksum made anew.
fn changed_anywhere(vectors: &mut Vectors) {
	let genesis = Genesis::from_spec(spec().as_bytes()).expect("raw");
	let mut places = Vec::new();
	leaves(&mut Vec::new(), &vectors.base, &mut places);
	for (at, old) in places {
		let name = at
			.iter()
			.map(|step| step.to_string().replace('"', ""))
			.collect::<Vec<_>>()
			.join(".");
		if name == "format" || name == "checksum" || name.ends_with(".date") {
			continue;
		}
		let new = match &old {
			Value::Number(number) => json!(number.as_u64().expect("whole") + 1),
			Value::String(text) => {
				// One digit of the middle: 0 ↔ 1, others to 0. In texts and in hexadecimal digits alike.
				let mut bytes = text.clone().into_bytes();
				let middle = bytes.len() / 2;
				let place = (middle..bytes.len())
					.find(|i| bytes[*i].is_ascii_digit())
					.expect("a digit");
				bytes[place] = if bytes[place] == b'0' { b'1' } else { b'0' };
				json!(String::from_utf8(bytes).expect("ASCII for ASCII"))
			}
			other => panic!("{other}"),
		};
		let mut value = vectors.base.clone();
		apply(&mut value, &Edit::putting(&at, &new));
		let pack = EvidencePack::from_json(&serde_json::to_vec(&value).expect("serialises")).expect("readable");
		let pack = EvidencePack::new(pack.record, pack.batch, pack.anchor, pack.chain);
		let rule = pack.verify_offline(&genesis).expect_err("changed").rule;
		assert!(rule != Rule::Checksum, "{name}");
		vectors.refuse(&format!("{name} changed"), rule, pack);
	}
}

/// Every number and string of a value.
fn leaves(at: &mut Vec<Value>, value: &Value, found: &mut Vec<(Vec<Value>, Value)>) {
	match value {
		Value::Object(fields) => {
			for (name, value) in sorted(fields) {
				at.push(json!(name));
				leaves(at, value, found);
				at.pop();
			}
		}
		Value::Array(values) => {
			for (place, value) in values.iter().enumerate() {
				at.push(json!(place));
				leaves(at, value, found);
				at.pop();
			}
		}
		leaf => found.push((at.clone(), leaf.clone())),
	}
}
