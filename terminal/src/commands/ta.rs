// SPDX-License-Identifier: Apache-2.0

//! An issuer's TA system by files: orders of the node's inbox out as applications, its confirmations back in.

use super::{
	convert::{ExchangeArgs, Kind},
	formats::{blocking, failed, profile},
};
use crate::{
	error::{Error, Result},
	node::NodeArgs,
	output::{thousands, Output, Table},
};
use clap::{Args, Subcommand};
use sealane_formats::{
	business::Object,
	convert::{
		convert,
		files::{listed, Records, Side},
		Item, Source,
	},
	fault::{Error as FormatError, Fault},
};
use sealane_sdk::{
	types::{Cursor, InboxKind, RefusedEntry},
	Client,
};
use serde::Serialize;
use serde_json::Value;
use std::{
	path::{Path, PathBuf},
	time::Duration,
};
use tokio::sync::mpsc;

/// Entries of one page of the inbox, and of one request.
const PAGE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub enum TaCommand {
	/// Write the orders that came since the last time as files of applications
	Orders(Box<OrdersArgs>),
	/// Send the confirmations of a set of files to the sellers
	Confirm(ConfirmArgs),
}

#[derive(Debug, Args)]
pub struct OrdersArgs {
	#[command(flatten)]
	node: NodeArgs,
	/// The seller's number on the chain
	#[arg(long)]
	seller: u32,
	/// Business date of the set, YYYYMMDD
	#[arg(long)]
	date: String,
	/// Where in the inbox the last time ended; written when the set is complete
	#[arg(long)]
	cursor_file: PathBuf,
	/// The folder to write the set to; what is there is never overwritten
	output: PathBuf,
	#[command(flatten)]
	exchange: ExchangeArgs,
}

#[derive(Debug, Args)]
pub struct ConfirmArgs {
	#[command(flatten)]
	node: NodeArgs,
	/// The seller's number on the chain
	#[arg(long)]
	seller: u32,
	/// The index of the set, or one data file
	input: PathBuf,
	/// The seller's profile: a TOML file, or a shipped one by its name
	#[arg(long)]
	profile: PathBuf,
	/// The table of numbers with which the orders were written
	#[arg(long)]
	serials: Option<PathBuf>,
}

#[derive(Serialize)]
struct OrdersReport {
	orders: u64,
	written: Vec<PathBuf>,
	cursor: String,
}

/// What became of the confirmations of a set.
#[derive(Debug, Default, Serialize)]
struct ConfirmReport {
	/// On the node's disk now.
	accepted: u64,
	/// On it before.
	repeated: u64,
	/// Refused by the node.
	refused: Vec<RefusedEntry>,
	/// Not final yet, such as the receipt of a subscription: the answer comes with a later file.
	pending: u64,
	/// No answers: made by the issuer without an order, or with a code that says that the answer comes later.
	own: u64,
}

impl TaCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			TaCommand::Orders(args) => args.run(output).await,
			TaCommand::Confirm(args) => args.run(output).await,
		}
	}
}

/// Orders of the inbox, and where the last page ended.
struct Inbox {
	pages: mpsc::Receiver<Result<(Vec<Object>, Cursor)>>,
	page: std::vec::IntoIter<Object>,
	cursor: Cursor,
	failed: Option<Error>,
}

impl Source for Inbox {
	fn next_item(&mut self) -> Result<Option<Item>, FormatError> {
		loop {
			if let Some(order) = self.page.next() {
				return Ok(Some(Item::Order(order)));
			}
			match self.pages.blocking_recv() {
				Some(Ok((orders, cursor))) => {
					self.page = orders.into_iter();
					self.cursor = cursor;
				}
				Some(Err(error)) => {
					let shown = error.to_string();
					self.failed = Some(error);
					return Err(FormatError::io("reading the inbox")(std::io::Error::other(shown)));
				}
				None => return Ok(None),
			}
		}
	}
}

