// SPDX-License-Identifier: Apache-2.0

//! `sealane-node`: a member's node. Chain, courier and HTTP API in one process.

mod chain_spec;
mod cli;
mod command;
mod genesis;
mod lifetime;
mod rpc;
mod service;
mod signals;

fn main() -> sc_cli::Result<()> {
	command::run()
}
