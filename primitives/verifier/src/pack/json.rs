// SPDX-License-Identifier: Apache-2.0

//! JSON as it stands in the file: nothing converted, nothing dropped, bounded in depth and in the length of each list.

use crate::rules::{Defect, Judge, Rule};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use core::{cell::Cell, fmt};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Deepest nesting of lists and objects.
pub const MAX_DEPTH: usize = 8;
/// Most entries of one list or object.
pub const MAX_ENTRIES: usize = 65_536;

/// One JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
	/// A whole number from 0 to 2^64 − 1, written without sign, fraction and exponent.
	Number(u64),
	/// A string.
	Text(String),
	/// A list.
	List(Vec<Node>),
	/// An object, its names in the order of the file, repeated ones included.
	Object(Vec<(String, Node)>),
	/// `null`.
	Null,
	/// `true`, `false`, or another number.
	Other,
}

impl Node {
	/// What it is, for people.
	pub fn kind(&self) -> &'static str {
		match self {
			Node::Number(_) => "a number",
			Node::Text(_) => "a text",
			Node::List(_) => "a list",
			Node::Object(_) => "an object",
			Node::Null => "null",
			Node::Other => "true, false, or a number that is no whole one",
		}
	}

	/// The text, where it is one.
	pub fn text(&self) -> Option<&str> {
		match self {
			Node::Text(text) => Some(text),
			_ => None,
		}
	}
}

/// The value of a JSON text.
///
/// # Errors
/// [`Rule::FileJson`] where it is none, deeper than `depth`, or too wide.
pub fn read(bytes: &[u8], depth: usize) -> Result<Node, Defect> {
	read_wide(bytes, depth, MAX_ENTRIES)
}

/// The same with at most `entries` in each list and object.
///
/// # Errors
/// As [`read`].
pub fn read_wide(bytes: &[u8], depth: usize, entries: usize) -> Result<Node, Defect> {
	let left = Cell::new(depth);
	let mut reader = serde_json::Deserializer::from_slice(bytes);
	let node = Seed { left: &left, entries }.deserialize(&mut reader);
	node.and_then(|node| reader.end().map(|()| node))
		.map_err(|error| Defect::new(Rule::FileJson, format!("not the JSON expected: {error}")))
}

/// The string that stands under `name` in the object that `bytes` are, where it stands there once.
pub fn text_field(bytes: &[u8], name: &str) -> Option<String> {
	/// Finds one field and skips the others.
	struct Field<'a>(&'a str);

	impl<'de> Visitor<'de> for Field<'_> {
		type Value = Vec<Option<String>>;

		fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
			f.write_str("an object")
		}

		fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
			let mut found = Vec::new();
			while let Some(key) = map.next_key::<String>()? {
				if key != self.0 {
					map.next_value::<IgnoredAny>()?;
					continue;
				}
				if found.len() == 2 {
					return Err(A::Error::custom("the field is there more than twice"));
				}
				let left = Cell::new(MAX_DEPTH);
				let seed = Seed {
					left: &left,
					entries: MAX_ENTRIES,
				};
				found.push(match map.next_value_seed(seed)? {
					Node::Text(text) => Some(text),
					_ => None,
				});
			}
			Ok(found)
		}
	}

	core::str::from_utf8(bytes).ok()?;
	let mut reader = serde_json::Deserializer::from_slice(bytes);
	let mut found = (&mut reader).deserialize_map(Field(name)).ok()?;
	reader.end().ok()?;
	match found.len() {
		1 => found.pop().flatten(),
		_ => None,
	}
}

/// Reads a node.
#[derive(Clone, Copy)]
struct Seed<'a> {
	/// How many levels are left.
	left: &'a Cell<usize>,
	/// Most entries of a list or an object.
	entries: usize,
}

impl Seed<'_> {
	fn descend<E: Error, T>(self, inner: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
		let left = self.left.get();
		if left == 0 {
			return Err(E::custom("too many levels"));
		}
		self.left.set(left - 1);
		let result = inner();
		self.left.set(left);
		result
	}
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
	type Value = Node;

	fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
		deserializer.deserialize_any(self)
	}
}