/// Reads the inbox to its end.
async fn read_inbox(
	client: Client,
	seller: u32,
	interface: String,
	mut cursor: Cursor,
	pages: mpsc::Sender<Result<(Vec<Object>, Cursor)>>,
) {
	loop {
		let page = match client.inbox(&cursor, PAGE, Duration::ZERO).await {
			Ok(page) => page,
			Err(error) => return drop(pages.send(Err(error.into())).await),
		};
		let mut orders = Vec::new();
		for entry in page.entries {
			let of_profile = interface.is_empty() || entry.interface == interface;
			if entry.kind != InboxKind::Order || entry.seller != seller || entry.answered || !of_profile {
				continue;
			}
			// What no order is stays in the inbox: whoever answers it sees it there.
			let Ok(mut order) = serde_json::from_str::<Object>(entry.body.get()) else {
				tracing::warn!("inbox {}: not written: no order", entry.cursor);
				continue;
			};
			// What the seller's terminal adds for the clauses is none of the TA's.
			for name in ["facts", "clause_version"] {
				order.remove(name);
			}
			orders.push(order);
		}
		cursor = page.next;
		if pages.send(Ok((orders, cursor.clone()))).await.is_err() || page.at_end {
			return;
		}
	}
}

impl OrdersArgs {
	async fn run(self, output: Output) -> Result<()> {
		let client = self.node.client()?;
		let began = match std::fs::read_to_string(&self.cursor_file) {
			Ok(text) => Cursor(text.trim().into()),
			Err(error) if error.kind() == std::io::ErrorKind::NotFound => Cursor::start(),
			Err(error) => return Err(Error::file(&self.cursor_file)(error)),
		};
		let interface = self.exchange.own_profile()?.parties.interface;
		let (send, pages) = mpsc::channel(2);
		let reader = tokio::spawn(read_inbox(client, self.seller, interface, began.clone(), send));
		let done = blocking(move || self.write(pages, began, output)).await;
		let ended = reader.await;
		done?;
		ended.map_err(|panic| Error::node(panic.to_string()))
	}

	fn write(self, pages: mpsc::Receiver<Result<(Vec<Object>, Cursor)>>, began: Cursor, output: Output) -> Result<()> {
		let mut source = Inbox {
			pages,
			page: Vec::new().into_iter(),
			cursor: began,
			failed: None,
		};
		let set = (Side::Seller, Some(self.date.clone()));
		let sink = self.exchange.sink(&self.output, Kind::Files, None, set)?;
		let bar = output.progress("orders", 0);
		let done = convert(&mut source, sink, &mut |moved| bar.set_position(moved));
		bar.finish_and_clear();
		if let Some(error) = source.failed {
			return Err(error);
		}
		let (orders, written) = done.map_err(failed(&self.output))?;
		let cursor = source.cursor.to_string();
		// Only now: a run that is ended before writes the same orders again.
		write_whole(&self.cursor_file, &cursor)?;
		output.result(
			&OrdersReport {
				orders,
				written,
				cursor,
			},
			|report| {
				let mut text = format!("{} orders", thousands(report.orders));
				for path in &report.written {
					text.push_str(&format!("\n{}", path.display()));
				}
				text
			},
		);
		Ok(())
	}
}

/// A small file, whole or not at all.
fn write_whole(path: &Path, text: &str) -> Result<()> {
	let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
	let hidden = path.with_file_name(format!(".{name}.tmp"));
	sealane_terminal_core::files::write_private(&hidden, text.as_bytes())?;
	std::fs::rename(&hidden, path).map_err(Error::file(path))
}

/// A request: its lines, and what was left out before them.
struct Chunk {
	lines: Vec<u8>,
	count: u32,
}

