// SPDX-License-Identifier: Apache-2.0

//! Who does something.

use crate::error::{Error, Result};
use sealane_primitives::fields::reference;

/// Longest name, in bytes.
const MAX_NAME: usize = 64;

/// The name of somebody who acts, in small letters: `Li` and `li` are no two persons.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Person(String);

impl Person {
	/// The person of this name.
	///
	/// # Errors
	/// The name is empty, too long, begins or ends with a space, or cannot be shown.
	pub fn new(name: &str) -> Result<Self> {
		let rule = |rule: String| Error::invalid("user", name, rule);
		reference(name, MAX_NAME).map_err(|broken| rule(broken.to_string()))?;
		if name.trim() != name {
			return Err(rule("no space at either end".into()));
		}
		if name.starts_with('(') {
			return Err(rule(
				"no parenthesis at the beginning, as what the desk does by itself has".into(),
			));
		}
		Ok(Person(name.to_lowercase()))
	}

	/// The name.
	pub fn as_str(&self) -> &str {
		&self.0
	}
}

impl std::fmt::Display for Person {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(&self.0)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn one_person_has_one_name() {
		assert_eq!(Person::new("Li").unwrap(), Person::new("li").unwrap());
		assert_eq!(Person::new("李雷").unwrap().as_str(), "李雷");
		for bad in ["", " li", "li ", "l\u{200b}i", "l\ni", "(desk)"] {
			assert!(Person::new(bad).is_err(), "{bad:?}");
		}
	}
}
