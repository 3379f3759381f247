// SPDX-License-Identifier: Apache-2.0

//! Cursors of lists: where a page ended, in terms of what the list is ordered by. They hold for as long as one likes.

use crate::Failure;
use sealane_sdk::types::{Problem, ProblemCode};
use serde::{de::DeserializeOwned, Serialize};

/// Entries of a page whose request does not say.
pub const DEFAULT_LIMIT: u32 = 100;
/// Most entries of a page.
pub const MAX_LIMIT: u32 = 1_000;

/// The limit of a page.
///
/// # Errors
/// It is 0 or above [`MAX_LIMIT`].
pub fn limit(asked: Option<u32>) -> Result<u32, Failure> {
	match asked.unwrap_or(DEFAULT_LIMIT) {
		limit @ 1..=MAX_LIMIT => Ok(limit),
		other => Err(Failure::parameter("limit", format!("{other}: from 1 to {MAX_LIMIT}"))),
	}
}

/// A cursor as it is handed out: the place, as JSON, in hexadecimal digits.
pub fn cursor<T: Serialize>(place: &T) -> String {
	// A place holds texts and numbers only: it can always be written.
	hex::encode(serde_json::to_vec(place).unwrap_or_default())
}

/// The place of a cursor.
///
/// # Errors
/// It is none of this list.
pub fn place<T: DeserializeOwned>(cursor: &str) -> Result<T, Failure> {
	place_of(cursor).ok_or_else(|| {
		Problem::new(ProblemCode::InvalidCursor, "not a cursor of this list")
			.with_field("cursor")
			.into()
	})
}

/// The place of a cursor; `None` where it is none.
pub fn place_of<T: DeserializeOwned>(cursor: &str) -> Option<T> {
	serde_json::from_slice(&hex::decode(cursor).ok()?).ok()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_cursor_comes_back_as_it_was() {
		let at = (17i64, "A-1/ü".to_string());
		assert_eq!(place::<(i64, String)>(&cursor(&at)).unwrap(), at);
		for bad in ["", "x", "7b7d", "5b315d"] {
			assert!(place::<(i64, String)>(bad).is_err(), "{bad}");
		}
		assert_eq!((limit(None).unwrap(), limit(Some(1_000)).unwrap()), (100, 1_000));
		assert!(limit(Some(0)).is_err() && limit(Some(1_001)).is_err());
	}
}
