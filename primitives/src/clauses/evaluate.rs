// SPDX-License-Identifier: Apache-2.0

//! Clauses against facts.

use super::{
	clause::{Clause, Clauses},
	facts::Facts,
	kinds::check,
	verdict::{Failure, Miss, Verdict},
};
use bounded_collections::{BoundedVec, ConstU32};

/// Whether `clauses` hold for `facts`, and which do not. Pure: the same arguments give the same verdict on every machine. Allocates only where
/// a clause fails.
pub fn evaluate(clauses: &Clauses, facts: &Facts) -> Verdict {
	let mut failures = BoundedVec::new();
	for (index, clause) in clauses.iter().enumerate() {
		if clause_holds(clause, facts) {
			continue;
		}
		let failure = Failure {
			clause: index as u32,
			code: clause.code,
			missed: misses(clause, facts),
		};
		// At most one failure per clause, and both lists have the same bound.
		let pushed = failures.try_push(failure).is_ok();
		debug_assert!(pushed, "a verdict has room for every clause");
	}
	Verdict { failures }
}

/// Whether `clauses` hold for `facts`: [`evaluate`] without the reasons; it never allocates.
pub fn hold(clauses: &Clauses, facts: &Facts) -> bool {
	clauses.iter().all(|clause| clause_holds(clause, facts))
}

fn clause_holds(clause: &Clause, facts: &Facts) -> bool {
	clause.any_of.iter().any(|condition| check(condition, facts).is_ok())
}

fn misses(clause: &Clause, facts: &Facts) -> BoundedVec<Miss, ConstU32<{ super::MAX_ALTERNATIVES }>> {
	let mut missed = BoundedVec::new();
	for condition in &clause.any_of {
		if let Err(found) = check(condition, facts) {
			let pushed = missed
				.try_push(Miss {
					condition: condition.clone(),
					found,
				})
				.is_ok();
			debug_assert!(pushed, "a failure has room for every alternative");
		}
	}
	missed
}
