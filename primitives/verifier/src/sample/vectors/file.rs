// SPDX-License-Identifier: Apache-2.0

//! The form of the file.

use super::{Sample, TextEdit, Vectors};
use crate::Rule;
use serde_json::{json, Value};

pub fn vectors(v: &mut Vectors) {
	texts(v);
	fields(v);
	forms(v);
	payloads(v);
}

fn texts(v: &mut Vectors) {
	const FORMAT: &str = r#""format": "sealane-evidence/2","#;
	v.text(
		"more white space",
		None,
		FORMAT,
		"\t\r\n \"format\" :\n\"sealane-evidence/2\" ,",
	);
	v.text(
		"an escape where none is needed",
		None,
		FORMAT,
		r#""form\u0061t": "sealane\u002devidence\/2","#,
	);
	let marked = |find: &str, put: &str, times| vec![edit(find, &format!("{find}@"), 1), edit("@", put, times)];
	v.texts(
		"a file of more than 16 MiB",
		Some(Rule::FileLength),
		marked(FORMAT, " ", 17 << 20),
	);
	v.texts(
		"a list of more than 65,536 entries",
		Some(Rule::FileJson),
		marked(r#""headers": ["#, "0,", 65_536),
	);
	v.text(
		"an empty name",
		Some(Rule::FileFields),
		FORMAT,
		r#""format": "sealane-evidence/2", "": 1,"#,
	);
	v.text(
		"no JSON",
		Some(Rule::FileJson),
		FORMAT,
		r#"format: "sealane-evidence/2","#,
	);
	v.text(
		"a comma too many",
		Some(Rule::FileJson),
		FORMAT,
		r#""format": "sealane-evidence/2",,"#,
	);
	v.text(
		"a comment",
		Some(Rule::FileJson),
		FORMAT,
		"\"format\": \"sealane-evidence/2\", // it is\n",
	);
	v.text(
		"a byte order mark",
		Some(Rule::FileJson),
		"{\n  \"format\"",
		"\u{feff}{\n  \"format\"",
	);
	v.text(
		"half a surrogate pair",
		Some(Rule::FileJson),
		FORMAT,
		r#""format": "sealane-evidence/2\ud800","#,
	);
	v.text(
		"a line break in a text",
		Some(Rule::FileJson),
		FORMAT,
		"\"format\": \"sealane\n-evidence/2\",",
	);
	v.text(
		"a number with a zero in front",
		Some(Rule::FileJson),
		r#""index": 3,"#,
		r#""index": 03,"#,
	);
	v.text(
		"a number that is none",
		Some(Rule::FileJson),
		r#""index": 3,"#,
		r#""index": NaN,"#,
	);
	v.text(
		"an infinite number",
		Some(Rule::FileJson),
		r#""index": 3,"#,
		r#""index": Infinity,"#,
	);
	v.text(
		"a hexadecimal number",
		Some(Rule::FileJson),
		r#""index": 3,"#,
		r#""index": 0x3,"#,
	);
	let checksum = v.base["checksum"].as_str().expect("a text").to_string();
	let end = format!("{checksum}\"\n}}");
	v.text(
		"something after the pack",
		Some(Rule::FileJson),
		&end,
		&format!("{end} {{}}"),
	);
	v.text("white space after the pack", None, &end, &format!("{end}\n\n"));
	v.text(
		"a pack that is cut off",
		Some(Rule::FileJson),
		&end,
		&format!("{checksum}\"\n"),
	);
	v.text(
		"nine levels",
		Some(Rule::FileJson),
		FORMAT,
		r#""format": "sealane-evidence/2", "x": [[[[[[[[1]]]]]]]],"#,
	);
	v.text(
		"eight levels in an unknown field",
		Some(Rule::FileFields),
		FORMAT,
		r#""format": "sealane-evidence/2", "x": [[[[[[[1]]]]]]],"#,
	);
	v.text(
		"a field twice",
		Some(Rule::FileNames),
		FORMAT,
		&format!("{FORMAT} {FORMAT}"),
	);
	v.text(
		"a field of the batch twice",
		Some(Rule::FileNames),
		r#""index": 3,"#,
		r#""index": 3, "index": 3,"#,
	);
	v.text(
		"a field twice, once as an escape",
		Some(Rule::FileNames),
		r#""index": 3,"#,
		r#""index": 3, "ind\u0065x": 3,"#,
	);
}

fn fields(v: &mut Vectors) {
	for place in [
		"",
		"record/",
		"record/order/",
		"batch/",
		"batch/core/",
		"batch/issuer/",
		"anchor/",
		"anchor/path/0/",
		"anchor/reference/",
		"chain/",
		"chain/finality/0/",
	] {
		let name = format!(
			"an unknown field in {}",
			if place.is_empty() {
				"the pack"
			} else {
				place.trim_end_matches('/')
			}
		);
		v.edited(
			&name,
			Some(Rule::FileFields),
			&[(&format!("{place}note"), Some(json!("as agreed by telephone")))],
		);
	}
	for (name, at) in [
		("no format", "format"),
		("no record", "record"),
		("no salt", "record/salt"),
		("no order", "record/order"),
		("no path in the batch", "batch/path"),
		("no signature", "batch/seller/signature"),
		("no blinding", "anchor/blinding"),
		("no headers", "chain/headers"),
		("a final block without votes", "chain/finality/1/justification"),
		("no checksum", "checksum"),
	] {
		v.edited(name, Some(Rule::FileFields), &[(at, None)]);
	}
	v.edited(
		"null for an anchor",
		Some(Rule::FileFields),
		&[("anchor", Some(Value::Null)), ("chain", None)],
	);
	v.edited(
		"null for a chain part",
		Some(Rule::FileFields),
		&[("chain", Some(Value::Null))],
	);
	v.edited(
		"a way into a range that is null",
		Some(Rule::FileFields),
		&[("anchor/range", Some(Value::Null))],
	);
	v.edited(
		"a way into a range that is no list",
		Some(Rule::FileForm),
		&[("anchor/range", Some(json!("00")))],
	);
	v.edited(
		"a way into a range that the checksum does not know",
		Some(Rule::Checksum),
		&[("anchor/range", Some(json!([])))],
	);
	v.edited(
		"headers to the blocks attested that are null",
		Some(Rule::FileFields),
		&[("chain/before", Some(Value::Null))],
	);
	v.edited(
		"headers to the blocks attested that are no list",
		Some(Rule::FileForm),
		&[("chain/before", Some(json!("00")))],
	);
	v.edited(
		"headers to the blocks attested that the checksum does not know of",
		Some(Rule::Checksum),
		&[("chain/before", Some(json!([])))],
	);
	v.edited(
		"headers to the blocks attested that the checksum misses",
		Some(Rule::Checksum),
		&[("chain/before", None)],
	);
	v.edited(
		"null for a text beside hex",
		Some(Rule::FileFields),
		&[
			("record/order/text", Some(Value::Null)),
			("record/order/hex", Some(json!("7b7d"))),
		],
	);
	let list = |value: &Value| match value {
		Value::Object(fields) => json!(super::sorted(fields)
			.into_iter()
			.map(|(_, value)| value)
			.collect::<Vec<_>>()),
		other => other.clone(),
	};
	for at in [
		"record",
		"record/order",
		"batch",
		"batch/core",
		"batch/issuer",
		"anchor",
		"anchor/reference",
		"chain",
	] {
		let old = at.split('/').fold(&v.base, |value, name| &value[name]);
		let put = list(old);
		v.edited(&format!("a list for {at}"), Some(Rule::FileFields), &[(at, Some(put))]);
	}
	let put = list(&v.base["chain"]["finality"][0]);
	v.edited(
		"a list for a final block",
		Some(Rule::FileFields),
		&[("chain/finality/0", Some(put))],
	);
	v.edited(
		"a text for an object",
		Some(Rule::FileFields),
		&[("record", Some(json!("the order")))],
	);
	let left = v.base["anchor"]["path"][0]["left"].clone();
	v.edited(
		"a step to both sides",
		Some(Rule::FileFields),
		&[("anchor/path/0/right", Some(left))],
	);
	v.edited(
		"a step to no side",
		Some(Rule::FileFields),
		&[("anchor/path/0", Some(json!({})))],
	);
}

fn forms(v: &mut Vectors) {
	for (name, find, put) in [
		("a negative number", r#""index": 3,"#, r#""index": -3,"#),
		("minus zero", r#""index": 3,"#, r#""index": -0,"#),
		("a number with a fraction", r#""index": 3,"#, r#""index": 3.0,"#),
		("a number with an exponent", r#""index": 3,"#, r#""index": 3e0,"#),
		("a number as a text", r#""index": 3,"#, r#""index": "3","#),
		("a number as true", r#""index": 3,"#, r#""index": true,"#),
		("a number of 33 bits", r#""index": 3,"#, r#""index": 4294967296,"#),
		(
			"a number of 65 bits",
			r#""first_sequence": 41,"#,
			r#""first_sequence": 18446744073709551616,"#,
		),
		("a list for a number", r#""index": 3,"#, r#""index": [3],"#),
		(
			"a number for a text",
			r#""format": "sealane-evidence/2""#,
			r#""format": 2"#,
		),
		(
			"a day that is none",
			"\"date\": \"2025-11-24\"",
			"\"date\": \"2025-11-31\"",
		),
		(
			"a day before 1970",
			"\"date\": \"2025-11-24\"",
			"\"date\": \"1969-12-31\"",
		),
		(
			"a day with one digit",
			"\"date\": \"2025-11-24\"",
			"\"date\": \"2025-11-4\"",
		),
		(
			"a day and a time",
			"\"date\": \"2025-11-24\"",
			"\"date\": \"2025-11-24T00:00:00Z\"",
		),
	] {
		v.text(name, Some(Rule::FileForm), find, put);
	}
	for (name, at, put) in [
		("digits that are not hexadecimal", "record/salt", json!("zz".repeat(32))),
		("an odd number of digits", "chain/headers/0", json!("abc")),
		("0x in front of digits", "chain/headers/0", json!("0xab")),
		("31 bytes for 32", "record/salt", json!("5a".repeat(31))),
		("33 bytes for 32", "record/salt", json!("5a".repeat(33))),
		(
			"63 bytes for a signature",
			"batch/issuer/signature",
			json!("5a".repeat(63)),
		),
		("an object for a list", "chain/headers", json!({})),
		("a number in place of digits", "record/salt", json!(7)),
		("a text for a path", "batch/path", json!("5a")),
		("a number in an order", "record/order/text", json!(7)),
	] {
		v.edited(name, Some(Rule::FileForm), &[(at, Some(put))]);
	}
	for at in [
		"record/salt",
		"batch/issuer/key",
		"batch/seller/signature",
		"batch/path/0",
		"anchor/reference/root",
		"chain/headers/0",
		"checksum",
	] {
		let old = at.split('/').fold(&v.base, |value, step| match step.parse::<usize>() {
			Ok(place) => &value[place],
			Err(_) => &value[step],
		});
		let put = old.as_str().expect("digits").to_uppercase();
		v.edited(
			&format!("capital digits in {at}"),
			Some(Rule::FileHex),
			&[(at, Some(json!(put)))],
		);
	}
}

fn payloads(v: &mut Vectors) {
	v.edited(
		"an unknown part",
		Some(Rule::FileFields),
		&[("record/order/salts/amount", Some(json!("5a".repeat(32))))],
	);
	v.edited(
		"no salts where they could be left out",
		Some(Rule::FileForm),
		&[("record/confirmation/salts", Some(json!({})))],
	);
	v.edited(
		"a salt of 31 bytes",
		Some(Rule::FileForm),
		&[("record/order/salts/facts", Some(json!("5a".repeat(31))))],
	);
	let order = v.base["record"]["order"]["text"].as_str().expect("a text").to_string();
	v.edited(
		"a text written as hex",
		Some(Rule::FileText),
		&[
			("record/order/text", None),
			("record/order/hex", Some(json!(hex::encode(order)))),
		],
	);
	v.accept(
		"bytes that are no text",
		Sample::with(|plan| plan.confirmation = vec![0xff, 0x00, 0xc3]).whole(),
	);
	v.accept(
		"an empty confirmation",
		Sample::with(|plan| plan.confirmation.clear()).whole(),
	);
	v.accept(
		"texts of any script",
		Sample::with(|plan| plan.confirmation = "{\"reason\":\"额度不足 \u{1f600}\\n\u{7f}\"}".as_bytes().to_vec())
			.whole(),
	);
	v.edited(
		"the empty text written as hex",
		Some(Rule::FileText),
		&[
			("record/confirmation/text", None),
			("record/confirmation/hex", Some(json!(""))),
		],
	);
}

fn edit(find: &str, put: &str, times: usize) -> TextEdit {
	TextEdit {
		find: find.into(),
		put: put.into(),
		times,
	}
}
