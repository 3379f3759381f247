// SPDX-License-Identifier: Apache-2.0

//! The records of a day as CSV, a thousand at a time.

use crate::{
	db::{RecordFilter, RecordRow, SalesDb},
	error::{Error, Result},
};

/// Records that are read at once.
const CHUNK: u32 = 1_000;

const COLUMNS: [&str; 25] = [
	"id",
	"day",
	"state",
	"kind",
	"product",
	"issuer",
	"customer",
	"amount",
	"units",
	"currency",
	"placed_at",
	"outcome",
	"reason_code",
	"reason_text",
	"deal",
	"confirmed_units",
	"nav",
	"confirmed_amount",
	"fee",
	"trade_date",
	"cancels",
	"cancelled_by",
	"read_at",
	"confirmed_at",
	"block",
];

/// A file that is written piece by piece.
pub struct Export {
	db: SalesDb,
	filter: RecordFilter,
	begun: bool,
	ended: bool,
}

impl Export {
	/// The records of a day, of one issuer or product where it is named.
	pub fn new(db: SalesDb, day: String, issuer: Option<i64>, product: Option<String>) -> Self {
		Export {
			db,
			filter: RecordFilter {
				day: Some(day),
				issuer,
				product,
				limit: CHUNK,
				..RecordFilter::default()
			},
			begun: false,
			ended: false,
		}
	}

	/// The next piece; `None` behind the last.
	///
	/// # Errors
	/// The database fails: the file is not complete.
	pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
		if self.ended {
			return Ok(None);
		}
		let records = self.db.records(&self.filter).await?;
		self.ended = records.len() < CHUNK as usize;
		if let Some(last) = records.last() {
			self.filter.behind = Some((last.read_at, last.id.clone()));
		}
		let mut writer = csv::Writer::from_writer(Vec::new());
		let failed = |error: csv::Error| Error::node(error.to_string());
		if !self.begun {
			writer.write_record(COLUMNS).map_err(failed)?;
			self.begun = true;
		}
		for record in &records {
			writer.write_record(cells(record).map(harmless)).map_err(failed)?;
		}
		let piece = writer.into_inner().map_err(|error| Error::node(error.to_string()))?;
		Ok(Some(piece))
	}
}

fn cells(r: &RecordRow) -> [String; 25] {
	[
		r.id.clone(),
		r.day.clone(),
		r.state.clone(),
		r.kind.clone(),
		r.product.clone(),
		r.issuer.to_string(),
		r.customer.clone(),
		r.amount.clone(),
		r.units.clone(),
		r.currency.clone(),
		r.placed_at.clone(),
		r.outcome.clone(),
		r.reason_code.clone(),
		r.reason_text.clone(),
		r.deal.clone(),
		r.confirmed_units.clone(),
		r.nav.clone(),
		r.confirmed_amount.clone(),
		r.fee.clone(),
		r.trade_date.clone(),
		r.cancels.clone(),
		r.cancelled_by.clone(),
		r.read_at.to_string(),
		r.confirmed_at.to_string(),
		r.block.to_string(),
	]
}

/// A partner's text must not become a formula in the spreadsheet of whoever opens the file.
fn harmless(cell: String) -> String {
	let is_number = cell
		.strip_prefix('-')
		.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
	match cell.chars().next() {
		Some('=' | '+' | '-' | '@') if !is_number => format!("'{cell}"),
		_ => cell,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn no_cell_is_a_formula() {
		for (cell, shown) in [
			("=1+1", "'=1+1"),
			("@x", "'@x"),
			("-1", "-1"),
			("-1+cmd", "'-1+cmd"),
			("A-1", "A-1"),
			("", ""),
		] {
			assert_eq!(harmless(cell.into()), shown);
		}
	}
}
