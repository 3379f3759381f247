// SPDX-License-Identifier: Apache-2.0

use super::{ChainArgs, MotionArgs, SubmitArgs};
use crate::{
	chain::{self, RevocationReason},
	error::{Error, Result},
	output::{Output, Table},
};
use clap::{Args, Subcommand, ValueEnum};
use sealane_primitives::{
	calendar::{json, Announced, Calendar, Counts},
	clauses::Timestamp,
	ids::{BlockNumber, MemberId},
};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
	/// Show whether registrations are open in the newest final block
	Show(ShowReceiptArgs),
	/// End registrations of customers who leave (issuer)
	Close(CloseArgs),
	/// Declare a receipt wrong from the beginning (issuer)
	Revoke(RevokeReceiptArgs),
	/// Declare a receipt of any issuer wrong (council motion)
	ForceRevoke(ForceRevokeArgs),
}

#[derive(Debug, Args)]
pub struct ShowReceiptArgs {
	/// The issuer's member number
	#[arg(long)]
	issuer: MemberId,
	/// Commitments of 64 hexadecimal digits
	#[arg(required = true)]
	commitments: Vec<String>,
	#[command(flatten)]
	chain: ChainArgs,
}

#[derive(Debug, Args)]
pub struct CloseArgs {
	/// Commitments of 64 hexadecimal digits
	#[arg(required = true)]
	commitments: Vec<String>,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ReasonArg {
	/// It should not have been issued
	IssuedInError,
	/// The customer is registered twice
	Duplicate,
	/// The registration was obtained by deceit
	Fraud,
	/// A court or a supervisor ordered it
	Order,
	/// Anything else
	Other,
}

impl From<ReasonArg> for RevocationReason {
	fn from(reason: ReasonArg) -> Self {
		match reason {
			ReasonArg::IssuedInError => RevocationReason::IssuedInError,
			ReasonArg::Duplicate => RevocationReason::Duplicate,
			ReasonArg::Fraud => RevocationReason::Fraud,
			ReasonArg::Order => RevocationReason::Order,
			ReasonArg::Other => RevocationReason::Other,
		}
	}
}

#[derive(Debug, Args)]
pub struct RevokeReceiptArgs {
	/// The commitment, 64 hexadecimal digits
	commitment: String,
	/// Why; goes on chain
	#[arg(long, value_enum)]
	reason: ReasonArg,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Debug, Args)]
pub struct ForceRevokeArgs {
	/// The issuer's member number
	#[arg(long)]
	issuer: MemberId,
	/// The commitment, 64 hexadecimal digits
	commitment: String,
	/// Why; goes on chain
	#[arg(long, value_enum)]
	reason: ReasonArg,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Serialize)]
struct ReceiptReport {
	commitment: String,
	open: bool,
}

impl ReceiptCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			ReceiptCommand::Show(args) => args.run(output).await,
			ReceiptCommand::Close(args) => {
				let commitments: Result<Vec<_>, _> = args.commitments.iter().map(|it| chain::commitment(it)).collect();
				let commitments = commitments?;
				let chain = args.submit.chain.connect().await?;
				let call = chain::close_receipts(&chain, &commitments).await?;
				args.submit.submit(&chain, call, output).await
			}
			ReceiptCommand::Revoke(args) => {
				let commitment = chain::commitment(&args.commitment)?;
				let chain = args.submit.chain.connect().await?;
				let call = chain::revoke_receipt(&chain, &commitment, args.reason.into()).await?;
				args.submit.submit(&chain, call, output).await
			}
			ReceiptCommand::ForceRevoke(args) => {
				let commitment = chain::commitment(&args.commitment)?;
				let chain = args.motion.connect().await?;
				let call = chain::force_revoke_receipt(&chain, args.issuer, &commitment, args.reason.into()).await?;
				args.motion.motion(&chain, call, output).await
			}
		}
	}
}

impl ShowReceiptArgs {
	async fn run(self, output: Output) -> Result<()> {
		let commitments: Result<Vec<_>, _> = self.commitments.iter().map(|it| chain::commitment(it)).collect();
		let commitments = commitments?;
		let open = self
			.chain
			.connect()
			.await?
			.are_registered(self.issuer, &commitments)
			.await?;
		let reports: Vec<ReceiptReport> = commitments
			.iter()
			.zip(open)
			.map(|(commitment, open)| ReceiptReport {
				commitment: hex::encode(commitment),
				open,
			})
			.collect();
		output.result(&reports, |reports| {
			let mut table = Table::new(&["commitment", "registered"]);
			for report in reports {
				let open = if report.open { "yes" } else { "no" };
				table.row([report.commitment.clone(), open.to_string()]);
			}
			table.to_string()
		});
		Ok(())
	}
}

