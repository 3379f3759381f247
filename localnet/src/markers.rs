// SPDX-License-Identifier: Apache-2.0

//! Plants random texts in order files, so that one can see where orders got to.

use crate::error::{Error, Result};
use rand::Rng;
use std::path::Path;

/// A text that occurs nowhere else: 24 random letters and digits behind a prefix for people.
pub fn token() -> String {
	const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
	let mut rng = rand::rngs::OsRng;
	let random: String = (0..24)
		.map(|_| char::from(LETTERS[rng.gen_range(0..LETTERS.len())]))
		.collect();
	format!("marker-{random}")
}

/// Writes into the `details` of every order of an NDJSON file the marker that `marker_of` its product gives; gives how many
/// orders carry one now. Lines that are no JSON objects stay as they are, and so do all other bytes of the rest.
///
/// # Errors
/// The file cannot be read or written.
pub fn plant(file: &Path, marker_of: impl Fn(&str) -> Option<String>) -> Result<u64> {
	let text = std::fs::read_to_string(file).map_err(Error::io(format!("cannot read {}", file.display())))?;
	let mut out = String::with_capacity(text.len() + text.len() / 4);
	let mut planted = 0;
	for line in text.lines() {
		match marked(line, &marker_of) {
			Some(line) => {
				planted += 1;
				out.push_str(&line);
			}
			None => out.push_str(line),
		}
		out.push('\n');
	}
	std::fs::write(file, out).map_err(Error::io(format!("cannot write {}", file.display())))?;
	Ok(planted)
}

/// The line with the marker in it; `None` where it is no order.
fn marked(line: &str, marker_of: &impl Fn(&str) -> Option<String>) -> Option<String> {
	let order: serde_json::Value = serde_json::from_str(line).ok()?;
	let marker = marker_of(order.get("product")?.as_str()?)?;
	const DETAILS: &str = "\"details\":{";
	if order.get("details").is_none() {
		let open = line.trim_end().strip_suffix('}')?;
		return Some(format!("{open},{DETAILS}\"note\":\"{marker}\"}}}}"));
	}
	let at = line.find(DETAILS)? + DETAILS.len();
	let comma = if line[at..].trim_start().starts_with('}') {
		""
	} else {
		","
	};
	Some(format!("{}\"note\":\"{marker}\"{comma}{}", &line[..at], &line[at..]))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn orders_get_a_note_and_stay_what_they_are() {
		let marker = |product: &str| (product == "P1").then(|| "marker-x".to_string());
		for (line, details) in [
			(r#"{"id":"1","product":"P1"}"#, r#"{"note":"marker-x"}"#),
			(
				r#"{"id":"1","details":{"method":"cash"},"product":"P1"}"#,
				r#"{"note":"marker-x","method":"cash"}"#,
			),
			(r#"{"id":"1","details":{},"product":"P1"}"#, r#"{"note":"marker-x"}"#),
		] {
			let out: serde_json::Value = serde_json::from_str(&marked(line, &marker).unwrap()).unwrap();
			assert_eq!(
				out["details"],
				serde_json::from_str::<serde_json::Value>(details).unwrap(),
				"{line}"
			);
			assert_eq!(out["id"], "1");
		}
		for line in ["{broken", r#"{"id":"1"}"#, r#"{"id":"1","product":"P2"}"#, "[]", ""] {
			assert_eq!(marked(line, &marker), None, "{line}");
		}
	}

	#[test]
	fn tokens_differ() {
		assert_ne!(token(), token());
		assert_eq!(token().len(), "marker-".len() + 24);
	}
}
