// SPDX-License-Identifier: Apache-2.0

use super::*;
use proptest::prelude::*;
use serde_json::{value::RawValue, Value};

fn limits() -> Limits {
	Limits::default()
}

fn cut(body: &str, format: Format) -> Vec<&str> {
	let framed = frame(body.as_bytes(), format, &limits()).unwrap();
	framed
		.ranges
		.iter()
		.map(|r| &body[r.start as usize..r.end as usize])
		.collect()
}

fn code(body: &[u8], format: Format) -> ProblemCode {
	frame(body, format, &limits()).unwrap_err().code
}

#[test]
fn lines_are_trimmed_and_empty_ones_skipped() {
	assert_eq!(
		cut("{\"a\":1}\r\n\n  \t\n {\"b\":2} \n{\"c\":3}", Format::Ndjson),
		["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]
	);
}

#[test]
fn a_byte_order_mark_is_ignored() {
	assert_eq!(cut("\u{feff}{}\n{}", Format::Ndjson), ["{}", "{}"]);
	assert_eq!(cut("\u{feff}[{}]", Format::Json), ["{}"]);
}

#[test]
fn an_array_and_a_single_object_are_cut() {
	assert_eq!(
		cut(" [ {\"a\":\"]\"} , {\"b\":[1,{\"c\":\"\\\"}\"}]} ] ", Format::Json),
		["{\"a\":\"]\"}", "{\"b\":[1,{\"c\":\"\\\"}\"}]}"]
	);
	assert_eq!(cut("\n{\"a\": {}}\n", Format::Json), ["{\"a\": {}}"]);
}

#[test]
fn a_body_without_entries_is_refused() {
	for body in ["", " \n\n", "\u{feff}"] {
		assert_eq!(
			code(body.as_bytes(), Format::Ndjson),
			ProblemCode::EmptyRequest,
			"{body:?}"
		);
		assert_eq!(
			code(body.as_bytes(), Format::Json),
			ProblemCode::EmptyRequest,
			"{body:?}"
		);
	}
	assert_eq!(code(b"[]", Format::Json), ProblemCode::EmptyRequest);
}

#[test]
fn a_torn_array_is_refused_whole() {
	let torn = [
		"[",
		"[{}",
		"[{},",
		"[{},]",
		"[,{}]",
		"[{} {}]",
		"[{}]]",
		"[{}]x",
		"{}{}",
		"[{]}",
		"[\"",
		"[\"\\",
		"[\"\\\"]",
		"x",
		"}",
		"[{\"a\":\"b}]",
		"[{},,{}]",
		"[:]",
		"\"text\"",
	];
	for body in torn {
		assert_eq!(code(body.as_bytes(), Format::Json), ProblemCode::InvalidJson, "{body}");
	}
}

#[test]
fn a_problem_names_the_byte() {
	let problem = frame(b"[{}, {} {}]", Format::Json, &limits()).unwrap_err();
	assert_eq!(problem.detail, "byte 8: `,` or `]` must stand here");
}

#[test]
fn a_line_that_is_too_large_is_refused_and_the_others_go_on() {
	let long = format!("{{\"a\":\"{}\"}}", "x".repeat(limits().max_entry_bytes as usize));
	let body = format!("{{}}\n\n{long}\n{{\"b\":1}}");
	let framed = frame(body.as_bytes(), Format::Ndjson, &limits()).unwrap();
	assert_eq!((framed.ranges.len(), framed.received()), (2, 3));
	assert_eq!((framed.refused[0].line, framed.refused[0].why), (3, LineRule::TooLarge));

	let body = format!("[{{}}, {long}, {{\"b\":1}}]");
	let framed = frame(body.as_bytes(), Format::Json, &limits()).unwrap();
	assert_eq!((framed.refused[0].line, framed.refused[0].why), (2, LineRule::TooLarge));
	assert_eq!(framed.lines_of(body.as_bytes(), [0, 1].into_iter()), [1, 3]);
}

#[test]
fn boundary_an_entry_of_exactly_the_limit_is_taken() {
	let limits = limits();
	let exact = format!("{{\"a\":\"{}\"}}", "x".repeat(limits.max_entry_bytes as usize - 8));
	assert_eq!(exact.len(), limits.max_entry_bytes as usize);
	assert_eq!(
		frame(exact.as_bytes(), Format::Ndjson, &limits).unwrap().ranges.len(),
		1
	);
}

#[test]
fn a_line_that_is_not_utf8_is_refused_and_the_others_go_on() {
	let framed = frame(b"{}\n{\"a\":\"\xff\"}\n{\"b\":1}", Format::Ndjson, &limits()).unwrap();
	assert_eq!(framed.ranges.len(), 2);
	assert_eq!((framed.refused[0].line, framed.refused[0].why), (2, LineRule::NotUtf8));
	assert_eq!(code(b"[{\"a\":\"\xff\"}]", Format::Json), ProblemCode::InvalidUtf8);
}

#[test]
fn deep_entries_are_refused_and_wide_ones_are_not() {
	let max = limits().max_depth as usize;
	let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
	let wide = format!("{{\"a\":[{}{{}}]}}", "{},".repeat(10 * max));
	let quoted = format!("{{\"a\":\"{}\"}}", "{".repeat(10 * max));
	let body = format!("{}\n{}\n{wide}\n{quoted}", deep(max), deep(max + 1));
	let framed = frame(body.as_bytes(), Format::Ndjson, &limits()).unwrap();
	assert_eq!(framed.ranges.len(), 3);
	assert_eq!((framed.refused[0].line, framed.refused[0].why), (2, LineRule::TooDeep));
	// Deeper than the scanner follows: the request ends, whatever stands behind.
	assert_eq!(code("[".repeat(1 << 20).as_bytes(), Format::Json), ProblemCode::TooDeep);
}

#[test]
fn too_many_entries_are_refused_whole() {
	let limits = Limits {
		max_entries: 3,
		..limits()
	};
	assert!(frame(b"{}\n{}\n{}", Format::Ndjson, &limits).is_ok());
	assert_eq!(
		frame(b"{}\n{}\n{}\n{}", Format::Ndjson, &limits).unwrap_err().code,
		ProblemCode::TooManyEntries
	);
	assert_eq!(
		frame(b"[{},{},{},{}]", Format::Json, &limits).unwrap_err().code,
		ProblemCode::TooManyEntries
	);
}

#[test]
fn lines_are_numbered_as_an_editor_does() {
	let body = b"\n{}\n\n{\"b\":1}\n{}\n";
	let framed = frame(body, Format::Ndjson, &limits()).unwrap();
	assert_eq!(framed.lines_of(body, [0, 1, 2].into_iter()), [2, 4, 5]);
	assert_eq!(framed.lines_of(body, [1].into_iter()), [4]);
	assert!(framed.lines_of(body, std::iter::empty()).is_empty());
}

#[test]
fn content_types_are_known_with_parameters_and_in_any_case() {
	assert_eq!(Format::of_content_type("application/x-ndjson"), Some(Format::Ndjson));
	assert_eq!(
		Format::of_content_type("Application/JSON; charset=utf-8"),
		Some(Format::Json)
	);
	assert_eq!(Format::of_content_type("text/plain"), None);
	assert_eq!(Format::of_content_type(""), None);
}

fn json() -> impl Strategy<Value = Value> {
	let leaf = prop_oneof![
		Just(Value::Null),
		any::<bool>().prop_map(Value::from),
		any::<i64>().prop_map(Value::from),
		any::<f64>().prop_map(Value::from),
		".*".prop_map(Value::from),
		r#"[\\"\[\]{},: \n]*"#.prop_map(Value::from),
	];
	leaf.prop_recursive(6, 64, 8, |inner| {
		prop_oneof![
			prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
			prop::collection::btree_map(".*", inner, 0..8).prop_map(|map| Value::Object(map.into_iter().collect())),
		]
	})
}

proptest! {
	#[test]
	fn arrays_are_cut_as_serde_json_cuts_them(elements in prop::collection::vec(json(), 1..12), pretty: bool) {
		let array = Value::from(elements);
		let text = if pretty { serde_json::to_string_pretty(&array) } else { serde_json::to_string(&array) }.unwrap();
		let parsed: Vec<&RawValue> = serde_json::from_str(&text).unwrap();
		let parsed: Vec<&str> = parsed.iter().map(|raw| raw.get()).collect();
		prop_assert_eq!(cut(&text, Format::Json), parsed);
	}

	#[test]
	fn lines_are_cut_as_they_were_joined(entries in prop::collection::vec(json(), 1..12), carriage_return: bool) {
		let lines: Vec<String> = entries.iter().map(Value::to_string).collect();
		let text = lines.join(if carriage_return { "\r\n" } else { "\n" });
		prop_assert_eq!(cut(&text, Format::Ndjson), lines);
	}

	#[test]
	fn json_that_serde_refuses_never_yields_more_than_its_bytes(bytes in r#"[\[\]{}",:\\a1 \n]{0,60}"#) {
		if let Ok(framed) = frame(bytes.as_bytes(), Format::Json, &limits()) {
			let mut end = 0;
			for range in &framed.ranges {
				prop_assert!(range.start >= end && range.end > range.start && range.end as usize <= bytes.len());
				end = range.end;
			}
			// Where every entry is JSON, the whole is.
			let valid = |range: &Range<u32>| {
				serde_json::from_slice::<&RawValue>(&bytes.as_bytes()[range.start as usize..range.end as usize]).is_ok()
			};
			if framed.ranges.iter().all(valid) {
				prop_assert!(serde_json::from_str::<Value>(&bytes).is_ok(), "{}", bytes);
			}
		}
	}

	#[test]
	fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), ndjson: bool) {
		let format = if ndjson { Format::Ndjson } else { Format::Json };
		if let Ok(framed) = frame(&bytes, format, &limits()) {
			let lines = framed.lines_of(&bytes, 0..framed.ranges.len() as u32);
			prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]));
		}
	}
}

