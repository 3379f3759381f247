// SPDX-License-Identifier: Apache-2.0

//! The steps from an empty database to today's schema. They are part of the binary: a new one is a new file and a new line here.
//!
//! sqlx's own macros for migrations and rows are left out on purpose: what they are built from changes the features of what the chain's
//! macros are built from, so that the whole node would be compiled twice.

use sqlx::{
	error::BoxDynError,
	migrate::{Migration, MigrationSource, MigrationType},
};
use std::{future::Future, pin::Pin};

/// Number, name and statements of each step, in their order. What was released is never changed.
const STEPS: [(i64, &str, &str); 6] = [
	(1, "tables", include_str!("../../migrations/0001_tables.sql")),
	(2, "service", include_str!("../../migrations/0002_service.sql")),
	(3, "changes", include_str!("../../migrations/0003_changes.sql")),
	(4, "days", include_str!("../../migrations/0004_days.sql")),
	(5, "audit roles", include_str!("../../migrations/0005_audit_roles.sql")),
	(6, "books", include_str!("../../migrations/0006_books.sql")),
];

/// The steps, for sqlx.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps;

impl Steps {
	/// The newest step that this release knows.
	pub(super) fn newest() -> i64 {
		STEPS.iter().map(|(number, ..)| *number).max().unwrap_or(0)
	}
}

impl MigrationSource<'static> for Steps {
	fn resolve(self) -> Pin<Box<dyn Future<Output = Result<Vec<Migration>, BoxDynError>> + Send>> {
		let step = |(number, name, text): (i64, &'static str, &'static str)| {
			Migration::new(number, name.into(), MigrationType::Simple, text.into(), false)
		};
		let steps = STEPS.into_iter().map(step).collect();
		Box::pin(async { Ok(steps) })
	}
}
