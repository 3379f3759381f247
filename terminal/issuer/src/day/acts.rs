// SPDX-License-Identifier: Apache-2.0

//! What persons do with a day. Each act is one transaction: it looks at the day as it is, under a lock, and names who acted.

use super::{
	lists::{REFUSED, UNSENT},
	rows::ORDER_COLUMNS,
	Act, DayKey, DayOrder, DayState, OrderState, Person,
};
use crate::{
	books::{BooksDb, OrderKey},
	decimal,
	error::{Error, Result},
};
use rust_decimal::Decimal;
use sealane_primitives::fields::{self, MAX_CODE_LEN};
use sealane_sdk::types::{Confirmation, Outcome, Reason};
use sealane_terminal_core::db::{next_number, now_ms, Tx};
use serde::Serialize;
use sqlx::Row;
use utoipa::ToSchema;

/// Who acts where no person does.
pub(crate) const DESK: &str = "(desk)";
/// Longest note, in bytes.
const MAX_NOTE: usize = 1_024;

/// What came of something that happened to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
	/// It is in this state now.
	Done {
		/// Before.
		from: DayState,
		/// Its revision.
		revision: i64,
	},
	/// It is not possible in the state in which the day is.
	Refused(DayState),
	/// There is no such day.
	Unknown,
}

/// Lets something happen to a day. Whoever does so at the same time waits until the transaction ends.
///
/// # Errors
/// The database fails.
pub(crate) async fn change(tx: &mut Tx, key: &DayKey, act: Act) -> Result<Change> {
	let row = sqlx::query(
		"UPDATE days SET revision = revision + 1 WHERE product = $1 AND day = $2 RETURNING state, revision",
	)
	.bind(key.product.as_str())
	.bind(key.day.as_str())
	.fetch_optional(&mut **tx)
	.await?;
	let Some(row) = row else { return Ok(Change::Unknown) };
	let name: String = row.try_get(0)?;
	let from = DayState::named(&name).ok_or_else(|| Error::invalid("database", name, "a state of a day"))?;
	let Some(to) = from.after(act) else {
		return Ok(Change::Refused(from));
	};
	if to != from {
		sqlx::query("UPDATE days SET state = $1, waits_for = '' WHERE product = $2 AND day = $3")
			.bind(to.as_str())
			.bind(key.product.as_str())
			.bind(key.day.as_str())
			.execute(&mut **tx)
			.await?;
	}
	Ok(Change::Done {
		from,
		revision: row.try_get(1)?,
	})
}

/// Writes into the history what was done.
///
/// # Errors
/// The database fails.
pub(crate) async fn note_act(
	tx: &mut Tx,
	key: &DayKey,
	act: Act,
	who: &str,
	order: Option<&OrderKey>,
	note: &str,
) -> Result<()> {
	let number = next_number(tx, "day_acts").await?;
	sqlx::query(
		"INSERT INTO day_acts (number, product, day, act, who, seller, id, note, done_at) \
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	)
	.bind(number)
	.bind(key.product.as_str())
	.bind(key.day.as_str())
	.bind(act.as_str())
	.bind(who)
	.bind(order.map_or(-1, |(seller, _)| i64::from(*seller)))
	.bind(order.map_or("", |(_, id)| id.as_str()))
	.bind(note)
	.bind(now_ms())
	.execute(&mut **tx)
	.await?;
	Ok(())
}

/// The same as [`change`], for somebody who is told why it is not possible.
async fn must(tx: &mut Tx, key: &DayKey, act: Act) -> Result<Change> {
	match change(tx, key, act).await? {
		Change::Unknown => Err(unknown(key)),
		Change::Refused(state) => Err(Error::invalid("day", key.to_string(), rule(act, state))),
		done @ Change::Done { .. } => Ok(done),
	}
}

fn unknown(key: &DayKey) -> Error {
	Error::NotFound {
		what: "day",
		name: key.to_string(),
	}
}

fn rule(act: Act, state: DayState) -> String {
	let needs = match act {
		Act::Freeze | Act::Take => "an open day",
		Act::Price => "a day that is not confirmed",
		Act::Propose => "a frozen day",
		Act::Hold => "a day that is not confirmed",
		Act::Decide => "a day whose prices are released and whose decisions are proposed",
		Act::Review => "a priced day: prices released, decisions proposed, not reviewed yet",
		Act::Confirm => "a reviewed day",
		Act::Close => "a confirmed day",
	};
	format!("it is {}; wanted is {needs}", state.as_str())
}

/// What was done to a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActRow {
	/// In which order.
	pub number: i64,
	/// What.
	pub act: String,
	/// Who.
	pub who: String,
	/// The seller of the order; −1 where the day as a whole is meant.
	pub seller: i64,
	/// The order.
	pub id: String,
	/// Why, or with what.
	pub note: String,
	/// Unix ms.
	pub done_at: i64,
}

