// SPDX-License-Identifier: Apache-2.0

//! Settings in TOML: what is wrong with a text is told in one line, with its place.

use serde::de::DeserializeOwned;

/// What a text says.
///
/// # Errors
/// Line, column, and what is wrong there.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
	toml::from_str(text).map_err(|error| {
		let what = error.message().lines().map(str::trim).collect::<Vec<_>>().join(", ");
		let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
			return what;
		};
		let (line, column) = (
			before.matches('\n').count() + 1,
			before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
		);
		format!("line {line}, column {column}: {what}")
	})
}

#[cfg(test)]
mod tests {
	use std::collections::BTreeMap;

	#[test]
	fn what_is_wrong_is_one_line_with_its_place() {
		for (text, place) in [
			("a = 1\nb = \n", "line 2"),
			("a = 1\n\n[b\n", "line 3"),
			("a = 1\nb = 'x'\n", "line 2"),
		] {
			let error = super::read::<BTreeMap<String, u32>>(text).unwrap_err();
			assert!(error.starts_with(place), "{text:?}: {error}");
			assert!(!error.chars().any(char::is_control), "{error:?}");
		}
	}
}
