// SPDX-License-Identifier: Apache-2.0

use super::*;
use alloc::{format, string::String, vec};
use proptest::prelude::*;

const SEED: [u8; 32] = [7; 32];

fn sha256(parts: &[&[u8]]) -> Digest {
	sp_io::hashing::sha2_256(&parts.concat())
}

fn cut(text: &str) -> Vec<(Part, String)> {
	let cut = Cut::of(text.as_bytes());
	cut.by_place()
		.into_iter()
		.map(|(part, range)| (part, text[range].into()))
		.collect()
}

#[test]
fn the_hash_is_that_of_the_documented_bytes() {
	let entry = br#"{"id":"A-1","facts":{"age":40},"amount":"10", "customer" : "c7" }"#;
	let salt = |part: u8| sha256(&[b"sealane/2/salt", &SEED, &[5, 0, 0, 0], &[part]]);
	let skeleton = sha256(&[
		b"sealane/2/skeleton",
		b"{\"id\":\"A-1\",\"facts\":\0,\"amount\":\"10\", \"customer\" : \0 }",
	]);
	let customer = sha256(&[b"sealane/2/part", &salt(0), b"\"c7\""]);
	let facts = sha256(&[b"sealane/2/part", &salt(2), b"{\"age\":40}"]);
	assert_eq!(
		entry_hash(entry, &SEED, 5),
		sha256(&[b"sealane/2/entry", &skeleton, &[0], &customer, &[2], &facts])
	);
	// Without parts, and for what is no JSON, the skeleton is all of it.
	for text in [&b"{}"[..], b"no json", b"", b"{\"a\":1}", &[0xff, 0]] {
		let skeleton = sha256(&[b"sealane/2/skeleton", text]);
		assert_eq!(entry_hash(text, &SEED, 0), sha256(&[b"sealane/2/entry", &skeleton]));
	}
}

#[test]
fn parts_are_found_by_their_unescaped_names_at_the_top_only() {
	assert_eq!(
		cut(r#"{"facts":{"customer":"x"},"other":{"facts":1}}"#),
		[(Part::Facts, r#"{"customer":"x"}"#.into())]
	);
	assert_eq!(cut(r#"{"\u0066acts":[1, 2]}"#), [(Part::Facts, "[1, 2]".into())]);
	assert_eq!(
		cut("\n{\"person\" :\tnull ,\r\"details\":-1.5e+3}\n"),
		[(Part::Person, "null".into()), (Part::Details, "-1.5e+3".into())]
	);
	for none in [
		"[]",
		"{\"Facts\":1}",
		"\"facts\"",
		"{\"facts\\u0000\":1}",
		"{\"\\ud800facts\":1}",
	] {
		assert_eq!(cut(none), [], "{none}");
	}
}

#[test]
fn what_is_no_json_object_is_not_cut() {
	for text in [
		r#"{"facts":1,"facts":2}"#,
		r#"{"facts":1,"f\u0061cts":2}"#,
		r#"{"facts":1}x"#,
		r#"{"facts":1,}"#,
		r#"{"facts":01}"#,
		r#"{"facts":1.}"#,
		r#"{"facts":1e}"#,
		r#"{"facts":-}"#,
		r#"{"facts":tru}"#,
		r#"{"facts":"\x"}"#,
		r#"{"facts":"\u12g4"}"#,
		r#"{"facts":[1,]}"#,
		r#"{"facts":[1}"#,
		r#"{"facts" 1}"#,
		"{\"facts\":\"a\nb\"}",
		"{\"facts\":1",
		"\u{feff}{\"facts\":1}",
		" ",
	] {
		assert_eq!(cut(text), [], "{text}");
	}
	assert_eq!(Cut::of(b"{\"facts\":\"\xff\"}"), Cut::default());
}

#[test]
fn boundary_depth() {
	let nested = |levels: usize| format!("{{\"facts\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
	assert_eq!(cut(&nested(63)).len(), 1);
	assert_eq!(cut(&nested(64)), []);
	// Far beyond any stack.
	assert_eq!(cut(&nested(500_000)), []);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
	let leaf = prop_oneof![
		Just(serde_json::Value::Null),
		any::<bool>().prop_map(Into::into),
		any::<i64>().prop_map(Into::into),
		"\\PC{0,8}".prop_map(Into::into),
	];
	leaf.prop_recursive(3, 24, 4, |inner| {
		prop_oneof![
			proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
			proptest::collection::btree_map("[a-z\"\\\\]{0,3}", inner, 0..4)
				.prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
		]
	})
}

proptest! {
	/// The scanner and serde_json agree on what a part's value is.
	#[test]
	fn parts_are_those_that_a_json_library_finds(
		fields in proptest::collection::btree_map("id|customer|facts|details|person|x", json(), 0..6),
	) {
		let object = serde_json::Value::Object(fields.clone().into_iter().collect());
		let text = serde_json::to_vec(&object).expect("values are text");
		let cut = Cut::of(&text);
		for part in Part::ALL {
			let found = cut.get(part).map(|range| serde_json::from_slice::<serde_json::Value>(&text[range]).expect("a value"));
			prop_assert_eq!(found.as_ref(), fields.get(part.name()));
		}
	}

	/// What the scanner takes for an object is one, and what is one is taken: the two readers of an entry cannot differ.
	#[test]
	fn the_grammar_is_that_of_a_json_library(text in "[{}\\[\\]\",:0-9a-fnrstu\\\\ .eE+-]{0,24}") {
		let text = format!("{{\"facts\":{text}}}");
		let library = serde_json::from_str::<alloc::collections::BTreeMap<String, &serde_json::value::RawValue>>(&text);
		if let Ok(fields) = &library {
			if fields.len() == 1 && text.matches("facts").count() == 1 {
				prop_assert_eq!(cut(&text), vec![(Part::Facts, fields["facts"].get().into())]);
			}
		} else {
			prop_assert_eq!(cut(&text), vec![]);
		}
	}

	#[test]
	fn hostile_bytes_have_a_hash(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
		prop_assert_ne!(entry_hash(&bytes, &SEED, 1), entry_hash(&[&bytes[..], b" "].concat(), &SEED, 1));
	}

	/// No two entries share a hash under one seed.
	#[test]
	fn different_entries_have_different_hashes(a in "\\PC{0,12}", b in "\\PC{0,12}") {
		let of = |text: &str| {
			let text = serde_json::json!({ "id": text, "facts": text.len(), "customer": text }).to_string();
			entry_hash(text.as_bytes(), &SEED, 0)
		};
		prop_assert_eq!(of(&a) == of(&b), a == b);
	}
}
