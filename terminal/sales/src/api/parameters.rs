// SPDX-License-Identifier: Apache-2.0

//! Parameters of lists that have few values: another one would give an empty list without a word.

use crate::{db::RecordState, retention::begin_of};
use sealane_primitives::business::BusinessKind;
use sealane_service::Failure;

/// A state of records, or `finalised`.
pub(super) fn state(given: Option<&str>) -> Result<(), Failure> {
	let states = RecordState::ALL.iter().map(|state| state.as_str());
	one_of("state", given, states.chain(["finalised"]))
}

/// A kind of business.
pub(super) fn kind(given: Option<&str>) -> Result<(), Failure> {
	one_of("kind", given, BusinessKind::ALL.iter().map(|kind| kind.as_str()))
}

/// A day.
pub(super) fn day(name: &str, given: Option<&str>) -> Result<(), Failure> {
	match given {
		Some(day) if begin_of(day).is_err() => {
			Err(Failure::parameter(name, format!("{day:?} must be a day, YYYY-MM-DD")))
		}
		_ => Ok(()),
	}
}

fn one_of<'a>(name: &str, given: Option<&str>, values: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
	let Some(given) = given else { return Ok(()) };
	let values: Vec<&str> = values.collect();
	if values.contains(&given) {
		return Ok(());
	}
	let rule = format!("{given:?} must be one of {}", values.join(", "));
	Err(Failure::parameter(name, rule))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_no_record_can_be_is_named_with_its_field() {
		for refused in [
			state(Some("nonsense")),
			kind(Some("gift")),
			day("day", Some("2026-02-30")),
			day("day", Some("today")),
		] {
			let failure = refused.unwrap_err();
			let problem = failure.problem();
			assert_eq!(problem.status, 400, "{problem:?}");
			assert!(
				problem.field.is_some() && problem.detail.contains("must be"),
				"{problem:?}"
			);
		}
		for taken in [
			state(None),
			state(Some("finalised")),
			kind(Some("switch")),
			day("to", Some("2026-02-28")),
		] {
			assert!(taken.is_ok());
		}
	}
}
