// SPDX-License-Identifier: Apache-2.0

//! Net asset values of days: entered by one person, released by another.

use super::{
	acts::{change, note_act},
	Act, Change, DayKey, Person,
};
use crate::{
	books::BooksDb,
	decimal,
	error::{Error, Result},
};
use rust_decimal::Decimal;
use sealane_primitives::{
	clauses::Date,
	fields::{reference, MAX_REFERENCE_LEN},
};
use sealane_terminal_core::db::{now_ms, Tx};
use serde::Serialize;
use sqlx::Row;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A net asset value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Nav {
	/// The product.
	pub product: String,
	/// The day.
	pub day: String,
	/// The value of one unit, as it was entered.
	pub nav: String,
	/// Where it came from: a file's name, or empty.
	pub source: String,
	/// Who entered it.
	pub entered_by: String,
	/// Unix ms.
	pub entered_at: i64,
	/// Who released it; empty before.
	pub released_by: String,
	/// Unix ms; 0 before.
	pub released_at: i64,
}

sealane_terminal_core::from_row!(Nav {
	product,
	day,
	nav,
	source,
	entered_by,
	entered_at,
	released_by,
	released_at,
});

const COLUMNS: &str = "product, day, nav, source, entered_by, entered_at, released_by, released_at";

fn value_of(text: &str) -> Result<Decimal> {
	decimal::parse_quantity(text).ok_or_else(|| Error::invalid("nav", text, "a decimal above zero"))
}

async fn find(tx: &mut Tx, key: &DayKey) -> Result<Option<Nav>> {
	let statement = format!("SELECT {COLUMNS} FROM day_navs WHERE product = $1 AND day = $2");
	Ok(sqlx::query_as(&statement)
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.fetch_optional(&mut **tx)
		.await?)
}

impl BooksDb {
	/// Enters net asset values, all or none. One that was entered before is replaced, and must be released anew; one that says the same
	/// changes nothing. Answers how many changed.
	///
	/// `source`: the file they come from, or empty.
	///
	/// # Errors
	/// A value is none, or its day is confirmed; or the database fails.
	pub async fn enter_navs(&self, navs: &[(DayKey, String)], who: &Person, source: &str) -> Result<u64> {
		let mut tx = self.begin().await?;
		let mut changed = 0;
		for (key, nav) in navs {
			let rule = |field: &str, rule: String| Error::invalid(field, key.to_string(), rule);
			reference(&key.product, MAX_REFERENCE_LEN).map_err(|broken| rule("product", broken.to_string()))?;
			Date::parse(key.day.as_bytes()).map_err(|broken| rule("day", broken.to_string()))?;
			let value = value_of(nav)?;
			if find(&mut tx, key)
				.await?
				.is_some_and(|known| value_of(&known.nav).is_ok_and(|known| known == value))
			{
				continue;
			}
			if let Change::Refused(state) = change(&mut tx, key, Act::Price).await? {
				return Err(rule(
					"day",
					format!("it is {}: its price does not change any more", state.as_str()),
				));
			}
			sqlx::query(
				"INSERT INTO day_navs (product, day, nav, source, entered_by, entered_at, released_by, released_at) \
				 VALUES ($1, $2, $3, $4, $5, $6, '', 0) ON CONFLICT (product, day) DO UPDATE SET nav = excluded.nav, \
				 source = excluded.source, entered_by = excluded.entered_by, entered_at = excluded.entered_at, \
				 released_by = '', released_at = 0",
			)
			.bind(key.product.as_str())
			.bind(key.day.as_str())
			.bind(nav.as_str())
			.bind(source)
			.bind(who.as_str())
			.bind(now_ms())
			.execute(&mut *tx)
			.await?;
			note_act(&mut tx, key, Act::Price, who.as_str(), None, &format!("{nav} entered")).await?;
			changed += 1;
		}
		tx.commit().await?;
		Ok(changed)
	}

	/// Releases a net asset value, as somebody who did not enter it. `seen`: the value that the person has seen, so that none is
	/// released that was entered meanwhile. Answers `false` where it was released before.
	///
	/// # Errors
	/// There is none, it is another one, the person entered it; or the database fails.
	pub async fn release_nav(&self, key: &DayKey, seen: Decimal, who: &Person) -> Result<bool> {
		let mut tx = self.begin().await?;
		let nav = find(&mut tx, key).await?.ok_or_else(|| Error::NotFound {
			what: "net asset value",
			name: key.to_string(),
		})?;
		if value_of(&nav.nav)? != seen {
			let rule = format!("{}, which was entered for {key}", nav.nav);
			return Err(Error::invalid("nav", seen.to_string(), rule));
		}
		if !nav.released_by.is_empty() {
			return Ok(false);
		}
		let done = sqlx::query(
			"UPDATE day_navs SET released_by = $1, released_at = $2 WHERE product = $3 AND day = $4 AND nav = $5 \
			 AND released_by = '' AND entered_by <> $6",
		)
		.bind(who.as_str())
		.bind(now_ms())
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.bind(nav.nav.as_str())
		.bind(who.as_str())
		.execute(&mut *tx)
		.await?;
		if done.rows_affected() == 0 {
			return Err(Error::SecondPerson {
				who: who.as_str().into(),
				did: format!("entered the price of {key}"),
			});
		}
		note_act(
			&mut tx,
			key,
			Act::Price,
			who.as_str(),
			None,
			&format!("{} released", nav.nav),
		)
		.await?;
		tx.commit().await?;
		Ok(true)
	}

	/// The net asset values of a day, of one product or of all.
	///
	/// # Errors
	/// The database fails.
	pub async fn navs(&self, day: &str, product: Option<&str>) -> Result<Vec<Nav>> {
		let statement =
			format!("SELECT {COLUMNS} FROM day_navs WHERE day = $1 AND ($2 = '' OR product = $3) ORDER BY product");
		let product = product.unwrap_or_default();
		Ok(sqlx::query_as(&statement)
			.bind(day)
			.bind(product)
			.bind(product)
			.fetch_all(self.pool())
			.await?)
	}
}

/// The released values of a day by product.
///
/// # Errors
/// The database fails.
pub(crate) async fn released(db: &BooksDb, day: &str) -> Result<HashMap<String, Decimal>> {
	let navs = db.navs(day, None).await?;
	navs.into_iter()
		.filter(|nav| !nav.released_by.is_empty())
		.map(|nav| Ok((nav.product, value_of(&nav.nav)?)))
		.collect()
}

/// When the last value of a day was released, Unix ms, and how many there are.
///
/// # Errors
/// The database fails.
pub(crate) async fn latest_release(db: &BooksDb, day: &str) -> Result<(i64, i64)> {
	let row =
		sqlx::query("SELECT COALESCE(MAX(released_at), 0), COUNT(*) FROM day_navs WHERE day = $1 AND released_at > 0")
			.bind(day)
			.fetch_one(db.pool())
			.await?;
	Ok((row.try_get(0)?, row.try_get(1)?))
}
