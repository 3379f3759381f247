// SPDX-License-Identifier: Apache-2.0

//! What the demo proves after trading: evidence holds, a seller without a grant is refused, payloads are where they belong.

use super::{view::thousands, Demo};
use crate::{
	consortium::{Institution, STEP_LIMIT},
	error::{Error, Result},
	markers,
	search::{Findings, Search},
	terminals::Args,
	wait::{until, Look},
};
use sealane_sample::{
	catalogue::{products, ISSUERS},
	Manifest,
};
use sealane_sdk::types::{BusinessKind, Cursor, Direction, Order, OrderStage, Outcome, WaitReason};
use sealane_verifier::pack::{Entry, EvidencePack, Payload, RecordPart};
use std::{
	collections::BTreeMap,
	path::{Path, PathBuf},
	time::Duration,
};

/// A text that only certain nodes may hold.
struct Marker {
	text: String,
	/// What it is, for people.
	what: String,
	/// Keys of the institutions whose nodes may hold it, and must.
	parties: Vec<&'static str>,
}

/// The texts planted in the input.
pub struct Markers {
	markers: Vec<Marker>,
	planted: u64,
}

impl Markers {
	/// Plants one marker per bank and issuer in the orders, and takes a document number of one customer per bank.
	///
	/// # Errors
	/// A file of the sample cannot be read or written.
	pub fn plant(sample: &Path, manifest: &Manifest) -> Result<Self> {
		let mut markers = Vec::new();
		let mut planted = 0;
		for seller in &manifest.sellers {
			let tokens: Vec<_> = ISSUERS.iter().map(|_| markers::token()).collect();
			let issuer_of: BTreeMap<&str, usize> = products().map(|(issuer, product)| (product.id, issuer)).collect();
			for file in manifest
				.files
				.iter()
				.filter(|f| f.seller == seller.key && f.file.ends_with(".ndjson"))
			{
				let path = sample.join(seller.key).join(file.file);
				planted += markers::plant(&path, |product| issuer_of.get(product).map(|i| tokens[*i].clone()))?;
			}
			for (issuer, text) in ISSUERS.iter().zip(tokens) {
				let what = format!("orders of {} for {}", seller.name, issuer.name);
				markers.push(Marker {
					text,
					what,
					parties: vec![seller.key, issuer.key],
				});
			}
			let mut parties = vec![seller.key];
			parties.extend(ISSUERS.iter().map(|i| i.key));
			let text = document_number(&sample.join(seller.key).join("customers.ndjson"))?;
			let what = format!("the document number of a customer of {}", seller.name);
			markers.push(Marker { text, what, parties });
		}
		Ok(Markers { markers, planted })
	}

	/// Orders that carry a marker.
	pub fn planted(&self) -> String {
		thousands(self.planted)
	}
}

/// The document number of the first customer in a book whose number is long enough to be searched for.
fn document_number(book: &Path) -> Result<String> {
	let text = std::fs::read_to_string(book).map_err(Error::io(format!("cannot read {}", book.display())))?;
	let number = |line: &str| {
		let customer: serde_json::Value = serde_json::from_str(line).ok()?;
		let number = customer["document"]["number"].as_str()?.to_string();
		(number.len() >= 15).then_some(number)
	};
	text.lines()
		.find_map(number)
		.ok_or_else(|| Error::Unexpected(format!("{}: no customer with a long document number", book.display())))
}

