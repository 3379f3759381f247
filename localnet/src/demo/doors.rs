// SPDX-License-Identifier: Apache-2.0

//! What a person opens in a browser where the network is left running: the pages of a bank, of an issuer and of the operator.

use super::Demo;
use crate::{
	error::{Error, Result},
	process::Process,
};

/// The doors that were opened.
pub(super) struct Doors {
	/// Who looks at what, and the link by which its first user sets a password.
	pub links: Vec<(String, String)>,
	/// Terminals that run for their doors alone.
	pub terminals: Vec<Process>,
}

impl Demo {
	/// Starts a sales terminal and the operator's server beside the issuer terminals that run, and waits for the links of their
	/// first users.
	pub(super) async fn open_doors(&mut self) -> Result<Doors> {
		self.view
			.working("opening the pages of a bank, an issuer and the operator");
		let mut doors = Doors {
			links: Vec::new(),
			terminals: Vec::new(),
		};
		if !self.terminals.has_console() {
			self.view
				.note("the console was not built (it needs Node.js): the links below have no pages, the APIs behind them answer");
		}

		let bank = self.first_bank()?;
		let incoming = self.folder.join("terminals").join(format!("{}-orders", bank.key));
		std::fs::create_dir_all(&incoming).map_err(Error::io(format!("cannot make {}", incoming.display())))?;
		let customers = self.sample.join(bank.key).join("customers.ndjson");
		let door = self.terminals.door(bank.key)?;
		let mut terminal = self.terminals.seller(bank, &customers, &incoming, &door)?;
		let what = format!(
			"{}, a bank; takes files of orders from {}",
			bank.name,
			incoming.display()
		);
		doors.links.push((what, door.link(&mut terminal).await?));
		doors.terminals.push(terminal);

		let what = format!("{}, an issuer", self.first_issuer()?.name);
		if let Some((terminal, Some(door))) = self.issuers.first_mut() {
			doors.links.push((what, door.link(terminal).await?));
		}

		let rpc = self.first_bank()?.node.rpc_url();
		let door = self.terminals.door("operator")?;
		let mut server = self.terminals.operator(&rpc, &door)?;
		doors
			.links
			.push(("the consortium's operator".into(), door.link(&mut server).await?));
		doors.terminals.push(server);
		Ok(doors)
	}
}
