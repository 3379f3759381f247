// SPDX-License-Identifier: Apache-2.0

//! A consortium run by typing commands alone: from the first motion to admit a member to the revocation of a channel, every
//! step a process `sealane` against a running network, refused cases included.

use crate::common::{grown_up, LIMIT};
use sealane_localnet::{
	consortium::{papers, Consortium, Institution, Plan},
	process::Process,
	terminals::{Args, Terminals},
	wait::{until, Look},
	Error, Result,
};
use sealane_sample::{
	catalogue::{Product, ISSUERS, SELLERS},
	SampleSize,
};
use serde_json::{json, Value};
use std::path::{Path, PathBuf};

/// Exit code where an argument breaks a rule.
const INVALID: i32 = 3;
/// Exit code where the chain refuses.
const CHAIN: i32 = 6;
/// Exit code where there is no such thing.
const NOT_FOUND: i32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn commands_run_a_consortium() {
	let folder = tempfile::tempdir().unwrap();
	let mut network = Consortium::start(folder.path(), Plan::Five).await.unwrap();
	let operators = Operators {
		terminals: Terminals::new(&folder.path().join("terminals")).unwrap(),
		network: &network,
		folder: folder.path(),
	};
	operators.a_motion_passes_by_votes_only().await.unwrap();
	let channel = operators.two_members_come_to_trade().await.unwrap();
	operators.clauses_are_agreed(channel).await.unwrap();
	operators.one_order_and_its_record(channel).await.unwrap();
	crate::operator::the_council_works_through_the_server(&network, folder.path())
		.await
		.unwrap();
	operators.the_channel_is_held_closed_and_ended(channel).await.unwrap();
	operators.an_upgrade_is_moved().await.unwrap();
	network.ensure_running().unwrap();
}

/// Everybody who types.
struct Operators<'a> {
	terminals: Terminals,
	network: &'a Consortium,
	folder: &'a Path,
}

