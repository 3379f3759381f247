// SPDX-License-Identifier: Apache-2.0

use super::{ChainArgs, MotionArgs, SubmitArgs};
use crate::{
	chain::{self, CooperationFile},
	error::{Error, Result},
	output::{time_text, Output, Table},
};
use clap::{Args, Subcommand, ValueEnum};
use sealane_primitives::{
	clauses::{json, Clauses, Timestamp},
	directory::{ProductStatus, Scope},
	ids::{ChannelId, MemberId, Moment, Name},
};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
	/// Show the channels on chain
	List(ChainArgs),
	/// Apply for channels with issuers (seller)
	Apply(JoinArgs),
	/// Countersign a cooperation agreement (issuer)
	Countersign(CountersignArgs),
	/// Grant a channel (council motion)
	Grant(GrantArgs),
	/// Suspend a channel (council motion)
	Suspend(ReasonArgs),
	/// Resume a suspended channel (council motion)
	Resume(ResumeArgs),
	/// Revoke a channel (council motion)
	Revoke(ReasonArgs),
}

#[derive(Debug, Args)]
pub struct JoinArgs {
	/// JSON list of cooperation agreements: issuer, agreement_file or agreement_hash, valid_from, valid_until
	#[arg(long)]
	credential: PathBuf,
	/// Only with these issuers of the list, by number; repeatable
	#[arg(long = "issuer")]
	issuers: Vec<u32>,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Debug, Args)]
pub struct CountersignArgs {
	/// The channel's number; without it the channels are listed
	channel: Option<ChannelId>,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Debug, Args)]
pub struct GrantArgs {
	/// The channel's number
	#[arg(required_unless_present = "from")]
	channel: Option<ChannelId>,
	/// JSON list of grants, for one motion over all of them: channel, and unless all kinds, no end and no limit are meant, kinds,
	/// valid_until, orders_per_minute
	#[arg(long, value_name = "FILE", conflicts_with_all = ["channel", "kinds", "valid_until", "orders_per_minute"])]
	from: Option<PathBuf>,
	/// Kinds of business, by their names in JSON; repeatable; all unless told
	#[arg(long = "kind")]
	kinds: Vec<String>,
	/// First block in which the grant no longer holds
	#[arg(long)]
	valid_until: Option<u32>,
	/// Most orders in a minute
	#[arg(long)]
	orders_per_minute: Option<u32>,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Debug, Args)]
pub struct GrantPrefixArgs {
	/// The issuer's member number
	#[arg(long)]
	issuer: MemberId,
	/// How the ids begin; a whole id is a prefix, too
	prefix: String,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Debug, Args)]
pub struct ReasonArgs {
	/// The channel's number
	channel: ChannelId,
	/// Why, in a sentence; goes on chain
	#[arg(long)]
	reason: String,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Debug, Args)]
pub struct ResumeArgs {
	/// The channel's number
	channel: ChannelId,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Debug, Subcommand)]
pub enum AgreementCommand {
	/// Propose clauses to the other party of a channel
	Propose(ProposeArgs),
	/// Accept the other party's proposal: then both submit it to the council
	Accept(AcceptArgs),
	/// Ratify a joint proposal (council motion)
	Ratify(RatifyArgs),
	/// What proposed clauses would have done to one's own past orders (seller)
	WhatIf(Box<super::what_if::WhatIfArgs>),
	/// Show the open proposals
	List(ChainArgs),
}

#[derive(Debug, Args)]
pub struct ProposeArgs {
	/// The channel's number
	#[arg(long)]
	channel: ChannelId,
	/// JSON list of clauses
	#[arg(long)]
	clauses: PathBuf,
	/// For one product; without product and type for everything over the channel
	#[arg(long, conflicts_with = "product_type")]
	product: Option<String>,
	/// For the products of one type
	#[arg(long)]
	product_type: Option<String>,
	/// First block in which they hold; when they are ratified unless told
	#[arg(long)]
	from_block: Option<u32>,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Debug, Args)]
pub struct AcceptArgs {
	/// The proposal's number
	proposal: u32,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Debug, Args)]
pub struct RatifyArgs {
	/// The proposal's number
	proposal: u32,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Debug, Subcommand)]
pub enum InterfaceCommand {
	/// Register an entry point
	Register(InterfaceArgs),
}

#[derive(Debug, Args)]
pub struct InterfaceArgs {
	/// Its identifier, unique on the chain
	id: String,
	/// The node that serves it
	#[arg(long)]
	node: u32,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Debug, Subcommand)]