sealane_terminal_core::from_row!(ActRow {
	number,
	act,
	who,
	seller,
	id,
	note,
	done_at,
});

/// The last `limit` acts of a day, newest first.
///
/// # Errors
/// The database fails.
pub async fn history(db: &BooksDb, key: &DayKey, limit: u32) -> Result<Vec<ActRow>> {
	let rows = sqlx::query_as(
		"SELECT number, act, who, seller, id, note, done_at FROM day_acts WHERE product = $1 AND day = $2 \
		 ORDER BY number DESC LIMIT $3",
	)
	.bind(key.product.as_str())
	.bind(key.day.as_str())
	.bind(i64::from(limit));
	Ok(rows.fetch_all(db.pool()).await?)
}

/// What a decision is corrected to; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correction {
	/// Units.
	pub units: Option<Decimal>,
	/// Money.
	pub amount: Option<Decimal>,
	/// Fee.
	pub fee: Option<Decimal>,
}

fn checked_note(note: &str) -> Result<()> {
	let broken = fields::reference(note, MAX_NOTE).map_err(|broken| broken.to_string());
	broken.map_err(|rule| Error::invalid("note", note, rule))
}

impl BooksDb {
	/// Freezes a day whose cut-off has come. The running desk does so by itself.
	///
	/// # Errors
	/// There is no such day, it is not open, its cut-off has not come; or the database fails.
	pub async fn freeze(&self, key: &DayKey, who: &Person, now_ms: i64) -> Result<()> {
		let mut tx = self.begin().await?;
		must(&mut tx, key, Act::Freeze).await?;
		let closes_at: i64 = sqlx::query("SELECT closes_at FROM days WHERE product = $1 AND day = $2")
			.bind(key.product.as_str())
			.bind(key.day.as_str())
			.fetch_one(&mut *tx)
			.await?
			.try_get(0)?;
		if closes_at > now_ms {
			let until = sealane_terminal_core::output::time_text(closes_at);
			let rule = format!("its orders come until {until}");
			return Err(Error::invalid("day", key.to_string(), rule));
		}
		note_act(&mut tx, key, Act::Freeze, who.as_str(), None, "").await?;
		Ok(tx.commit().await?)
	}

	/// The key of the order of the daily desk with this id that is neither executed nor taken back.
	///
	/// # Errors
	/// There is none, or sellers share the id and none is named; or the database fails.
	pub async fn order_on_desk(&self, seller: Option<u32>, id: &str) -> Result<OrderKey> {
		let rows =
			sqlx::query("SELECT DISTINCT seller FROM day_orders WHERE id = $1 AND state IN ('taken', 'proposed')")
				.bind(id)
				.fetch_all(self.pool())
				.await?;
		let mut sellers = Vec::new();
		for row in &rows {
			sellers.push(row.try_get::<i64, _>(0)? as u32);
		}
		sellers.retain(|found| seller.is_none_or(|seller| seller == *found));
		match sellers[..] {
			[seller] => Ok((seller, id.into())),
			[] => Err(Error::NotFound {
				what: "order on the daily desk",
				name: id.into(),
			}),
			_ => Err(Error::invalid(
				"seller",
				"",
				format!("one of {sellers:?}: they share the id {id:?}"),
			)),
		}
	}

