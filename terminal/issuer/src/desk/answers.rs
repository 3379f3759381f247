// SPDX-License-Identifier: Apache-2.0

//! Sends what is stored.

use super::{Desk, Error, Result};
use crate::books::{self, AnswerKind, BookOrder, RefusedAnswer};
use sealane_sdk::types::ProblemCode;
use sealane_terminal_core::{
	db::{now_ms, Tx},
	quarantine,
};
use sha2::{Digest, Sha256};

/// An answer that is in the database.
pub(super) struct Stored {
	/// Its number.
	pub number: i64,
	/// What it carries.
	pub kind: AnswerKind,
	/// Under which the node takes it once.
	pub key: String,
	/// Its lines.
	pub lines: Vec<String>,
}

impl Stored {
	/// Opens an answer of these entries: seller, id, text.
	pub(super) async fn insert<'a>(
		tx: &mut Tx,
		kind: AnswerKind,
		entries: impl Iterator<Item = (u32, &'a String, &'a String)>,
	) -> Result<Self> {
		let lines = sorted_lines(entries);
		let key = key_of(&lines);
		let number = books::insert_answer(tx, kind, &key, lines.len()).await?;
		Ok(Stored {
			number,
			kind,
			key,
			lines,
		})
	}

	/// Stores orders with their confirmations.
	pub(super) async fn confirmations(tx: &mut Tx, orders: &[BookOrder]) -> Result<Self> {
		let entries = orders.iter().map(|o| (o.seller, &o.id, &o.confirmation_text));
		let stored = Stored::insert(tx, AnswerKind::Confirmations, entries).await?;
		books::insert_orders(tx, stored.number, orders).await?;
		Ok(stored)
	}
}

impl Desk {
	/// Sends an answer. What the node refuses of it the seller never gets: it is kept, with an alarm.
	pub(super) async fn send(&mut self, stored: Stored) -> Result<()> {
		let Stored {
			number,
			kind,
			key,
			lines,
		} = stored;
		let body = body_of(&lines);
		let sent = match kind {
			AnswerKind::Confirmations => self.client.submit_confirmations_ndjson(body, &key).await,
			AnswerKind::Results => self.client.submit_registration_results_ndjson(body, &key).await,
		};
		let refused = match sent {
			Ok(report) => report
				.refused_entries
				.iter()
				.map(|entry| {
					refusal(
						number,
						entry.line,
						&lines,
						&entry.code,
						format!("{}: {}", entry.field, entry.rule),
					)
				})
				.collect(),
			Err(error) if error.blames_request() => {
				let code = error.code().map_or("problem", ProblemCode::as_str);
				vec![refusal(number, 0, &lines, code, error.to_string())]
			}
			Err(error) => return Err(error.into()),
		};
		for entry in &refused {
			tracing::error!(
				answer = number,
				"ALARM: the node refuses the answer to {:?} ({}: {}): the seller does not get it; see: sealane issuer refused",
				entry.id,
				entry.code,
				entry.reason
			);
		}
		let mut tx = self.db.begin().await?;
		books::answer_sent(&mut tx, number, &refused).await?;
		tx.commit().await?;
		self.figures.answers += 1;
		self.figures.refused += refused.len() as u64;
		Ok(())
	}
}

/// An entry of an answer that the node refused.
fn refusal(answer: i64, line: u32, lines: &[String], code: &str, reason: String) -> RefusedAnswer {
	let body = (line as usize).checked_sub(1).and_then(|index| lines.get(index));
	RefusedAnswer {
		answer,
		line: i64::from(line),
		id: body.map(|body| quarantine::id_of(body, "order")).unwrap_or_default(),
		code: code.into(),
		reason,
		refused_at: now_ms(),
	}
}

/// The lines in the order in which the database hands them back: a repeat must have the same bytes.
fn sorted_lines<'a>(lines: impl Iterator<Item = (u32, &'a String, &'a String)>) -> Vec<String> {
	let mut lines: Vec<_> = lines.collect();
	lines.sort();
	// The same entry twice in one page is one row in the books.
	lines.dedup();
	lines.into_iter().map(|(_, _, text)| text.clone()).collect()
}

fn body_of(lines: &[String]) -> Vec<u8> {
	let mut body = Vec::with_capacity(lines.iter().map(|l| l.len() + 1).sum());
	for line in lines {
		body.extend_from_slice(line.as_bytes());
		body.push(b'\n');
	}
	body
}

fn key_of(lines: &[String]) -> String {
	hex::encode(&Sha256::digest(body_of(lines))[..16])
}

/// A cursor of another node comes after a move to a new one: says how to go on.
pub(super) fn cursor_hint(error: Error) -> Error {
	match error {
		Error::Node { reason, code, passes } if code == Some(ProblemCode::InvalidCursor.as_str()) => Error::Node {
			reason: format!(
				"{reason}; after a move to another node: sealane issuer cursor reset (an order in the books is answered as before)"
			),
			code,
			passes,
		},
		other => other,
	}
}