pub enum ProductCommand {
	/// Register a product
	Register(ProductArgs),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum StatusArg {
	/// In its offering period
	Offering,
	/// Open for purchase and redemption
	Open,
	/// Closed for the time being
	Suspended,
	/// Over
	Closed,
}

#[derive(Debug, Args)]
pub struct ProductArgs {
	/// Its identifier, unique on the chain
	id: String,
	/// Its type, e.g. fund.bond
	#[arg(long = "type")]
	product_type: String,
	/// Its risk, 1 to 5
	#[arg(long, value_parser = clap::value_parser!(u8).range(1..=5))]
	risk: u8,
	/// ISO 4217
	#[arg(long, default_value = "CNY")]
	currency: String,
	/// The interface that takes its orders
	#[arg(long)]
	interface: String,
	/// Where it stands
	#[arg(long, value_enum, default_value_t = StatusArg::Open)]
	status: StatusArg,
	/// Begin of its offering period, RFC 3339
	#[arg(long, requires = "offering_until", value_parser = timestamp)]
	offering_from: Option<Timestamp>,
	/// End (exclusive) of its offering period, RFC 3339
	#[arg(long, requires = "offering_from", value_parser = timestamp)]
	offering_until: Option<Timestamp>,
	#[command(flatten)]
	submit: SubmitArgs,
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
	text.parse().map_err(|e| format!("{e}"))
}

/// Why neither an application nor a countersignature is signed elsewhere.
const CREDENTIAL: &str = "not for this command: it signs a credential beside the extrinsic, with the key at hand";

impl JoinArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let mut entries = CooperationFile::read(&self.credential)?;
		entries.retain(|e| self.issuers.is_empty() || self.issuers.contains(&e.issuer));
		if entries.is_empty() {
			return Err(Error::invalid(
				"credential",
				self.credential.display().to_string(),
				"at least one agreement with a named issuer",
			));
		}
		self.submit.export.refuse(CREDENTIAL)?;
		let signer = self.submit.signer.keypair()?;
		let chain = self.submit.chain.connect().await?;
		let seller = chain.member_of(&signer.public_key().0).await?;
		let call = chain::apply(&chain, seller, &entries, &signer).await?;
		self.submit.submit(&chain, call, output).await
	}
}

impl CountersignArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let chain = self.submit.chain.connect().await?;
		let Some(channel) = self.channel else {
			return list_channels(&chain, output).await;
		};
		self.submit.export.refuse(CREDENTIAL)?;
		let signer = self.submit.signer.keypair()?;
		let call = chain::countersign(&chain, channel, &signer).await?;
		self.submit.submit(&chain, call, output).await
	}
}

async fn list_channels(chain: &chain::ChainClient, output: Output) -> Result<()> {
	let channels = chain.channels().await?;
	output.result(&channels, |channels| {
		let mut table = Table::new(&[
			">channel",
			">seller",
			">issuer",
			"state",
			"valid from",
			"valid until",
			"agreement",
		]);
		for c in channels {
			table.row([
				c.id.to_string(),
				c.seller.to_string(),
				c.issuer.to_string(),
				c.state.clone(),
				time_text(c.valid_from as i64),
				time_text(c.valid_until as i64),
				hex::encode(c.agreement_hash),
			]);
		}
		table.to_string()
	});
	Ok(())
}

impl ChannelCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			ChannelCommand::List(args) => list_channels(&args.connect().await?, output).await,
			ChannelCommand::Apply(args) => args.run(output).await,
			ChannelCommand::Countersign(args) => args.run(output).await,
			ChannelCommand::Grant(args) => args.run(output).await,
			ChannelCommand::Suspend(args) => args.suspend(output).await,
			ChannelCommand::Resume(args) => args.run(output).await,
			ChannelCommand::Revoke(args) => args.revoke(output).await,
		}
	}
}

impl GrantArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let grants = match (&self.from, self.channel) {
			(Some(file), _) => chain::GrantFile::read(file)?,
			(None, Some(channel)) => vec![chain::GrantFile {
				channel,
				kinds: (!self.kinds.is_empty()).then_some(self.kinds),
				valid_until: self.valid_until,
				orders_per_minute: self.orders_per_minute,
			}],
			(None, None) => return Err(Error::invalid("channel", "", "given, or a file of grants")),
		};
		let terms = grants.iter().map(|grant| Ok((grant.channel, grant.terms()?)));
		let terms: Vec<_> = terms.collect::<Result<_, chain::ChainError>>()?;
		let chain = self.motion.connect().await?;
		let call = chain::grants(&chain, &terms).await?;
		self.motion.motion(&chain, call, output).await
	}
}

impl GrantPrefixArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let chain = self.motion.connect().await?;
		let call = chain::grant_prefix(&chain, self.issuer, &self.prefix).await?;
		self.motion.motion(&chain, call, output).await
	}
}

