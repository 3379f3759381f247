// SPDX-License-Identifier: Apache-2.0

use super::{ChainArgs, MotionArgs};
use crate::{
	chain::{self, parse_account},
	error::Result,
	output::{Output, Table},
};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum ValidatorCommand {
	/// Show the validators
	List(ChainArgs),
	/// Add one whose account has set session keys (council motion)
	Add(AccountArgs),
	/// Remove one (council motion)
	Remove(AccountArgs),
	/// Set the fewest that motions may leave (council motion, two thirds)
	Floor(FloorArgs),
}

#[derive(Debug, Args)]
pub struct AccountArgs {
	/// The validator's account: SS58, 0x-hex or //Name
	account: String,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Debug, Args)]
pub struct FloorArgs {
	/// The fewest
	floor: u32,
	#[command(flatten)]
	motion: MotionArgs,
}

impl ValidatorCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			ValidatorCommand::List(args) => list(&args, output).await,
			ValidatorCommand::Add(args) => {
				let chain = args.motion.connect().await?;
				let call = chain::add_validator(&chain, parse_account(&args.account)?).await?;
				args.motion.motion(&chain, call, output).await
			}
			ValidatorCommand::Remove(args) => {
				let chain = args.motion.connect().await?;
				let call = chain::remove_validator(&chain, parse_account(&args.account)?).await?;
				args.motion.motion(&chain, call, output).await
			}
			ValidatorCommand::Floor(mut args) => {
				let chain = args.motion.connect().await?;
				if args.motion.threshold.is_none() {
					args.motion.threshold = Some(chain.two_thirds().await?);
				}
				let call = chain::set_floor(&chain, args.floor).await?;
				args.motion.motion(&chain, call, output).await
			}
		}
	}
}

async fn list(args: &ChainArgs, output: Output) -> Result<()> {
	let validators = args.connect().await?.validators().await?;
	output.result(&validators, |validators| {
		let mut table = Table::new(&["account", "makes blocks", "stays"]);
		let word = |yes: bool| if yes { "yes" } else { "no" };
		for v in validators {
			table.row([v.account.as_str(), word(v.active), word(v.listed)]);
		}
		table.to_string()
	});
	Ok(())
}
