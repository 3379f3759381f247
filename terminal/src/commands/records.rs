// SPDX-License-Identifier: Apache-2.0

use crate::{
	error::{Error, Result},
	node::NodeArgs,
	output::{time_text, Output, Table},
};
use clap::Args;
use sealane_sales::db::{DefectRow, Fails, RecordFilter, RecordRow, SalesDb};
use sealane_sdk::types::Trace;
use serde::Serialize;

#[derive(Debug, Args)]
pub struct OrderArgs {
	/// The order's id
	id: String,
	#[command(flatten)]
	node: NodeArgs,
	/// Database with the records; without it only the node is asked
	#[arg(long, env = "SEALANE_DB")]
	db: Option<String>,
	/// Ask the database only
	#[arg(long, requires = "db")]
	offline: bool,
	/// The seller's number, on an issuer's node
	#[arg(long)]
	seller: Option<u32>,
}

#[derive(Debug, Args)]
pub struct RecordsArgs {
	/// Database with the records
	#[arg(long, env = "SEALANE_DB")]
	db: String,
	/// Only those in this state: malformed, duplicate, unqualified, pending, refused, accepted, confirmed, partial, rejected,
	/// cancelled, finalised
	#[arg(long)]
	state: Option<String>,
	/// Only those of this customer
	#[arg(long)]
	customer: Option<String>,
	/// Only those of this product
	#[arg(long)]
	product: Option<String>,
	/// Only those of this day: of the trade once it is confirmed, before the one on which the customer placed it
	#[arg(long)]
	day: Option<String>,
	/// At most so many
	#[arg(long, default_value_t = 20)]
	limit: u32,
	/// Count records instead of listing them
	#[arg(long)]
	figures: bool,
}

#[derive(Serialize)]
struct OrderReport {
	record: Option<RecordRow>,
	trace: Option<Trace>,
}

const STATES: [&str; 11] = [
	"malformed",
	"duplicate",
	"unqualified",
	"pending",
	"refused",
	"accepted",
	"confirmed",
	"partial",
	"rejected",
	"cancelled",
	"finalised",
];

impl OrderArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let record = match &self.db {
			Some(url) => SalesDb::open_existing(url).await?.record(&self.id).await?,
			None => None,
		};
		let trace = if self.offline {
			None
		} else {
			self.node.client()?.trace(&self.id, self.seller).await?
		};
		if record.is_none() && trace.is_none() {
			return Err(Error::NotFound {
				what: "order",
				name: self.id,
			});
		}
		output.result(&OrderReport { record, trace }, |report| {
			let mut parts = Vec::new();
			parts.extend(report.record.as_ref().map(record_text));
			parts.extend(report.trace.as_ref().map(trace_text));
			parts.join("\n\n")
		});
		Ok(())
	}
}

fn fails_text(fails: &Fails) -> String {
	let texts: Vec<String> = fails
		.0
		.iter()
		.map(|failed| format!("{}: {}", failed.code, failed.text))
		.collect();
	texts.join("; ")
}

fn record_text(record: &RecordRow) -> String {
	let mut table = Table::new(&["", ""]);
	let final_at = match record.finalised_at {
		0 => String::new(),
		at => format!("{} (anchor {}, block {})", time_text(at), record.anchor, record.block),
	};
	for (name, value) in [
		("order", record.id.clone()),
		("state", record.state.clone()),
		("takes back", record.cancels.clone()),
		("taken back by", record.cancelled_by.clone()),
		("held", if record.held.0 { "yes" } else { "" }.into()),
		("tried again", time_text(record.retry_at)),
		("kind", record.kind.clone()),
		("product", record.product.clone()),
		("customer", record.customer.clone()),
		("amount", join(&record.amount, &record.currency)),
		("units", record.units.clone()),
		("placed", record.placed_at.clone()),
		("from", format!("{}:{}", record.source, record.line)),
		("clauses", record.clause_version.to_string()),
		("does not qualify", fails_text(&record.failed)),
		("outcome", record.outcome.clone()),
		("reason", join(&record.reason_code, &record.reason_text)),
		("deal", record.deal.clone()),
		("confirmed units", record.confirmed_units.clone()),
		("net asset value", record.nav.clone()),
		("confirmed amount", record.confirmed_amount.clone()),
		("fee", record.fee.clone()),
		("trade date", record.trade_date.clone()),
		("entry", record.entry.clone()),
		("read", time_text(record.read_at)),
		("on the node's disk", time_text(record.accepted_at)),
		("confirmed at", time_text(record.confirmed_at)),
		("final on chain", final_at),
	] {
		if !value.is_empty() {
			table.row([name.to_string(), value]);
		}
	}
	table.to_string()
}