impl ReasonArgs {
	pub async fn suspend(self, output: Output) -> Result<()> {
		let chain = self.motion.connect().await?;
		let call = chain::suspend(&chain, self.channel, &self.reason).await?;
		self.motion.motion(&chain, call, output).await
	}

	pub async fn revoke(self, output: Output) -> Result<()> {
		let chain = self.motion.connect().await?;
		let call = chain::revoke(&chain, self.channel, &self.reason).await?;
		self.motion.motion(&chain, call, output).await
	}
}

impl ResumeArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let chain = self.motion.connect().await?;
		let call = chain::resume(&chain, self.channel).await?;
		self.motion.motion(&chain, call, output).await
	}
}

impl AgreementCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			AgreementCommand::Propose(args) => args.run(output).await,
			AgreementCommand::Accept(args) => {
				let chain = args.submit.chain.connect().await?;
				let call = chain::accept_agreement(&chain, args.proposal).await?;
				args.submit.submit(&chain, call, output).await
			}
			AgreementCommand::Ratify(args) => {
				let chain = args.motion.connect().await?;
				let call = chain::ratify_agreement(&chain, args.proposal).await?;
				args.motion.motion(&chain, call, output).await
			}
			AgreementCommand::WhatIf(args) => args.run(output).await,
			AgreementCommand::List(args) => list_proposals(&args, output).await,
		}
	}
}

async fn list_proposals(args: &ChainArgs, output: Output) -> Result<()> {
	let proposals = args.connect().await?.proposals().await?;
	output.result(&proposals, |proposals| {
		let mut table = Table::new(&[">proposal", ">channel", "scope", ">by member", "joint"]);
		for p in proposals {
			let joint = if p.joint { "yes" } else { "no" };
			table.row([
				p.id.to_string(),
				p.channel.to_string(),
				p.scope.clone(),
				p.proposer.to_string(),
				joint.to_string(),
			]);
		}
		table.to_string()
	});
	Ok(())
}

impl ProposeArgs {
	async fn run(self, output: Output) -> Result<()> {
		let clauses = read_clauses(&self.clauses)?;
		let scope = scope(self.product.as_deref(), self.product_type.as_deref())?;
		let chain = self.submit.chain.connect().await?;
		let call = chain::propose_agreement(&chain, self.channel, &scope, &clauses, self.from_block).await?;
		self.submit.submit(&chain, call, output).await
	}
}

/// The clauses of a JSON file, checked.
pub fn read_clauses(file: &Path) -> Result<Clauses> {
	let bytes = std::fs::read(file).map_err(Error::file(file))?;
	json::from_json(&bytes).map_err(|e| Error::Format {
		path: file.into(),
		line: 0,
		reason: e.to_string(),
	})
}

/// What clauses are to cover.
pub fn scope(product: Option<&str>, product_type: Option<&str>) -> Result<Scope> {
	Ok(match (product, product_type) {
		(Some(product), _) => Scope::Product(name("product", product)?),
		(None, Some(product_type)) => Scope::ProductType(name("product-type", product_type)?),
		(None, None) => Scope::All,
	})
}

fn name(field: &str, text: &str) -> Result<Name> {
	Name::try_from(text.as_bytes().to_vec()).map_err(|_| Error::invalid(field, text, "at most 32 bytes"))
}

impl InterfaceCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		let InterfaceCommand::Register(args) = self;
		let chain = args.submit.chain.connect().await?;
		let call = chain::register_interface(&chain, &args.id, args.node).await?;
		args.submit.submit(&chain, call, output).await
	}
}

impl From<StatusArg> for ProductStatus {
	fn from(status: StatusArg) -> ProductStatus {
		match status {
			StatusArg::Offering => ProductStatus::Offering,
			StatusArg::Open => ProductStatus::Open,
			StatusArg::Suspended => ProductStatus::Suspended,
			StatusArg::Closed => ProductStatus::Closed,
		}
	}
}

impl ProductCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		let ProductCommand::Register(args) = self;
		let currency = <[u8; 3]>::try_from(args.currency.as_bytes())
			.ok()
			.filter(|c| c.iter().all(u8::is_ascii_uppercase))
			.ok_or_else(|| Error::invalid("currency", args.currency.as_str(), "three capital letters (ISO 4217)"))?;
		let offering: Option<(Moment, Moment)> = args
			.offering_from
			.zip(args.offering_until)
			.map(|(from, until)| (from.unix_ms(), until.unix_ms()));
		let chain = args.submit.chain.connect().await?;
		let call = chain::register_product(
			&chain,
			&args.id,
			&args.product_type,
			args.risk,
			currency,
			&args.interface,
			args.status.into(),
			offering,
		)
		.await?;
		args.submit.submit(&chain, call, output).await
	}
}