	/// Holds an order, so that its day cannot be reviewed before somebody has looked at it; or lets it go.
	///
	/// # Errors
	/// The order is not on the desk, is let go and not held, or its day is over; or the database fails.
	pub async fn hold(&self, order: &OrderKey, who: &Person, held: bool, note: &str) -> Result<()> {
		if held {
			checked_note(note)?;
		}
		let mut tx = self.begin().await?;
		let part = locked(&mut tx, order, Act::Hold).await?;
		if !held && part.held == 0 {
			return Err(Error::NotFound {
				what: "held order on the daily desk",
				name: order.1.clone(),
			});
		}
		sqlx::query("UPDATE day_orders SET held = $1 WHERE seller = $2 AND id = $3 AND part = $4")
			.bind(i64::from(held))
			.bind(i64::from(part.seller))
			.bind(part.id.as_str())
			.bind(part.part)
			.execute(&mut *tx)
			.await?;
		let note = if held { note } else { "let go" };
		note_act(&mut tx, &part.day_key(), Act::Hold, who.as_str(), Some(order), note).await?;
		Ok(tx.commit().await?)
	}

	/// Rejects an order, whatever the rules propose.
	///
	/// # Errors
	/// The order is not on the desk, its day has no proposals or is over, the code or the text is none; or the database fails.
	pub async fn reject(&self, order: &OrderKey, who: &Person, code: &str, text: &str) -> Result<()> {
		fields::reference(code, MAX_CODE_LEN).map_err(|broken| Error::invalid("code", code, broken.to_string()))?;
		checked_note(text)?;
		self.redecide(order, who, text, |part, decision| {
			let mut rejected = Confirmation::rejected(part.id.as_str(), code, text);
			rejected.channel = decision.channel;
			Ok((rejected, String::new()))
		})
		.await
	}

	/// Corrects units, money or fee of a decision. What a customer gives up can only become less: more might not be there.
	///
	/// # Errors
	/// The order is not on the desk, its day has no proposals or is over, its decision is a rejection or has no such figures, a figure
	/// is too large; or the database fails.
	pub async fn correct(&self, order: &OrderKey, who: &Person, to: &Correction, note: &str) -> Result<()> {
		checked_note(note)?;
		self.redecide(order, who, note, |part, decision| {
			Ok((corrected(part, decision, to, note)?, part.carry.clone()))
		})
		.await
	}

	/// Back to what the rules propose.
	///
	/// # Errors
	/// The order is not on the desk, nobody decided on it by hand, its day has no proposals or is over; or the database fails.
	pub async fn restore(&self, order: &OrderKey, who: &Person) -> Result<()> {
		let mut tx = self.begin().await?;
		let mut part = locked(&mut tx, order, Act::Decide).await?;
		if part.decided_by.is_empty() {
			return Err(Error::NotFound {
				what: "decision by hand on order",
				name: order.1.clone(),
			});
		}
		part.decided_by = String::new();
		// Made anew: the proposal alone does not say how much goes to the next day.
		let key = part.day_key();
		note_act(
			&mut tx,
			&key,
			Act::Decide,
			who.as_str(),
			Some(order),
			"back to the rules",
		)
		.await?;
		super::set_proposals(&mut tx, std::slice::from_ref(&part)).await?;
		must(&mut tx, &key, Act::Take).await?;
		Ok(tx.commit().await?)
	}

	async fn redecide(
		&self,
		order: &OrderKey,
		who: &Person,
		note: &str,
		decide: impl FnOnce(&DayOrder, &Confirmation) -> Result<(Confirmation, String)>,
	) -> Result<()> {
		let mut tx = self.begin().await?;
		let mut part = locked(&mut tx, order, Act::Decide).await?;
		let before = decision_of(&part)?;
		let (decision, carry) = decide(&part, &before)?;
		part.decide(&decision, carry);
		part.decided_by = who.as_str().into();
		super::set_proposals(&mut tx, std::slice::from_ref(&part)).await?;
		note_act(&mut tx, &part.day_key(), Act::Decide, who.as_str(), Some(order), note).await?;
		Ok(tx.commit().await?)
	}