impl Operators<'_> {
	fn seller(&self) -> &Institution {
		&self.network.institutions[0]
	}

	fn issuer(&self) -> &Institution {
		&self.network.institutions[SELLERS.len()]
	}

	/// What the issuer will sell: its first product.
	fn product(&self) -> &'static Product {
		&ISSUERS[0].products[0]
	}

	/// A command that reads the chain.
	fn read(&self, words: &str) -> Args {
		Args::new(words).option("--rpc", self.network.institutions[0].node.rpc_url())
	}

	/// A command that changes it.
	fn sign(&self, words: &str, suri: &str) -> Args {
		self.read(words).option("--suri", suri).option("--wait", "in-block")
	}

	async fn json(&self, args: Args) -> Result<Value> {
		self.terminals.json(args).await
	}

	/// The command is refused by the chain, and its message says why.
	async fn refused(&self, args: Args, why: &str) -> Result<()> {
		self.fails(args, CHAIN, why).await
	}

	/// The command ends with this exit code, and its message says why.
	async fn fails(&self, args: Args, code: i32, why: &str) -> Result<()> {
		let output = self.terminals.output(&args).await?;
		let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
		assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
		assert!(said.contains(why), "{args:?}: {said}");
		Ok(())
	}

	/// An open motion as it is shown once it has these ayes and nays. What was in a block a moment ago may be in none for another moment,
	/// when the best chain turns out to be another one.
	async fn counted(&self, motion: u64, ayes: usize, nays: usize) -> Result<Value> {
		until(
			&format!("motion {motion} has {ayes} ayes and {nays} nays"),
			LIMIT,
			|| async {
				let open = self.json(self.read("council list")).await?;
				let mut all = open.as_array().into_iter().flatten();
				let found = all.find(|shown| shown["index"] == motion);
				let counted = |name: &str| found.and_then(|motion| motion[name].as_array()).map(Vec::len);
				Ok(match (found, counted("ayes"), counted("nays")) {
					(Some(motion), Some(for_it), Some(against)) if (for_it, against) == (ayes, nays) => {
						Look::Found(motion.clone())
					}
					_ => Look::NotYet(open.to_string()),
				})
			},
		)
		.await
	}

	/// An open motion as it is shown.
	async fn shown(&self, motion: u64) -> Result<Value> {
		until(&format!("motion {motion} is open"), LIMIT, || async {
			let open = self.json(self.read("council list")).await?;
			let mut all = open.as_array().into_iter().flatten();
			Ok(match all.find(|shown| shown["index"] == motion) {
				Some(motion) => Look::Found(motion.clone()),
				None => Look::NotYet(open.to_string()),
			})
		})
		.await
	}

	/// The command that votes on a motion as it is shown.
	async fn vote(&self, motion: u64, voter: &str) -> Result<Args> {
		let shown = self.shown(motion).await?;
		let hash = shown["hash"].as_str().unwrap_or_default();
		Ok(self.sign(&format!("council vote {motion} {hash}"), voter))
	}

	/// Members of the council vote, all at the same time.
	async fn votes(&self, motion: u64, voters: &[&str]) -> Result<()> {
		let voting = voters
			.iter()
			.map(|voter| async move { self.json(self.vote(motion, voter).await?).await });
		for voted in futures::future::try_join_all(voting).await? {
			assert_eq!((&voted["motion"], &voted["aye"]), (&json!(motion), &json!(true)));
		}
		Ok(())
	}

	/// Alice moves, others vote, Alice closes. Gives the events of the block that executed the call.
	async fn decide(&self, motion: Args, voters: &[&str]) -> Result<String> {
		let proposed = self.json(motion).await?;
		let motion = proposed["motion"]
			.as_u64()
			.ok_or_else(|| Error::Unexpected(format!("no motion: {proposed}")))?;
		self.votes(motion, voters).await?;
		self.counted(motion, voters.len() + 1, 0).await?;
		let closed = self
			.json(self.sign(&format!("council close {motion}"), "//Alice"))
			.await?;
		Ok(closed["events"].to_string())
	}

	fn admit(&self, who: &Institution, serial: u32, role: &str) -> Args {
		self.sign("member admit", "//Alice")
			.option("--name", who.name)
			.option("--legal-id", papers::credit_code(serial))
			.option("--contact", "operations desk")
			.option("--role", role)
			.option("--manager", who.suri.as_str())
	}

	/// Admission: too early to close, a vote changed, enough votes, closed; and a motion that is voted down.
	async fn a_motion_passes_by_votes_only(&self) -> Result<()> {
		let none = self.json(self.read("council list")).await?;
		assert_eq!(none, json!([]));
		let proposed = self.json(self.admit(self.seller(), 1, "seller")).await?;
		assert_eq!(
			(&proposed["threshold"], &proposed["voted"]),
			(&json!(3), &json!(true)),
			"{proposed}"
		);
		let motion = proposed["motion"].as_u64().unwrap_or_default();

		self.votes(motion, &["//Bob"]).await?;
		let nay = self.vote(motion, "//Charlie").await?.with("--nay");
		assert_eq!(self.json(nay).await?["aye"], false);
		let open = self.counted(motion, 2, 1).await?;
		assert_eq!(open["call"], "Members.admit", "{open}");
		let words = open["words"].as_str().unwrap_or_default();
		for shown in ["Members.admit\n", "contact: \"operations desk\"", "roles: seller"] {
			assert!(words.contains(shown), "{words}");
		}
		let close = || self.sign(&format!("council close {motion}"), "//Dave");
		self.refused(close(), "TooEarly").await?;
		// A vote is for what was shown: not for whatever has this number now.
		let other = self.sign(&format!("council vote {motion} 0x{}", "ab".repeat(32)), "//Dave");
		self.fails(other, INVALID, "Members.admit").await?;
		// Ferdie has no seat and is no member.
		let outsider = self.vote(motion, "//Ferdie").await?;
		self.refused(outsider, "nvalid").await?;
		self.vote_elsewhere(motion, "//Charlie").await?;
		self.counted(motion, 3, 0).await?;
		let closed = self.json(close()).await?;
		assert!(
			closed["events"].to_string().contains("Members.MemberAdmitted"),
			"{closed}"
		);
		self.fails(close(), NOT_FOUND, "motion").await?;

		let against = self
			.admit(self.issuer(), 9, "auditor")
			.option("--threshold", "3")
			.with("--propose");
		let proposed = self.json(against).await?;
		assert_eq!(proposed["voted"], false, "{proposed}");
		let motion = proposed["motion"].as_u64().unwrap_or_default();
		let voting = ["//Bob", "//Charlie", "//Dave"]
			.map(|voter| async move { self.json(self.vote(motion, voter).await?.with("--nay")).await });
		futures::future::try_join_all(voting).await?;
		self.counted(motion, 0, 3).await?;
		let close = self.sign(&format!("council close {motion}"), "//Eve");
		self.refused(close, "voted against").await
	}

	/// A vote by a key that no machine with a network has: written, shown and signed there, submitted.
	async fn vote_elsewhere(&self, motion: u64, voter: &str) -> Result<()> {
		let shown = self.shown(motion).await?;
		let (before, after) = (self.folder.join("vote.json"), self.folder.join("vote.signed.json"));
		let hash = shown["hash"].as_str().unwrap_or_default();
		let export = self
			.read(&format!("council vote {motion} {hash}"))
			.option("--export-unsigned", &before)
			.option("--account", voter);
		self.json(export).await?;
		let known = self.json(self.read("offline metadata-hash")).await?;
		let sign = Args::new("offline sign")
			.with(&before)
			.option("--out", &after)
			.option("--metadata-hash", known.as_str().unwrap_or_default())
			.option("--suri", voter);
		let signed = self.json(sign).await?;
		assert_eq!(signed["behind"][0]["words"], shown["words"], "{signed}");
		let submit = || self.read("offline submit").with(&after).option("--wait", "in-block");
		let done = self.json(submit()).await?;
		assert!(done["events"].to_string().contains("Council.Voted"), "{done}");
		// Once: in the pool still, or of a nonce that is used.
		self.refused(submit(), "was not included").await
	}

	/// The issuer is admitted; both register their nodes; the issuer its interface and product; the seller applies, the issuer
	/// countersigns, the council grants. Gives the channel.
	async fn two_members_come_to_trade(&self) -> Result<u64> {
		let events = self
			.decide(self.admit(self.issuer(), 2, "issuer"), &["//Bob", "//Charlie"])
			.await?;
		assert!(events.contains("Members.MemberAdmitted"), "{events}");
		let members = self.json(self.read("member list")).await?;
		let named = |who: &Institution| {
			let all = members.as_array().into_iter().flatten();
			all.into_iter()
				.find(|m| m["name"] == who.name)
				.and_then(|m| m["id"].as_u64())
		};
		let missing = |what: &str| Error::Unexpected(format!("no {what}: {members}"));
		named(self.seller()).ok_or_else(|| missing("seller"))?;
		let issuer = named(self.issuer()).ok_or_else(|| missing("issuer"))?;

		let registering = [self.seller(), self.issuer()].map(|who| {
			let identity = who.node.identity();
			let args = self
				.sign("node register", &who.suri)
				.option("--peer", identity.peer_id.as_str())
				.option("--address", identity.address.as_str())
				.option("--signing-key", identity.signing.as_str())
				.option("--sealing-key", identity.sealing.as_str())
				.option("--delegate", who.node.delegate_suri());
			self.json(args)
		});
		futures::future::try_join_all(registering).await?;
		let nodes = self.json(self.read("node list")).await?;
		assert_eq!(nodes.as_array().map(Vec::len), Some(2), "{nodes}");
		let own = nodes.as_array().into_iter().flatten().find(|n| n["member"] == issuer);
		let node = own.and_then(|n| n["id"].as_u64()).ok_or_else(|| missing("node"))?;

		let (product, suri) = (self.product(), self.issuer().suri.as_str());
		// Nobody takes names that were not granted to it.
		for id in [product.interface, product.id] {
			let grant = self
				.sign(&format!("grant-prefix {id}"), "//Alice")
				.option("--issuer", issuer.to_string());
			let events = self.decide(grant, &["//Bob", "//Charlie"]).await?;
			assert!(events.contains("PrefixGranted"), "{events}");
		}
		let interface = self
			.sign(&format!("interface register {}", product.interface), suri)
			.option("--node", node.to_string());
		self.json(interface).await?;
		let product = self
			.sign(&format!("product register {}", product.id), suri)
			.option("--type", product.product_type)
			.option("--risk", product.risk.to_string())
			.option("--currency", product.currency)
			.option("--interface", product.interface);
		self.json(product).await?;
		self.join(issuer).await
	}

	/// Application, countersignature, grant.
	async fn join(&self, issuer: u64) -> Result<u64> {
		let (seller, with) = (self.seller(), self.issuer());
		let paper = papers::write_agreement(self.folder, (seller.key, seller.name), (with.key, with.name))?;
		let credential = self.folder.join("credential.json");
		let entry = json!([{
			"issuer": issuer,
			"agreement_file": paper.file_name().map(|n| n.to_string_lossy().into_owned()),
			"valid_from": "2026-01-01T00:00:00+08:00",
			"valid_until": "2036-01-01T00:00:00+08:00",
		}]);
		write(&credential, &entry.to_string())?;
		let join = || self.sign("join", &seller.suri).option("--credential", &credential);
		let applied = self.json(join()).await?;
		assert!(applied["events"].to_string().contains("Channels."), "{applied}");
		let listed = self.json(self.read("countersign")).await?;
		assert_eq!(listed[0]["state"], "Applied", "{listed}");
		let channel = listed[0]["id"].as_u64().unwrap_or_default();

		let grant = || {
			self.sign(&format!("grant {channel}"), "//Alice")
				.option("--kind", "purchase")
				.option("--kind", "redemption")
				.option("--orders-per-minute", "60000")
		};
		let countersign = |who: &Institution| self.sign(&format!("countersign {channel}"), &who.suri);
		self.refused(countersign(seller), "Channels::").await?;
		self.json(countersign(with)).await?;
		let events = self.decide(grant(), &["//Bob", "//Charlie"]).await?;
		assert!(events.contains("Channels."), "{events}");
		self.channel_shows(channel, None).await?;
		Ok(channel)
	}

	/// `sealane status` of the seller's node shows the channel as authorised, or with this reason.
	async fn channel_shows(&self, channel: u64, refusal: Option<&str>) -> Result<()> {
		until(&format!("channel {channel} shows {refusal:?}"), LIMIT, || async {
			let status = Args::new("status").option("--node", self.seller().node.folder());
			let status = self.json(status).await?;
			let channels = status["channels"].as_array().into_iter().flatten();
			let found = channels.into_iter().find(|c| c["id"] == channel);
			let shown = found.map(|c| (c["authorised"] == true, c["refusal"].as_str()));
			Ok(if shown == Some((refusal.is_none(), refusal)) {
				Look::Found(())
			} else {
				Look::NotYet(format!("{shown:?}"))
			})
		})
		.await
	}

	/// Proposed by the seller, accepted by the issuer, ratified by the council.
	async fn clauses_are_agreed(&self, channel: u64) -> Result<()> {
		let file = self.folder.join("clauses.json");
		let clauses = json!([{ "code": "adult", "any_of": [{ "age_at_least": 18 }] }]);
		write(&file, &clauses.to_string())?;
		let propose = self
			.sign("agreement propose", &self.seller().suri)
			.option("--channel", channel.to_string())
			.option("--clauses", &file);
		self.json(propose).await?;
		let open = self.json(self.read("agreement list")).await?;
		assert_eq!(
			(&open[0]["scope"], &open[0]["joint"]),
			(&json!("all"), &json!(false)),
			"{open}"
		);
		let proposal = open[0]["id"].as_u64().unwrap_or_default();
		let accept = |who: &Institution| self.sign(&format!("agreement accept {proposal}"), &who.suri);
		self.refused(accept(self.seller()), "OwnProposal").await?;
		self.json(accept(self.issuer())).await?;
		let ratify = self.sign(&format!("agreement ratify {proposal}"), "//Alice");
		let events = self.decide(ratify, &["//Bob", "//Charlie"]).await?;
		assert!(events.contains("Agreements."), "{events}");
		assert_eq!(self.json(self.read("agreement list")).await?, json!([]));
		Ok(())
	}

	/// One order from a file through both terminals, and what `order`, `records` and `books` say of it.
	async fn one_order_and_its_record(&self, channel: u64) -> Result<()> {
		let sample = self.folder.join("sample");
		let size = SampleSize {
			orders: 200,
			customers: 40,
		};
		sealane_sample::write(3, size, &sample)?;
		let customers = sample.join(self.seller().key).join("customers.ndjson");
		let customer = grown_up(&customers)?;
		let (product, id) = (self.product(), "HCB-BY-COMMAND-1");
		let order = json!({
			"id": id, "kind": "purchase", "product": product.id, "customer": customer,
			"amount": "5000.00", "currency": product.currency, "placed_at": "2026-03-02T10:00:00+08:00",
		});
		let orders = self.folder.join("orders.ndjson");
		write(&orders, &format!("{order}\n"))?;

		// The customer has no registration, and the clauses ask for none.
		let rules = sample.join(ISSUERS[0].key).join("rules.toml");
		let text = std::fs::read_to_string(&rules).map_err(Error::io("cannot read the rules"))?;
		write(
			&rules,
			&text.replace("require_registration = true", "require_registration = false"),
		)?;
		let _issuer: Process = self.terminals.issuer(self.issuer(), &rules, None)?;
		let run = self
			.terminals
			.sales("run", self.seller(), &customers)
			.option("--orders", &orders)
			.option("--until", "finalised")
			.option("--timeout-s", LIMIT.as_secs().to_string());
		self.json(run).await?;

		let db = self.terminals.database(self.seller());
		let shown = Args::new("order")
			.with(id)
			.option("--node", self.seller().node.folder())
			.option("--db", db.as_str());
		let shown = self.json(shown).await?;
		assert_eq!(shown["record"]["id"], id, "{shown}");
		assert_eq!(shown["record"]["state"], "confirmed", "{shown}");
		assert!(shown["record"]["finalised_at"].as_i64() > Some(0), "{shown}");
		assert!(shown["trace"].is_object(), "{shown}");
		let records = Args::new("records --state finalised").option("--db", db.as_str());
		let records = self.json(records).await?;
		assert_eq!(records[0]["id"], id, "{records}");
		let figures = Args::new("records --figures").option("--db", db.as_str());
		let figures = self.json(figures).await?;
		assert!(figures.to_string().contains("finalised"), "{figures}");
		let books = Args::new("issuer books").option("--db", self.terminals.database(self.issuer()));
		let books = self.json(books).await?;
		let booked: u64 = books["orders"]
			.as_object()
			.into_iter()
			.flatten()
			.filter_map(|(_, n)| n.as_u64())
			.sum();
		assert_eq!(booked, 1, "{books}");

		// What a draft would have done to this order, before anybody proposes it.
		let draft = self.folder.join("draft.json");
		let small = json!([{ "code": "small", "any_of": [{ "amount_at_most": { "amount": "1000.00", "currency": product.currency } }] }]);
		write(&draft, &small.to_string())?;
		let what_if = self
			.read("agreement what-if")
			.option("--clauses", &draft)
			.option("--channel", channel.to_string())
			.option("--db", db.as_str())
			.option("--customers", &customers)
			.option("--node", self.seller().node.folder());
		let found = self.json(what_if).await?;
		assert_eq!((&found["orders"], &found["newly"]), (&json!(1), &json!(1)), "{found}");
		assert_eq!(found["clauses"][0]["examples"][0]["order"], id, "{found}");

		let missing = Args::new("order NO-SUCH-ORDER --offline").option("--db", db.as_str());
		let missing = self.terminals.output(&missing).await?;
		assert_eq!(missing.status.code(), Some(8), "{missing:?}");
		Ok(())
	}

	/// Suspended by a third, resumed, revoked by a majority; revoked is for good.
	async fn the_channel_is_held_closed_and_ended(&self, channel: u64) -> Result<()> {
		let suspend = self
			.sign(&format!("suspend {channel}"), "//Alice")
			.option("--reason", "looks odd")
			.option("--threshold", "2");
		self.decide(suspend, &["//Bob"]).await?;
		self.channel_shows(channel, Some("suspended")).await?;
		let resume = || self.sign(&format!("resume {channel}"), "//Alice");
		// A third may close, but not open.
		let proposed = self.json(resume().option("--threshold", "2")).await?;
		let motion = proposed["motion"].as_u64().unwrap_or_default();
		self.votes(motion, &["//Bob"]).await?;
		self.counted(motion, 2, 0).await?;
		let close = self.sign(&format!("council close {motion}"), "//Alice");
		self.refused(close, "Bad origin").await?;
		self.decide(resume(), &["//Bob", "//Charlie"]).await?;
		self.channel_shows(channel, None).await?;
		let revoke = self
			.sign(&format!("revoke {channel}"), "//Alice")
			.option("--reason", "over");
		self.decide(revoke, &["//Bob", "//Charlie"]).await?;
		self.channel_shows(channel, Some("revoked")).await
	}

	/// The code goes on chain as a preimage, and its dispatch passes with four votes; the block of the upgrade is far away.
	async fn an_upgrade_is_moved(&self) -> Result<()> {
		let file = self.folder.join("next.wasm");
		let code = sealane_runtime_upgraded::WASM_BINARY
			.ok_or_else(|| Error::Unexpected("the build made no wasm runtime".into()))?;
		std::fs::write(&file, code).map_err(Error::io("cannot write the runtime"))?;
		let upgrade = self.sign("council upgrade", "//Alice").option("--wasm", &file);
		let proposed = self.json(upgrade).await?;
		assert_eq!(proposed["threshold"], 4, "{proposed}");
		let motion = proposed["motion"].as_u64().unwrap_or_default();
		// The motion has the call's hash alone; voters see the call.
		let behind = self.shown(motion).await?["behind"][0]["words"].to_string();
		assert!(behind.contains("System.set_code"), "{behind}");
		self.votes(motion, &["//Bob", "//Charlie", "//Dave"]).await?;
		self.counted(motion, 4, 0).await?;
		// Waits until it is final, as commands do unless told.
		let close = self.read(&format!("council close {motion}")).option("--suri", "//Eve");
		let closed = self.json(close).await?;
		assert!(closed["events"].to_string().contains("Scheduler.Scheduled"), "{closed}");
		assert_eq!(self.json(self.read("council list")).await?, json!([]));
		Ok(())
	}
}

fn write(file: &PathBuf, text: &str) -> Result<()> {
	std::fs::write(file, text).map_err(Error::io(format!("cannot write {}", file.display())))
}