impl Demo {
	/// Takes a confirmed order of the first bank for the first issuer, lets a node that is no party judge its evidence, and then the
	/// chain specification alone; a forged version of it must pass neither.
	pub(super) async fn verify_evidence(&self) -> Result<bool> {
		let (bank, issuer) = (self.first_bank()?, self.first_issuer()?);
		let judge = self.consortium.issuers().last().unwrap_or(issuer);
		self.view.working("evidence of one order");
		let id = self.accepted_order(bank, issuer).await?;
		let file = self.evidence();
		let get = Args::new("evidence get")
			.with(&id)
			.option("--node", bank.node.folder())
			.option("--output", &file);
		self.terminals.json::<serde_json::Value>(get).await?;
		let verify = |file: &Path| {
			Args::new("evidence verify")
				.with(file)
				.option("--node-rpc", judge.node.rpc_url())
		};
		let judged = self.terminals.output(&verify(&file)).await?;
		if !judged.status.success() {
			self.view.note(format!(
				"evidence of {id}: {}",
				String::from_utf8_lossy(&judged.stderr).trim()
			));
			return Ok(false);
		}
		let report: serde_json::Value =
			serde_json::from_slice(&judged.stdout).map_err(|e| Error::Unexpected(format!("evidence verify: {e}")))?;
		self.view.step(
			"M5",
			format!(
				"evidence of order {id} holds: anchor in block {}, asked of the node of {}, which is no party",
				report["anchor"]["block"], judge.name
			),
		);
		let offline = |file: &Path| {
			Args::new("evidence verify")
				.with(file)
				.option("--chain", self.consortium.chain_spec())
		};
		let judged = self.terminals.output(&offline(&file)).await?;
		if !judged.status.success() {
			self.view.note(format!(
				"evidence of {id}, offline: {}",
				String::from_utf8_lossy(&judged.stderr).trim()
			));
			return Ok(false);
		}
		let report: serde_json::Value =
			serde_json::from_slice(&judged.stdout).map_err(|e| Error::Unexpected(format!("evidence verify: {e}")))?;
		let proven = &report["offline"];
		self.view.step(
			"M5",
			format!(
				"it holds offline too, from the chain specification alone: made final by {} of {} validators with block {}",
				proven["votes"], proven["validators"], proven["final_block"]
			),
		);
		let forged = self.forge(&file)?;
		for verify in [verify(&forged), offline(&forged)] {
			let judged = self.terminals.output(&verify).await?;
			if judged.status.success() {
				self.view.note("a forged confirmation was taken for true");
				return Ok(false);
			}
		}
		self.view.step(
			"M5",
			"the same evidence with one digit of the confirmation changed is refused",
		);
		Ok(true)
	}

	/// Where the evidence of one order is, once it was judged.
	pub(super) fn evidence(&self) -> PathBuf {
		self.folder.join("evidence.json")
	}

	/// An order from the bank's file that the issuer accepted and whose record is final.
	async fn accepted_order(&self, bank: &Institution, issuer: &Institution) -> Result<String> {
		let of_issuer: Vec<_> = ISSUERS
			.iter()
			.find(|i| i.key == issuer.key)
			.map(|i| i.products.iter().map(|p| p.id).collect())
			.unwrap_or_default();
		let path = self.sample.join(bank.key).join("orders.ndjson");
		let text = std::fs::read_to_string(&path).map_err(Error::io(format!("cannot read {}", path.display())))?;
		let client = bank.client()?;
		for line in text.lines() {
			let Ok(order) = serde_json::from_str::<serde_json::Value>(line) else {
				continue;
			};
			let (Some(id), Some(product)) = (order["id"].as_str(), order["product"].as_str()) else {
				continue;
			};
			if !of_issuer.contains(&product) || order["amount"].as_str().is_none() {
				continue;
			}
			let Some(status) = client.order(id, None).await? else {
				continue;
			};
			if status.stage == OrderStage::Finalised && status.outcome == Some(Outcome::Accepted) {
				return Ok(id.into());
			}
		}
		Err(Error::Unexpected(format!(
			"{} accepted no order of {}",
			issuer.name, bank.name
		)))
	}

	/// Changes one digit of the confirmation, and makes the file's own checksum fit again.
	fn forge(&self, file: &Path) -> Result<PathBuf> {
		let bytes = std::fs::read(file).map_err(Error::io(format!("cannot read {}", file.display())))?;
		let pack =
			EvidencePack::from_json(&bytes).map_err(|e| Error::Unexpected(format!("{}: {e}", file.display())))?;
		let mut confirmation = pack.record.confirmation.bytes.0.clone();
		let digit = confirmation.iter().rposition(u8::is_ascii_digit);
		let digit = digit.ok_or_else(|| Error::Unexpected("the confirmation has no digit to change".into()))?;
		confirmation[digit] = if confirmation[digit] == b'9' { b'8' } else { b'9' };
		let record = RecordPart {
			confirmation: Entry {
				bytes: Payload(confirmation),
				..pack.record.confirmation
			},
			..pack.record
		};
		let forged = EvidencePack::new(record, pack.batch, pack.anchor, pack.chain);
		let text = forged
			.to_json()
			.map_err(|e| Error::Unexpected(format!("evidence: {e}")))?;
		let path = self.folder.join("evidence-forged.json");
		std::fs::write(&path, text).map_err(Error::io(format!("cannot write {}", path.display())))?;
		Ok(path)
	}