fn join(first: &str, second: &str) -> String {
	if first.is_empty() {
		String::new()
	} else {
		format!("{first} {second}").trim_end().to_string()
	}
}

fn trace_text(trace: &Trace) -> String {
	let mut table = Table::new(&["step", "time", ">block"]);
	for step in &trace.order.steps {
		let block = step.block.map(|b| b.to_string()).unwrap_or_default();
		table.row([step.stage.as_str().to_string(), time_text(step.at_ms as i64), block]);
	}
	let mut text = table.to_string();
	if let Some(wait) = &trace.waiting {
		text += format!("\nwaits: {} {}", wait.reason.as_str(), wait.detail).trim_end();
	}
	for it in &trace.refusals {
		let who = if it.by_partner { "the partner" } else { "this node" };
		text += &format!(
			"\n{who} refused {} times, the last at {} by block {} ({}): {}",
			it.count,
			time_text(it.at_ms as i64),
			it.block,
			it.block_hash,
			it.reason
		);
	}
	if let Some(it) = &trace.allowed_by {
		text += &format!("\nits packet was allowed by block {} ({})", it.block, it.block_hash);
		if let Some(instead) = &it.abandoned_for {
			text += &format!(", which the chain abandoned for {instead}");
		}
	}
	text
}

impl RecordsArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		if let Some(state) = self.state.as_deref().filter(|s| !STATES.contains(s)) {
			return Err(Error::invalid("state", state, STATES.join(", ")));
		}
		let db = SalesDb::open_existing(&self.db).await?;
		if self.figures {
			output.result(&db.figures(None).await?, super::sales::figures_table);
			return Ok(());
		}
		if let Some(state @ ("malformed" | "duplicate")) = self.state.as_deref() {
			output.result(&db.defects(state, self.limit).await?, |rows| defects_text(rows));
			return Ok(());
		}
		let filter = RecordFilter {
			state: self.state,
			customer: self.customer,
			product: self.product,
			day: self.day,
			..RecordFilter::newest(self.limit)
		};
		output.result(&db.records(&filter).await?, |rows| records_text(rows));
		Ok(())
	}
}

fn defects_text(rows: &[DefectRow]) -> String {
	let mut table = Table::new(&["file", ">line", "state", "field", "value", "rule"]);
	for row in rows {
		let cells = [
			&row.source,
			&row.line.to_string(),
			&row.state,
			&row.field,
			&row.value,
			&row.rule,
		];
		table.row(cells.map(String::clone));
	}
	table.to_string()
}

fn records_text(rows: &[RecordRow]) -> String {
	let columns = [
		"order",
		"state",
		"kind",
		"product",
		"customer",
		">amount",
		">units",
		"deal",
		"reason",
		"confirmed at",
	];
	let mut table = Table::new(&columns);
	for row in rows {
		let state = if row.finalised_at > 0 {
			format!("{}, final", row.state)
		} else {
			row.state.clone()
		};
		let reason = if row.failed.is_empty() {
			row.reason_code.clone()
		} else {
			let codes: Vec<&str> = row.failed.0.iter().map(|failed| failed.code.as_str()).collect();
			codes.join(", ")
		};
		let first = |confirmed: &String, asked: &String| if confirmed.is_empty() { asked } else { confirmed }.clone();
		table.row([
			row.id.clone(),
			state,
			row.kind.clone(),
			row.product.clone(),
			row.customer.clone(),
			first(&row.confirmed_amount, &row.amount),
			first(&row.confirmed_units, &row.units),
			row.deal.clone(),
			reason,
			time_text(row.confirmed_at),
		]);
	}
	table.to_string()
}