/// Prints what the gateway spends on one order of 512 bytes. It promises nothing; run it by name with `--nocapture`.
#[test]
#[ignore = "measures"]
fn figure_nanoseconds_per_order() {
	use sha2::{Digest, Sha256};
	for (text, details) in [
		("ASCII", "Pudong branch ".repeat(20)),
		("Chinese", "上海浦东".repeat(23)),
	] {
		let line = format!(
			r#"{{"id":"2026-000001","kind":"purchase","product":"BOND-A","customer":"C-17","amount":"10000.00","currency":"CNY","placed_at":"2026-11-24T09:30:00+08:00","facts":{{"age":42,"risk_class":"C3"}},"details":{{"branch":"{details}"}}}}"#,
		);
		let lines = vec![line.as_str(); 20_000];
		let (ndjson, array) = (lines.join("\n"), format!("[{}]", lines.join(",")));
		let measure = |name: &str, work: &mut dyn FnMut()| {
			let rounds = 10;
			work();
			let began = std::time::Instant::now();
			for _ in 0..rounds {
				work();
			}
			let ns = began.elapsed().as_nanos() / (rounds * lines.len() as u128);
			println!("{text}, {name}: {ns} ns per order of {} bytes", line.len());
		};
		measure("NDJSON", &mut || {
			drop(frame(ndjson.as_bytes(), Format::Ndjson, &limits()).unwrap())
		});
		measure("array", &mut || {
			drop(frame(array.as_bytes(), Format::Json, &limits()).unwrap())
		});
		measure("digest for an idempotency key", &mut || {
			std::hint::black_box(Sha256::digest(ndjson.as_bytes()));
		});
	}
}
