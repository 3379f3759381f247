// SPDX-License-Identifier: Apache-2.0

use crate::{
	error::{Error, Result},
	node::NodeArgs,
	output::{thousands, Output, Table},
};
use clap::Args;
use sealane_sdk::types::{Channel, Lane, Status};
use serde::Serialize;

#[derive(Debug, Args)]
pub struct StatusArgs {
	#[command(flatten)]
	node: NodeArgs,
	/// End with exit code 12 where the node raises an alarm
	#[arg(long)]
	check: bool,
}

#[derive(Serialize)]
struct Report {
	status: Status,
	channels: Vec<Channel>,
	lanes: Vec<Lane>,
}

impl StatusArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let client = self.node.client()?;
		let (status, channels, lanes) =
			futures::future::try_join3(client.status(), client.channels(), client.lanes()).await?;
		let alarms = status.alarms.len();
		output.result(
			&Report {
				status,
				channels,
				lanes,
			},
			text,
		);
		if self.check && alarms > 0 {
			return Err(Error::Alarm(alarms));
		}
		Ok(())
	}
}

fn text(report: &Report) -> String {
	let status = &report.status;
	let mut table = Table::new(&["", ""]);
	let member = status
		.member
		.as_ref()
		.map_or("not registered".into(), |m| format!("{} ({})", m.name, m.id));
	for (name, value) in [
		("node", status.node.map_or("not registered".into(), |n| n.to_string())),
		("member", member),
		("peer", status.peer.clone()),
		("version", status.version.clone()),
		("genesis", status.genesis.clone()),
		("ready", if status.ready { "yes" } else { "no" }.into()),
		("block", thousands(status.block.into())),
		(
			"log",
			format!(
				"{} bytes, {} orders",
				thousands(status.log_bytes),
				thousands(status.indexed)
			),
		),
		("batches to anchor", thousands(status.batches_unanchored)),
		("anchors not final", thousands(status.anchors_open.into())),
	] {
		table.row([name.to_string(), value]);
	}
	for alarm in &status.alarms {
		table.row(["ALARM".to_string(), alarm.clone()]);
	}
	let mut channels = Table::new(&[">channel", "partner", "state", ">products", ">agreements"]);
	for channel in &report.channels {
		let state = if channel.authorised {
			"authorised"
		} else {
			channel.refusal.as_deref().unwrap_or("closed")
		};
		channels.row([
			channel.id.to_string(),
			format!("{} ({})", channel.partner.name, channel.partner.id),
			state.to_string(),
			channel.products.len().to_string(),
			channel.agreements.len().to_string(),
		]);
	}
	let mut lanes = Table::new(&[
		">channel",
		">from",
		">to",
		">packets",
		">delivered",
		">in flight",
		"waits",
	]);
	for lane in &report.lanes {
		lanes.row([
			lane.channel.to_string(),
			lane.from.to_string(),
			lane.to.to_string(),
			lane.packets.to_string(),
			lane.delivered.to_string(),
			lane.in_flight.to_string(),
			lane.waiting
				.as_ref()
				.map(|w| format!("{} {}", w.reason.as_str(), w.detail))
				.unwrap_or_default(),
		]);
	}
	let mut parts = vec![table.to_string()];
	parts.extend((!channels.is_empty()).then(|| channels.to_string()));
	parts.extend((!lanes.is_empty()).then(|| lanes.to_string()));
	parts.join("\n\n")
}