impl<'de> Visitor<'de> for Seed<'_> {
	type Value = Node;

	fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("JSON")
	}

	fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
		Ok(Node::Number(value))
	}

	fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
		Ok(Node::Other)
	}

	fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
		Ok(Node::Other)
	}

	fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
		Ok(Node::Other)
	}

	fn visit_unit<E>(self) -> Result<Node, E> {
		Ok(Node::Null)
	}

	fn visit_str<E>(self, value: &str) -> Result<Node, E> {
		Ok(Node::Text(value.to_string()))
	}

	fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
		self.descend(|| {
			let mut nodes = Vec::new();
			while let Some(node) = list.next_element_seed(self)? {
				if nodes.len() == self.entries {
					return Err(A::Error::custom(format_args!(
						"more than {} entries in a list",
						self.entries
					)));
				}
				nodes.push(node);
			}
			Ok(Node::List(nodes))
		})
	}

	fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
		self.descend(|| {
			let mut nodes = Vec::new();
			while let Some(name) = map.next_key::<String>()? {
				if nodes.len() == self.entries {
					return Err(A::Error::custom(format_args!(
						"more than {} names in an object",
						self.entries
					)));
				}
				nodes.push((name, map.next_value_seed(self)?));
			}
			Ok(Node::Object(nodes))
		})
	}
}

/// The fields of an object, taken one after the other.
pub struct Fields {
	judge: Judge,
	path: String,
	fields: Vec<(String, Node)>,
}

impl Fields {
	/// The fields of the object at `path`.
	///
	/// # Errors
	/// It is no object, or a name stands in it twice.
	pub fn of(judge: Judge, path: impl Into<String>, node: Node) -> Result<Self, Defect> {
		let path = path.into();
		let fields = match node {
			Node::Object(fields) => fields,
			other => {
				let found = format!("{} is {}, expected an object", at(&path), other.kind());
				return Err(Defect::new(Rule::FileFields, found));
			}
		};
		let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
		names.sort_unstable();
		if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
			let found = || format!("{} has the field `{}` twice", at(&path), twice[0]);
			judge.demand(Rule::FileNames, false, found)?;
		}
		Ok(Fields { judge, path, fields })
	}

	/// Where a field of the object is.
	pub fn path_of(&self, name: &str) -> String {
		if self.path.is_empty() {
			name.to_string()
		} else {
			format!("{}.{name}", self.path)
		}
	}

	/// The field of that name, which may be left out.
	///
	/// # Errors
	/// It is `null`.
	pub fn optional(&mut self, name: &str) -> Result<Option<Node>, Defect> {
		let mut found = None;
		self.fields.retain_mut(|(key, node)| {
			let is_it = key == name;
			if is_it {
				found = Some(core::mem::replace(node, Node::Null));
			}
			!is_it
		});
		if found == Some(Node::Null) {
			let path = self.path_of(name);
			self.judge.demand(Rule::FileFields, false, || {
				format!("{path} is null: a field that is not there is left out")
			})?;
			return Ok(None);
		}
		Ok(found)
	}

	/// The field of that name.
	///
	/// # Errors
	/// It is missing, or `null`.
	pub fn take(&mut self, name: &str) -> Result<Node, Defect> {
		let path = self.path_of(name);
		self.optional(name)?
			.ok_or_else(|| Defect::new(Rule::FileFields, format!("{path} is missing")))
	}

	/// All fields that were not taken.
	pub fn into_entries(self) -> impl Iterator<Item = (String, Node)> {
		self.fields.into_iter()
	}

	/// That all fields were taken.
	///
	/// # Errors
	/// One was not.
	pub fn end(self) -> Result<(), Defect> {
		let unknown = self.fields.first().map(|(name, _)| name.as_str());
		self.judge.demand(Rule::FileFields, unknown.is_none(), || {
			format!(
				"{} has the unknown field `{}`",
				at(&self.path),
				unknown.unwrap_or_default()
			)
		})
	}
}

/// `the file` for the outermost object.
fn at(path: &str) -> &str {
	if path.is_empty() {
		"the file"
	} else {
		path
	}
}
