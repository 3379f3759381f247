// SPDX-License-Identifier: Apache-2.0

//! A day's confirmations, back to the bank as files.

use super::{
	convert::{ExchangeArgs, Kind},
	formats::{blocking, failed},
	DbArgs,
};
use crate::{
	error::{Error, Result},
	output::{thousands, Output},
};
use clap::Args;
use sealane_formats::{
	business::Object,
	convert::{convert, files::Side, Item, Source},
	fault::{Error as FormatError, Fault},
};
use sealane_sales::db::{AnswerRow, SalesDb};
use serde::Serialize;
use serde_json::{json, Value};
use std::path::PathBuf;
use tokio::sync::mpsc;

/// Confirmations of one page.
const PAGE: u32 = 2_000;
const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Args)]
pub struct AnswersArgs {
	#[command(flatten)]
	db: DbArgs,
	/// The day on which the confirmations came, YYYY-MM-DD in the profile's zone
	#[arg(long)]
	day: String,
	/// What to write
	#[arg(long, value_enum, default_value = "files")]
	to: Kind,
	/// The file to write; for OFD and WDEP a folder. What is there is never overwritten
	output: PathBuf,
	/// Only those of orders with this interface
	#[arg(long = "of-interface", value_name = "INTERFACE")]
	of_interface: Option<String>,
	#[command(flatten)]
	exchange: ExchangeArgs,
}

#[derive(Serialize)]
struct AnswersReport {
	confirmations: u64,
	written: Vec<PathBuf>,
}

/// Pages of the database as items.
struct Pages {
	pages: mpsc::Receiver<Result<Vec<AnswerRow>>>,
	page: std::vec::IntoIter<AnswerRow>,
	of_interface: Option<String>,
	/// What the database failed with.
	failed: Option<Error>,
}

impl Source for Pages {
	fn next_item(&mut self) -> Result<Option<Item>, FormatError> {
		loop {
			if let Some(row) = self.page.next() {
				let item = item(row)?;
				let Item::Answer { order, .. } = &item else { continue };
				let interface = order.get("interface").and_then(Value::as_str);
				if self.of_interface.is_none() || self.of_interface.as_deref() == interface {
					return Ok(Some(item));
				}
				continue;
			}
			match self.pages.blocking_recv() {
				Some(Ok(page)) => self.page = page.into_iter(),
				Some(Err(error)) => {
					let shown = error.to_string();
					self.failed = Some(error);
					return Err(FormatError::io("reading the database")(std::io::Error::other(shown)));
				}
				None => return Ok(None),
			}
		}
	}
}

fn item(row: AnswerRow) -> Result<Item, FormatError> {
	let read = |field: &str, text: &str| -> Result<Object, Fault> {
		serde_json::from_str(text).map_err(|error| Fault::told(field, &row.id, error.to_string()))
	};
	let order = read("order", &row.order_text)?;
	let confirmation = match row.confirmation_text.is_empty() {
		false => read("confirmation", &row.confirmation_text)?,
		true => {
			let reason = json!({"code": row.reason_code, "text": row.reason_text});
			let made = json!({"order": row.id, "outcome": row.outcome, "reason": reason});
			made.as_object().cloned().unwrap_or_default()
		}
	};
	Ok(Item::Answer { order, confirmation })
}

impl AnswersArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let from_ms = self.exchange.midnight(&self.day)?;
		let db = SalesDb::open_existing(&self.db.db).await?;
		let (send, pages) = mpsc::channel(2);
		let reader = tokio::spawn(async move {
			let mut after = String::new();
			loop {
				let page = db.answers(&after, from_ms, from_ms + DAY_MS, PAGE).await;
				let last = match &page {
					Ok(rows) => rows.last().map(|row| row.id.clone()),
					Err(_) => None,
				};
				if send.send(page).await.is_err() {
					return;
				}
				match last {
					Some(id) => after = id,
					None => return,
				}
			}
		});
		let done = blocking(move || self.write(pages, output)).await;
		// It ends by itself when nobody takes its pages.
		let ended = reader.await;
		done?;
		ended.map_err(|panic| Error::node(panic.to_string()))
	}

	fn write(self, pages: mpsc::Receiver<Result<Vec<AnswerRow>>>, output: Output) -> Result<()> {
		let mut source = Pages {
			pages,
			page: Vec::new().into_iter(),
			of_interface: self.of_interface.clone(),
			failed: None,
		};
		let date = self.day.replace('-', "");
		let sink = self
			.exchange
			.sink(&self.output, self.to, None, (Side::Issuer, Some(date)))?;
		let bar = output.progress("confirmations", 0);
		let done = convert(&mut source, sink, &mut |moved| bar.set_position(moved));
		bar.finish_and_clear();
		if let Some(error) = source.failed {
			return Err(error);
		}
		let (confirmations, written) = done.map_err(failed(&self.output))?;
		output.result(&AnswersReport { confirmations, written }, |report| {
			let mut text = format!("{} confirmations", thousands(report.confirmations));
			for path in &report.written {
				text.push_str(&format!("\n{}", path.display()));
			}
			text
		});
		Ok(())
	}
}