	/// The third bank's node is told to send without a grant; the issuer's node must refuse, with its signature, and keep
	/// nothing.
	pub(super) async fn refuse_outsider(&mut self) -> Result<bool> {
		const REASON: &str = "chain.not_granted";
		self.view.working("a seller without a grant sends an order");
		let issuer = self.first_issuer()?;
		let outsider = self
			.consortium
			.outsider()
			.ok_or_else(|| Error::Unexpected("there is no seller without a grant".into()))?;
		let marker = markers::token();
		let product = ISSUERS[0].products[0];
		let placed = format!("{}T10:00:00+08:00", self.manifest.business_day);
		let mut order = Order::new("OUTSIDE-1", BusinessKind::Purchase, product.id, "OUT-1", placed)
			.with_amount("1000.00", product.currency);
		order.details = Some(serde_json::json!({ "note": marker }));
		let counter = "sealane_courier_envelopes_refused_total";
		let labels = ["reason=\"chain.not_granted\""];
		let before = issuer.metrics().await?.sum(counter, &labels);

		let client = outsider.client()?;
		let report = client.submit_orders(&[order], "outside").await?;
		if report.accepted != 1 {
			self.view.note(format!(
				"the sender's own node did not take the order: {:?}",
				report.refused_entries
			));
			return Ok(false);
		}
		let seen = until("a signed refusal at the sender", STEP_LIMIT, || async {
			let lanes = client.lanes().await?;
			let lane = lanes
				.iter()
				.find(|l| l.direction == Direction::Outgoing && l.to == issuer.node_id);
			let wait = lane.and_then(|l| l.waiting.clone());
			Ok(match wait {
				Some(wait) if wait.reason == WaitReason::PartnerRefused => Look::Found(wait),
				other => Look::NotYet(format!("{other:?}")),
			})
		})
		.await?;
		let counted = issuer.metrics().await?.sum(counter, &labels) - before;
		let at_issuer = issuer.client()?;
		let lanes = at_issuer.lanes().await?;
		let stored = lanes.iter().any(|l| l.from == outsider.node_id && l.packets > 0);
		let mut cursor = Cursor::start();
		let mut in_inbox = false;
		loop {
			let page = at_issuer.inbox(&cursor, 5_000, Duration::ZERO).await?;
			in_inbox |= page.entries.iter().any(|e| e.seller == outsider.member);
			if page.at_end || page.next == cursor {
				break;
			}
			cursor = page.next;
		}
		let held = seen.detail == REASON && counted > 0.0 && !stored && !in_inbox;
		if held {
			self.view.step(
				"M14",
				format!(
					"{} sent without a grant: the node of {} answered with a signed refusal ({REASON}) and stored nothing",
					outsider.name, issuer.name
				),
			);
		} else {
			self.view.note(format!(
				"refusal seen by the sender: {}, counted by the issuer: {counted}, stored: {stored}, in the inbox: {in_inbox}",
				seen.detail
			));
		}
		let what = format!("the order of {}", outsider.name);
		let parties = vec![outsider.key];
		self.markers.markers.push(Marker {
			text: marker,
			what,
			parties,
		});
		Ok(held)
	}

	/// Searches every byte in every node's folder for the markers. Gives how many bytes of them are where they must not be.
	///
	/// # Errors
	/// A marker is not found at its parties: then the search would prove nothing.
	pub(super) async fn search_everywhere(&self) -> Result<u64> {
		self.view.working("searching every byte of every node for the markers");
		let markers = &self.markers.markers;
		let texts: Vec<String> = markers.iter().map(|m| m.text.clone()).collect();
		let (mut leaked, mut files, mut bytes) = (0, 0, 0);
		for who in &self.consortium.institutions {
			let findings = search(&texts, who.node.folder()).await?;
			files += findings.files;
			bytes += findings.bytes;
			for (index, marker) in markers.iter().enumerate() {
				let found = findings.matched[index];
				let party = marker.parties.contains(&who.key);
				if party && found == 0 {
					return Err(Error::Unexpected(format!(
						"{}: {} must be in its node's folder and is not found: the search proves nothing",
						who.name, marker.what
					)));
				}
				if !party && found > 0 {
					leaked += found;
					let place = findings.first[index]
						.as_deref()
						.unwrap_or(Path::new("?"))
						.display()
						.to_string();
					self.view
						.note(format!("LEAK: {found} bytes of {} in {place}", marker.what));
				}
			}
		}
		self.view.step(
			"M6 M20",
			format!(
				"{} markers searched in {} files ({} MB) of {} nodes, chain databases included: each found at its parties, {} bytes elsewhere",
				markers.len(),
				thousands(files),
				thousands(bytes / 1_000_000),
				self.consortium.institutions.len(),
				leaked
			),
		);
		Ok(leaked)
	}
}

async fn search(texts: &[String], folder: &Path) -> Result<Findings> {
	let (search, folder) = (Search::new(texts)?, folder.to_path_buf());
	let searched = tokio::task::spawn_blocking(move || search.folder(&folder));
	searched.await.map_err(|panic| Error::Unexpected(panic.to_string()))?
}