#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
	/// Show the calendars of an issuer, or of one of its products
	Show(ShowCalendarArgs),
	/// Announce a calendar (issuer)
	Announce(AnnounceArgs),
	/// Take back a calendar that does not hold yet (issuer)
	Withdraw(WithdrawArgs),
	/// Check a calendar's file, and say to which day an order belongs
	Day(DayArgs),
}

#[derive(Debug, Args)]
pub struct ShowCalendarArgs {
	/// The issuer's member number
	#[arg(long)]
	issuer: MemberId,
	/// One of its products; without it, the calendar of all that have none of their own
	#[arg(long)]
	product: Option<String>,
	#[command(flatten)]
	chain: ChainArgs,
}

#[derive(Debug, Args)]
pub struct AnnounceArgs {
	/// JSON file of the calendar
	file: PathBuf,
	/// For one product; without it, for all that have no calendar of their own
	#[arg(long)]
	product: Option<String>,
	/// First block in which it holds
	#[arg(long)]
	from_block: BlockNumber,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Debug, Args)]
pub struct WithdrawArgs {
	/// Of one product; without it, of all that have no calendar of their own
	#[arg(long)]
	product: Option<String>,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum CountsArg {
	/// When the issuer's node has the order
	Receipt,
	/// When the customer placed it
	Seller,
}

#[derive(Debug, Args)]
pub struct DayArgs {
	/// JSON file of the calendar
	file: PathBuf,
	/// When the customer placed the order, RFC 3339
	#[arg(long, value_parser = timestamp)]
	placed: Timestamp,
	/// When the issuer's node had it, RFC 3339; when it was placed unless told
	#[arg(long, value_parser = timestamp)]
	received: Option<Timestamp>,
	/// Which of the two counts
	#[arg(long, value_enum, default_value_t = CountsArg::Receipt)]
	counts: CountsArg,
}

#[derive(Serialize)]
struct DayReport {
	day: String,
}

#[derive(Serialize)]
struct CalendarReport {
	holds: &'static str,
	product: Option<String>,
	version: u32,
	from_block: BlockNumber,
	calendar: Calendar,
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
	text.parse().map_err(|e| format!("{e}"))
}

fn read(path: &Path) -> Result<Calendar> {
	let bytes = std::fs::read(path).map_err(Error::file(path))?;
	json::from_json(&bytes).map_err(|e| Error::Format {
		path: path.into(),
		line: 0,
		reason: e.to_string(),
	})
}

impl CalendarCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			CalendarCommand::Show(args) => args.run(output).await,
			CalendarCommand::Announce(args) => {
				let calendar = read(&args.file)?;
				let chain = args.submit.chain.connect().await?;
				let product = args.product.as_deref();
				let call = chain::announce_calendar(&chain, product, &calendar, args.from_block).await?;
				args.submit.submit(&chain, call, output).await
			}
			CalendarCommand::Withdraw(args) => {
				let chain = args.submit.chain.connect().await?;
				let call = chain::withdraw_calendar(&chain, args.product.as_deref()).await?;
				args.submit.submit(&chain, call, output).await
			}
			CalendarCommand::Day(args) => args.run(output),
		}
	}
}

impl DayArgs {
	fn run(self, output: Output) -> Result<()> {
		let calendar = read(&self.file)?;
		let counts = match self.counts {
			CountsArg::Receipt => Counts::Receipt,
			CountsArg::Seller => Counts::Seller,
		};
		let placed = self.placed.unix_ms();
		let received = self.received.map_or(placed, Timestamp::unix_ms);
		let day = calendar
			.trade_day(counts, placed, received)
			.map_err(|why| Error::invalid("placed", self.placed.to_string(), why.to_string()))?;
		let report = DayReport { day: day.to_string() };
		output.result(&report, |report| report.day.clone());
		Ok(())
	}
}

impl ShowCalendarArgs {
	async fn run(self, output: Output) -> Result<()> {
		let chain = self.chain.connect().await?;
		let timetable = chain.timetable(self.issuer, self.product.as_deref()).await?;
		let report = |holds, it: Announced| CalendarReport {
			holds,
			product: it.product.map(|product| String::from_utf8_lossy(&product).into_owned()),
			version: it.version,
			from_block: it.from,
			calendar: it.calendar,
		};
		let in_force = timetable.in_force.map(|it| report("now", it));
		let next = timetable.next.map(|it| report("next", it));
		let reports: Vec<CalendarReport> = in_force.into_iter().chain(next).collect();
		output.result(&reports, |reports| {
			let mut table = Table::new(&["holds", "product", ">version", ">from block", "first day", "last day"]);
			for it in reports {
				table.row([
					it.holds.to_string(),
					it.product.clone().unwrap_or_else(|| "all others".into()),
					it.version.to_string(),
					it.from_block.to_string(),
					it.calendar.first.to_string(),
					it.calendar.last.to_string(),
				]);
			}
			table.to_string()
		});
		Ok(())
	}
}
