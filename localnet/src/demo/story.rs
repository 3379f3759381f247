// SPDX-License-Identifier: Apache-2.0

//! From the first block to registered customers.

use super::{view::thousands, Demo};
use crate::{
	consortium::{Institution, STEP_LIMIT},
	error::{Error, Result},
	wait::{until, Look},
};
use codec::{Decode, Encode};
use futures::future::{try_join, try_join_all};
use sealane_primitives::{
	clauses,
	directory::AgreementRecord,
	ids::{AgreementId, ChannelId},
	open::Open,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What `sealane sales register --json` prints.
#[derive(Clone, Debug, Deserialize)]
struct RegisterFigures {
	applied: u64,
	states: BTreeMap<String, u64>,
}

/// How many registration receipts of an issuer stand where: the chain's `Receipts.Tallies`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode)]
struct Tally {
	registered: u32,
	_rejected: u32,
	closed: u32,
	_revoked: u32,
}

impl Demo {
	/// From five running nodes to channels with agreed clauses.
	pub(super) async fn open_network(&mut self) -> Result<()> {
		let nodes = self.consortium.institutions.len();
		self.view.step(
			"M16 M18 M21",
			format!(
				"{nodes} nodes run, five of them validators with blocks every 2 s; the chain is final from block 1 on"
			),
		);

		self.view
			.working("the council votes on the admission of six institutions");
		let vote = self.consortium.admit().await?;
		self.view.step(
			"M19 M22",
			format!(
				"{} institutions admitted by one motion of the council, {} of {} votes",
				nodes, vote.ayes, vote.of
			),
		);
		self.view.working("members register their nodes");
		self.consortium.register_nodes().await?;
		self.view.step(
			"M18 M20",
			format!("{nodes} nodes registered by their members: PeerId, address, courier keys, delegate"),
		);

		self.view.working("issuers publish, sellers apply");
		let (interfaces, products, channels) = self.consortium.publish_and_apply().await?;
		self.view.step(
			"M2",
			format!("{interfaces} interfaces and {products} products registered by three issuers"),
		);
		self.view.step(
			"M12",
			format!("three sellers applied, each naming three issuers, with the hash of each signed cooperation agreement ({channels})"),
		);
		self.view.working("issuers countersign");
		let countersigned = self.consortium.countersign().await?;
		self.view.step(
			"M12",
			format!("{countersigned} agreements countersigned by the issuers"),
		);

		self.view.working("the council votes on the grants");
		let vote = self.consortium.grant().await?;
		self.view.step(
			"M13 M15",
			format!(
				"{} channels granted by one motion ({} of {} votes); the third bank gets none",
				vote.decisions, vote.ayes, vote.of
			),
		);
		self.view.working("sellers and issuers agree on clauses");
		let files = self.manifest.clauses.clone();
		let agreed = self.consortium.agree(&files).await?;
		self.view.step(
			"M8",
			format!(
				"{} agreements on clauses proposed by sellers, accepted by issuers, ratified by one motion",
				agreed.agreements
			),
		);
		self.view.working("the council votes on who may connect");
		let vote = self.consortium.restrict_connections().await?;
		self.view.step(
			"M6",
			format!(
				"from now on only registered nodes stay connected ({} of {} votes)",
				vote.ayes, vote.of
			),
		);
		self.view.working("the nodes learn what was decided");
		self.consortium.settled(true).await?;
		self.fetch_clauses().await
	}

	/// A bank's terminal gets its clauses from the bank's own node.
	async fn fetch_clauses(&self) -> Result<()> {
		let bank = self.first_bank()?;
		let client = bank.client()?;
		let by_product = client.clauses_for_product("JP5104").await?;
		let by_type = client.clauses_for_product_type("wealth.cash").await?;
		let count = |answers: &[sealane_sdk::types::ClausesInForce]| -> usize {
			answers
				.iter()
				.filter_map(|a| a.agreement.as_ref())
				.map(|a| a.clauses.len())
				.sum()
		};
		if count(&by_product) == 0 || count(&by_type) == 0 {
			return Err(Error::Unexpected(format!(
				"{}: its node knows no clauses for product JP5104 or type wealth.cash",
				bank.name
			)));
		}
		self.view.step(
			"M9",
			format!(
				"{} fetches from its node the clauses of product JP5104 ({}) and of type wealth.cash ({} over {} channels)",
				bank.name,
				count(&by_product),
				count(&by_type),
				by_type.len()
			),
		);
		Ok(())
	}

	pub(super) fn first_bank(&self) -> Result<&Institution> {
		self.consortium
			.sellers()
			.next()
			.ok_or_else(|| Error::Unexpected("there is no bank".into()))
	}

	pub(super) fn first_issuer(&self) -> Result<&Institution> {
		self.consortium
			.issuers()
			.next()
			.ok_or_else(|| Error::Unexpected("there is no issuer".into()))
	}

	/// Starts the issuer terminals, registers all customers, and meanwhile changes an agreement.
	pub(super) async fn register_customers(&mut self) -> Result<()> {
		for who in self.consortium.issuers() {
			let door = match self.keep {
				true => Some(self.terminals.door(who.key)?),
				false => None,
			};
			let rules = self.sample.join(who.key).join("rules.toml");
			let terminal = self.terminals.issuer(who, &rules, door.as_ref())?;
			self.issuers.push((terminal, door));
		}
		self.view.step(
			"M17",
			"three issuer terminals run, each with a rules file and books of its own",
		);
		self.view
			.working("customers are registered; a bank and an issuer change their clauses");
		let (registered, ()) = try_join(self.register(), self.change_clauses()).await?;
		let (applied, accepted, rejected) = registered;
		self.view.step(
			"M10",
			format!(
				"{} registrations went to the issuers and came back: {} registered, {} refused",
				thousands(applied),
				thousands(accepted),
				thousands(rejected)
			),
		);
		let truth: (u64, u64) = self.manifest.sellers.iter().fold((0, 0), |sum, s| {
			(sum.0 + s.registrations, sum.1 + s.registrations_rejected)
		});
		if (applied, rejected) != truth || accepted + rejected != applied {
			return Err(Error::Unexpected(format!(
				"{applied} registrations, {accepted} registered, {rejected} refused; the input has {} and {} to refuse",
				truth.0, truth.1
			)));
		}
		self.view.working("receipts go on chain");
		let tallies = self.await_receipts(accepted).await?;
		self.view.step(
			"M11",
			format!("{} receipts on chain: commitments, no customers", thousands(tallies)),
		);
		self.view.step(
			"M8",
			format!(
				"{} and {} agreed on stricter clauses meanwhile; version 2 is in force, version 1 stays readable",
				self.first_bank()?.name,
				self.first_issuer()?.name
			),
		);
		Ok(())
	}

	async fn register(&self) -> Result<(u64, u64, u64)> {
		let registering = self.consortium.sellers().map(|who| {
			let customers = self.sample.join(who.key).join("customers.ndjson");
			let args = self
				.terminals
				.sales("register", who, &customers)
				.with("--all")
				.option("--timeout-s", "600");
			self.terminals.json::<RegisterFigures>(args)
		});
		let all = try_join_all(registering).await?;
		let state = |name: &str| all.iter().filter_map(|f| f.states.get(name)).sum();
		Ok((
			all.iter().map(|f| f.applied).sum(),
			state("registered"),
			state("rejected"),
		))
	}

	/// One more region is excluded; no order of the sample is from there.
	async fn change_clauses(&self) -> Result<()> {
		let (bank, issuer) = (self.first_bank()?, self.first_issuer()?);
		let file = self.manifest.clauses.iter().find(|f| f.scope == "all");
		let file = file.ok_or_else(|| Error::Unexpected("the sample has no clauses for all products".into()))?;
		let text = file.json()?.replace("\"KP\"", "\"KP\", \"IR\"");
		let stricter = clauses::json::from_json(text.as_bytes())
			.map_err(|e| Error::Unexpected(format!("the stricter clauses: {e}")))?;
		let channel = self.consortium.channel_between(bank, issuer).await?;
		let before = agreement_for_all(bank, channel).await?.map(|(id, _)| id).unwrap_or(0);
		self.consortium.amend(bank, issuer, &stricter).await?;
		let after = until("version 2 of the clauses", STEP_LIMIT, || async {
			Ok(match agreement_for_all(bank, channel).await? {
				Some((id, 2)) => Look::Found(id),
				other => Look::NotYet(format!("{other:?}")),
			})
		})
		.await?;
		for (id, version) in [(before, 1), (after, 2)] {
			until(
				&format!("version {version} of the clauses is readable"),
				STEP_LIMIT,
				|| async {
					let stored: Option<Open<AgreementRecord>> = self
						.consortium
						.chain()
						.runtime_api("CourierApi_agreement", &id.encode())
						.await?;
					Ok(match stored {
						Some(Open::Known(it)) if it.channel == channel && it.version == version => Look::Found(()),
						other => Look::NotYet(format!("agreement {id}: {other:?}")),
					})
				},
			)
			.await?;
		}
		Ok(())
	}

	/// Waits until there is an open receipt for every registered customer.
	async fn await_receipts(&self, expected: u64) -> Result<u64> {
		until(&format!("{expected} receipts on chain"), STEP_LIMIT, || async {
			let tallies = self.tallies().await?;
			let registered: u64 = tallies.iter().map(|t| u64::from(t.registered)).sum();
			Ok(if registered == expected {
				Look::Found(registered)
			} else {
				Look::NotYet(format!("{registered}"))
			})
		})
		.await
	}

	async fn tallies(&self) -> Result<Vec<Tally>> {
		let reading = self.consortium.issuers().map(|who| async move {
			let keys = [who.member.encode()];
			Ok::<_, Error>(
				self.consortium
					.chain()
					.storage::<Tally>("Receipts", "Tallies", &keys)
					.await?
					.unwrap_or_default(),
			)
		});
		try_join_all(reading).await
	}

	/// A customer leaves: the issuer closes the receipt, and the commitment answers "registered" no more.
	pub(super) async fn close_one_receipt(&self) -> Result<()> {
		let (bank, issuer) = (self.first_bank()?, self.first_issuer()?);
		let chain = self.consortium.chain();
		let (id, commitment) = self.registered_commitment(bank, issuer).await?;
		let query = (issuer.member, vec![commitment]).encode();
		let open: Vec<bool> = chain.runtime_api("CourierApi_are_registered", &query).await?;
		let open = open == [true];
		self.consortium.close_receipt(issuer, &commitment).await?;
		until("the closed receipt", STEP_LIMIT, || async {
			let open: Vec<bool> = chain.runtime_api("CourierApi_are_registered", &query).await?;
			Ok(if open == [true] {
				Look::NotYet("it is open".into())
			} else {
				Look::Found(())
			})
		})
		.await?;
		let closed: u32 = self.tallies().await?.iter().map(|t| t.closed).sum();
		if !open || closed != 1 {
			return Err(Error::Unexpected(format!(
				"registration {id}: open before: {open}, receipts closed: {closed}"
			)));
		}
		self.view.step(
			"M11",
			format!("{} closed the receipt of a customer who left", issuer.name),
		);
		Ok(())
	}

	/// A registration of the bank's customers that the issuer accepted, with its commitment.
	async fn registered_commitment(&self, bank: &Institution, issuer: &Institution) -> Result<(String, [u8; 32])> {
		let book = self.sample.join(bank.key).join("customers.ndjson");
		let text = std::fs::read_to_string(&book).map_err(Error::io(format!("cannot read {}", book.display())))?;
		let client = bank.client()?;
		for line in text.lines().rev() {
			let customer: serde_json::Value =
				serde_json::from_str(line).map_err(|e| Error::Unexpected(format!("{}: {e}", book.display())))?;
			let id = format!(
				"R{}-{}",
				issuer.member,
				customer["reference"].as_str().unwrap_or_default()
			);
			let Some(status) = client.registration(&id, None).await? else {
				continue;
			};
			let Some(Ok(result)) = status.read_result() else {
				continue;
			};
			let mut commitment = [0; 32];
			if result
				.commitment
				.is_some_and(|text| hex::decode_to_slice(text, &mut commitment).is_ok())
			{
				return Ok((id, commitment));
			}
		}
		Err(Error::Unexpected(format!(
			"{} registered no customer of {}",
			issuer.name, bank.name
		)))
	}
}

/// Number and version of the agreement over everything that a bank's node knows for a channel.
async fn agreement_for_all(bank: &Institution, channel: ChannelId) -> Result<Option<(AgreementId, u32)>> {
	let channels = bank.client()?.channels().await?;
	let found = channels.iter().find(|c| c.id == channel).and_then(|c| {
		c.agreements
			.iter()
			.find(|a| a.scope == sealane_sdk::types::Scope::All)
			.map(|a| (a.id, a.version))
	});
	Ok(found)
}