impl ConfirmArgs {
	async fn run(self, output: Output) -> Result<()> {
		let client = self.node.client()?;
		let (send, mut chunks) = mpsc::channel::<Chunk>(2);
		let name = self
			.input
			.file_name()
			.unwrap_or_default()
			.to_string_lossy()
			.into_owned();
		let reader = tokio::spawn(blocking(move || self.read(&send)));
		let mut report = ConfirmReport::default();
		let bar = output.progress("confirmations", 0);
		let mut sent: Result<()> = Ok(());
		while let Some(chunk) = chunks.recv().await {
			// The same file again names the same requests: nothing is taken twice, whatever happened in between.
			let key = format!("{name}-{}", hex::encode(sp_crypto_hashing::blake2_128(&chunk.lines)));
			let key: String = key.chars().filter(char::is_ascii_graphic).collect();
			let key = key[key.len().saturating_sub(128)..].to_string();
			match client.submit_confirmations_ndjson(chunk.lines, &key).await {
				Ok(said) => {
					report.accepted += u64::from(said.accepted);
					report.repeated += u64::from(said.repeated);
					report.refused.extend(said.refused_entries);
					bar.inc(u64::from(chunk.count));
				}
				Err(error) => {
					sent = Err(error.into());
					break;
				}
			}
		}
		drop(chunks);
		bar.finish_and_clear();
		let read = reader.await.map_err(|panic| Error::node(panic.to_string()))?;
		sent?;
		let (pending, own) = read?;
		report.pending = pending;
		report.own = own;
		output.result(&report, report_text);
		match report.refused.first() {
			None => Ok(()),
			Some(first) => Err(Error::invalid(
				first.field.clone(),
				first.id.clone().unwrap_or_default(),
				format!(
					"{} confirmations were refused: {}: {}",
					report.refused.len(),
					first.code,
					first.rule
				),
			)),
		}
	}

	/// Reads the set twice: the first time to its end, so that a fault anywhere stops all of it.
	fn read(&self, send: &mpsc::Sender<Chunk>) -> Result<(u64, u64)> {
		self.pass(|_| Ok(true))?;
		let mut chunk = Chunk {
			lines: Vec::new(),
			count: 0,
		};
		let left_out = self.pass(|line| {
			chunk.lines.extend_from_slice(line.as_bytes());
			chunk.lines.push(b'\n');
			chunk.count += 1;
			if chunk.count < PAGE {
				return Ok(true);
			}
			let lines = std::mem::take(&mut chunk.lines);
			let count = std::mem::take(&mut chunk.count);
			Ok(send.blocking_send(Chunk { lines, count }).is_ok())
		})?;
		if chunk.count > 0 {
			// Where nobody listens any more the other side says why.
			let _ = send.blocking_send(chunk);
		}
		Ok(left_out)
	}

	/// Gives each final answer as a line, until `take` says no; how many records are not final, and how many are no answers.
	fn pass(&self, mut take: impl FnMut(String) -> Result<bool>) -> Result<(u64, u64)> {
		let fault = failed(&self.input);
		let profile = profile(&self.profile)?;
		let files = listed(&self.input, &profile).map_err(&fault)?;
		let serials = super::convert::serials(self.serials.as_deref(), "S")?;
		let mut records = Records::new(profile, files, serials);
		let (mut pending, mut own) = (0, 0);
		while let Some(item) = records.next_item().map_err(&fault)? {
			match item {
				Item::Answer { confirmation, .. } if confirmation.get("final") == Some(&Value::Bool(false)) => {
					pending += 1
				}
				Item::Answer { mut confirmation, .. } => {
					confirmation.insert("seller".into(), self.seller.into());
					if !take(Value::Object(confirmation).to_string())? {
						break;
					}
				}
				Item::Fields { .. } => own += 1,
				Item::Order(_) => {
					let rule = "a set of confirmations holds no applications";
					return Err(fault(Fault::new("kind of file", b"", rule).into()));
				}
			}
		}
		Ok((pending, own))
	}
}

fn report_text(report: &ConfirmReport) -> String {
	let mut table = Table::new(&["", ">"]);
	for (name, count) in [
		("taken by the node", report.accepted),
		("taken before", report.repeated),
		("refused", report.refused.len() as u64),
		("not final yet", report.pending),
		("no answers", report.own),
	] {
		table.row([name.to_string(), thousands(count)]);
	}
	let mut text = table.to_string();
	for entry in report.refused.iter().take(20) {
		let id = entry.id.as_deref().unwrap_or_default();
		let line = format!("\nrefused: {id}: {}: {}: {}", entry.code, entry.field, entry.rule);
		text.push_str(&crate::output::shown(&line));
	}
	text
}