	/// Notes that somebody has looked at all decisions of a day, as it was at `revision`.
	///
	/// # Errors
	/// There is no such day, it is not priced or has changed, orders are held; or the database fails.
	pub async fn review(&self, key: &DayKey, who: &Person, revision: i64) -> Result<()> {
		let mut tx = self.begin().await?;
		as_seen(&mut tx, key, Act::Review, revision).await?;
		let held = count(&mut tx, key, "held = 1 AND state IN ('taken', 'proposed')").await?;
		if held > 0 {
			let rule = format!("{held} orders are held: let them go first");
			return Err(Error::invalid("day", key.to_string(), rule));
		}
		note_act(&mut tx, key, Act::Review, who.as_str(), None, "").await?;
		Ok(tx.commit().await?)
	}

	/// Agrees to the decisions of a day, as somebody who neither reviewed nor changed them. From now on they are executed and sent.
	///
	/// `revision`: that of the day which was looked at; a day that has changed since is not confirmed.
	///
	/// # Errors
	/// There is no such day, it is not reviewed or has changed, the person has decided on it; or the database fails.
	pub async fn confirm(&self, key: &DayKey, who: &Person, revision: i64) -> Result<()> {
		let mut tx = self.begin().await?;
		as_seen(&mut tx, key, Act::Confirm, revision).await?;
		let others = sqlx::query(
			"SELECT COUNT(*) FROM day_acts WHERE product = $1 AND day = $2 AND who = $3 AND act IN ('review', 'decide', 'hold')",
		)
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.bind(who.as_str())
		.fetch_one(&mut *tx)
		.await?
		.try_get::<i64, _>(0)?;
		if others > 0 {
			return Err(Error::SecondPerson {
				who: who.as_str().into(),
				did: "reviewed the day or decided on its orders".into(),
			});
		}
		note_act(&mut tx, key, Act::Confirm, who.as_str(), None, "").await?;
		Ok(tx.commit().await?)
	}

	/// Closes a day of which everything is sent. `with_refused`: although the own node refused some answers.
	///
	/// # Errors
	/// There is no such day, it is not confirmed, something is not sent or was refused; or the database fails.
	pub async fn close_day(&self, key: &DayKey, who: &Person, with_refused: bool) -> Result<()> {
		let mut tx = self.begin().await?;
		must(&mut tx, key, Act::Close).await?;
		let executed: i64 = sqlx::query("SELECT executed FROM days WHERE product = $1 AND day = $2")
			.bind(key.product.as_str())
			.bind(key.day.as_str())
			.fetch_one(&mut *tx)
			.await?
			.try_get(0)?;
		let unsent = count(&mut tx, key, UNSENT).await?;
		if executed == 0 || unsent > 0 {
			let rule = "the desk is still executing and sending it";
			return Err(Error::invalid("day", key.to_string(), rule));
		}
		let refused = count(&mut tx, key, REFUSED).await?;
		if refused > 0 && !with_refused {
			let rule = format!("the own node refused {refused} answers: their sellers do not have them");
			return Err(Error::invalid("day", key.to_string(), rule));
		}
		note_act(
			&mut tx,
			key,
			Act::Close,
			who.as_str(),
			None,
			&format!("refused by the node: {refused}"),
		)
		.await?;
		Ok(tx.commit().await?)
	}
}

/// Lets something happen to a day that was looked at when it had this revision: whoever looks at something else agrees to nothing.
async fn as_seen(tx: &mut Tx, key: &DayKey, act: Act, revision: i64) -> Result<()> {
	match must(tx, key, act).await? {
		Change::Done { revision: now, .. } if now == revision.saturating_add(1) => Ok(()),
		_ => {
			let rule = format!("it has changed since it had revision {revision}: look again");
			Err(Error::invalid("day", key.to_string(), rule))
		}
	}
}

/// How many orders of a day are so.
async fn count(tx: &mut Tx, key: &DayKey, which: &str) -> Result<i64> {
	let statement = format!("SELECT COUNT(*) FROM day_orders WHERE product = $1 AND day = $2 AND {which}");
	let row = sqlx::query(&statement)
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.fetch_one(&mut **tx)
		.await?;
	Ok(row.try_get(0)?)
}

/// The part of an order that is on the desk, its day locked and changed.
async fn locked(tx: &mut Tx, order: &OrderKey, act: Act) -> Result<DayOrder> {
	let statement = format!(
		"SELECT {ORDER_COLUMNS} FROM day_orders WHERE seller = $1 AND id = $2 AND state IN ('taken', 'proposed') \
		 ORDER BY part DESC LIMIT 1"
	);
	let not_found = || Error::NotFound {
		what: "order on the daily desk",
		name: order.1.clone(),
	};
	// Read before the day is locked, to know which day that is, and again behind the lock.
	let mut found: Option<DayOrder> = None;
	for _ in 0..2 {
		found = sqlx::query_as(&statement)
			.bind(i64::from(order.0))
			.bind(order.1.as_str())
			.fetch_optional(&mut **tx)
			.await?;
		let Some(part) = &found else { return Err(not_found()) };
		must(tx, &part.day_key(), act).await?;
	}
	found
		.filter(|part| act != Act::Decide || part.state == OrderState::PROPOSED)
		.ok_or_else(not_found)
}

/// The decision on a part of an order.
///
/// # Errors
/// The database holds something else.
pub(crate) fn decision_of(part: &DayOrder) -> Result<Confirmation> {
	serde_json::from_str(&part.decision)
		.map_err(|error| Error::invalid("database", part.id.as_str(), format!("a decision: {error}")))
}

impl DayOrder {
	/// Puts a decision into the columns.
	pub(crate) fn decide(&mut self, decision: &Confirmation, carry: String) {
		let text = |value: &Option<String>| value.clone().unwrap_or_default();
		self.outcome = match decision.outcome {
			Outcome::Accepted => "accepted",
			Outcome::Partial => "partial",
			Outcome::Rejected => "rejected",
		}
		.into();
		self.reason_code = decision.reason.as_ref().map(|r| r.code.clone()).unwrap_or_default();
		self.units = text(&decision.units);
		self.amount = text(&decision.amount);
		self.fee = text(&decision.fee);
		self.carry = carry;
		// A confirmation is plain text and numbers: writing it cannot fail.
		self.decision = serde_json::to_string(decision).unwrap_or_default();
	}
}

fn corrected(part: &DayOrder, decision: &Confirmation, to: &Correction, note: &str) -> Result<Confirmation> {
	let gives = match part.kind.as_str() {
		"subscription" | "purchase" => false,
		"redemption" => true,
		other => return Err(Error::invalid("kind", other, "a subscription, purchase or redemption")),
	};
	if decision.outcome == Outcome::Rejected {
		return Err(Error::invalid("outcome", "rejected", "a decision with figures"));
	}
	let proposed: Confirmation = serde_json::from_str(&part.proposal)
		.map_err(|error| Error::invalid("database", part.id.as_str(), format!("a proposal: {error}")))?;
	let most = |name: &str, value: Option<Decimal>, most: Option<&String>| {
		let most = most.and_then(|text| decimal::parse(text));
		match (value, most) {
			(Some(value), Some(most)) if value > most => {
				Err(Error::invalid(name, value.to_string(), format!("at most {most}")))
			}
			_ => Ok(()),
		}
	};
	if gives {
		most("units", to.units, proposed.units.as_ref())?;
	} else {
		most("amount", to.amount, Some(&part.asked_amount))?;
	}
	let mut corrected = decision.clone();
	for (name, value, field) in [
		("units", to.units, &mut corrected.units),
		("amount", to.amount, &mut corrected.amount),
		("fee", to.fee, &mut corrected.fee),
	] {
		let Some(value) = value else { continue };
		let text = value.to_string();
		if decimal::parse(&text).is_none() {
			return Err(Error::invalid(
				name,
				text,
				"a decimal, at most 18 digits before and 8 after the point",
			));
		}
		*field = Some(text);
	}
	let value = |text: &Option<String>| text.as_deref().and_then(decimal::parse).unwrap_or_default();
	let less = if gives {
		value(&corrected.units) < value(&proposed.units)
	} else {
		value(&corrected.amount) < value(&proposed.amount)
	};
	if less {
		corrected.outcome = Outcome::Partial;
		corrected.reason = Some(Reason {
			code: "CORRECTED".into(),
			text: note.into(),
		});
	}
	Ok(corrected)
}
