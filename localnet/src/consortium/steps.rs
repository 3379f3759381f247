// SPDX-License-Identifier: Apache-2.0

//! From admission to trading. Each step makes the calls that operators make, in as few blocks as it can.

use super::{papers, Consortium, Institution, STEP_LIMIT};
use crate::{
	binaries::Binaries,
	error::{Error, Result},
	node::Node,
	wait::{until, Look},
};
use futures::future::{try_join, try_join_all};
use sealane_operator::chain::{self, Arg, Call, CooperationFile, CourierKeyPair, Submitted, Terms, Until};
use sealane_primitives::{
	business::{BusinessKinds, Role, Roles},
	clauses::{Clauses, Timestamp, UtcOffset},
	directory::{CourierPolicy, Scope},
	ids::{BlockNumber, ChannelId, MemberId, Name},
};
use sealane_sample::{catalogue::ISSUERS, ClauseFile};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::RwLockReadGuard;

/// A motion that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CouncilVote {
	/// Votes for it.
	pub ayes: u32,
	/// Members of the council.
	pub of: u32,
	/// What the motion did in one go.
	pub decisions: usize,
}

/// Clauses that were agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
	/// Agreements, one per channel and scope.
	pub agreements: usize,
	/// The council's vote.
	pub vote: CouncilVote,
}

impl Consortium {
	/// Votes that make more than one half.
	fn majority(&self) -> u32 {
		self.council.len() as u32 / 2 + 1
	}

	/// Votes that make at least two thirds.
	fn two_thirds(&self) -> u32 {
		(self.council.len() as u32 * 2).div_ceil(3)
	}

	/// Puts calls to the vote as one motion, and closes it when it has `threshold` votes.
	async fn motion(&self, calls: &[Call], threshold: u32) -> Result<CouncilVote> {
		self.pass(calls, threshold).await?;
		Ok(CouncilVote {
			ayes: threshold,
			of: self.council.len() as u32,
			decisions: calls.len(),
		})
	}

	/// The same; gives the block that executed it.
	async fn pass(&self, calls: &[Call], threshold: u32) -> Result<Submitted> {
		let call = match calls {
			[call] => call.clone(),
			calls => self.chain.batch(calls).await?,
		};
		let _turn = self.turn.write().await;
		self.pass_in_turn(&call, threshold).await
	}

	/// For who has the turn.
	async fn pass_in_turn(&self, call: &Call, threshold: u32) -> Result<Submitted> {
		Ok(self.chain.pass(call, threshold, &self.council, Until::InBlock).await?)
	}

	/// What an institution's manager signs; several calls go as one that takes effect as a whole.
	async fn sign(&self, who: &Institution, calls: &[Call]) -> Result<Submitted> {
		let call = match calls {
			[call] => call.clone(),
			calls => self.chain.batch(calls).await?,
		};
		let _turn = self.own_turn().await;
		Ok(self.chain.submit(&call, &who.signer.0, Until::InBlock).await?)
	}

	/// Keeps motions away while a manager signs something, also with a program of its own.
	pub async fn own_turn(&self) -> RwLockReadGuard<'_, ()> {
		self.turn.read().await
	}

	/// The council admits everybody with one motion.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn admit(&mut self) -> Result<CouncilVote> {
		let mut calls = Vec::new();
		for (serial, who) in self.institutions.iter().enumerate() {
			let code = papers::credit_code(serial as u32 + 1);
			let roles = Roles::of(&[who.role]);
			let manager = who.signer.0.public_key().0;
			calls.push(chain::admit_member(&self.chain, who.name, &code, "operations desk", roles, manager).await?);
		}
		let vote = self.motion(&calls, self.majority()).await?;
		for who in &mut self.institutions {
			who.member = self.chain.member_of(&who.signer.0.public_key().0).await?;
		}
		self.grant_prefixes().await?;
		Ok(vote)
	}

	/// The council says how the ids of each issuer begin, with one motion.
	async fn grant_prefixes(&self) -> Result<()> {
		let mut calls = Vec::new();
		for who in self.issuers() {
			for prefix in who.catalogue.map_or(&[][..], |i| ISSUERS[i].prefixes) {
				calls.push(chain::grant_prefix(&self.chain, who.member, prefix).await?);
			}
		}
		self.motion(&calls, self.majority()).await?;
		Ok(())
	}

	/// Every member registers its node, all at the same time.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn register_nodes(&mut self) -> Result<()> {
		let registering = self.institutions.iter().map(|who| async {
			let identity = who.node.identity();
			let spec = chain::NodeSpec {
				peer: identity.peer_id.clone(),
				addresses: vec![identity.address.clone()],
				keys: CourierKeyPair {
					signing: key(&identity.signing)?,
					sealing: key(&identity.sealing)?,
				},
				delegate: chain::parse_account(who.node.delegate_suri())?,
			};
			let call = chain::register_node(&self.chain, &spec).await?;
			self.sign(who, &[call]).await?;
			Ok::<_, Error>(self.chain.node_by_peer(&identity.peer_id).await?)
		});
		let registered = try_join_all(registering).await?;
		for (who, (member, node)) in self.institutions.iter_mut().zip(registered) {
			if member != who.member {
				return Err(Error::Unexpected(format!(
					"{}: its node belongs to member {member}",
					who.name
				)));
			}
			who.node_id = node;
		}
		Ok(())
	}

	/// The issuers register their interfaces and products, and the sellers file their applications, at the same time. Gives
	/// how many interfaces, products and channels applied for.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn publish_and_apply(&self) -> Result<(usize, usize, usize)> {
		let publishing = try_join_all(self.issuers().map(|who| self.publish(who)));
		let sellers = self.institutions.iter().filter(|i| i.role == Role::Seller);
		let applying = try_join_all(sellers.map(|who| self.apply(who)));
		let (published, applied) = try_join(publishing, applying).await?;
		let (interfaces, products) = published.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
		Ok((interfaces, products, applied.iter().sum()))
	}

	async fn publish(&self, who: &Institution) -> Result<(usize, usize)> {
		let issuer = who.catalogue.map(|i| &ISSUERS[i]);
		let issuer = issuer.ok_or_else(|| Error::Unexpected(format!("{} issues nothing", who.name)))?;
		let mut calls = Vec::new();
		for interface in issuer.interfaces {
			calls.push(chain::register_interface(&self.chain, interface, who.node_id).await?);
		}
		for p in issuer.products {
			let call = chain::register_product(
				&self.chain,
				p.id,
				p.product_type,
				p.risk,
				p.currency_code(),
				p.interface,
				p.status,
				None,
			);
			calls.push(call.await?);
		}
		self.sign(who, &calls).await?;
		Ok((issuer.interfaces.len(), issuer.products.len()))
	}

	/// One application names every issuer, with the hash of the agreement signed with each.
	async fn apply(&self, seller: &Institution) -> Result<usize> {
		let now = SystemTime::now()
			.duration_since(UNIX_EPOCH)
			.unwrap_or_default()
			.as_millis() as u64;
		const DAY_MS: u64 = 86_400_000;
		let moment = |unix_ms| {
			Timestamp::new(unix_ms, UtcOffset::default()).map_err(|e| Error::Unexpected(format!("the clock: {e:?}")))
		};
		let folder = self.folder.join("agreements");
		let mut cooperations = Vec::new();
		for issuer in self.issuers() {
			let parties = ((seller.key, seller.name), (issuer.key, issuer.name));
			cooperations.push(CooperationFile {
				issuer: issuer.member,
				agreement_file: Some(papers::write_agreement(&folder, parties.0, parties.1)?),
				agreement_hash: None,
				valid_from: moment(now.saturating_sub(DAY_MS))?,
				valid_until: moment(now + 365 * DAY_MS)?,
			});
		}
		let call = chain::apply(&self.chain, seller.member, &cooperations, &seller.signer.0).await?;
		self.sign(seller, &[call]).await?;
		Ok(cooperations.len())
	}

	/// Every issuer countersigns the agreements with all sellers. Gives how many.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn countersign(&self) -> Result<usize> {
		let channels = self.chain.channels().await?;
		let signing = self.issuers().map(|who| {
			let own: Vec<_> = channels
				.iter()
				.filter(|c| c.issuer == who.member && c.state == "Applied")
				.collect();
			async move {
				let mut calls = Vec::new();
				for channel in own {
					calls.push(chain::countersign(&self.chain, channel.id, &who.signer.0).await?);
				}
				self.sign(who, &calls).await?;
				Ok::<_, Error>(calls.len())
			}
		});
		Ok(try_join_all(signing).await?.iter().sum())
	}

	/// The council grants every channel of the catalogue's sellers with one motion; the outsider's stay as they are.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn grant(&self) -> Result<CouncilVote> {
		let mut calls = Vec::new();
		for (channel, ..) in self.trading_channels().await? {
			let terms = Terms {
				kinds: BusinessKinds::ALL,
				valid_until: None,
				orders_per_minute: None,
			};
			calls.push(chain::grant(&self.chain, channel, terms).await?);
		}
		self.motion(&calls, self.majority()).await
	}

	/// The channels of the catalogue's sellers: number, seller, issuer.
	///
	/// # Errors
	/// The chain does not answer.
	pub async fn trading_channels(&self) -> Result<Vec<(ChannelId, MemberId, MemberId)>> {
		let sellers: Vec<_> = self.sellers().map(|s| s.member).collect();
		let channels = self.chain.channels().await?;
		Ok(channels
			.iter()
			.filter(|c| sellers.contains(&c.seller))
			.map(|c| (c.id, c.seller, c.issuer))
			.collect())
	}

	/// The number of the channel between two institutions.
	///
	/// # Errors
	/// There is none, or the chain does not answer.
	pub async fn channel_between(&self, seller: &Institution, issuer: &Institution) -> Result<ChannelId> {
		let channels = self.chain.channels().await?;
		let channel = channels
			.iter()
			.find(|c| c.seller == seller.member && c.issuer == issuer.member);
		channel
			.map(|c| c.id)
			.ok_or_else(|| Error::Unexpected(format!("{} and {} have no channel", seller.name, issuer.name)))
	}

	/// Sellers propose the clauses of these files over every channel they are meant for, issuers accept, the council ratifies
	/// everything with one motion.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn agree(&self, files: &[ClauseFile]) -> Result<Agreed> {
		let channels = self.trading_channels().await?;
		let proposing = self.sellers().map(|seller| {
			let channels = &channels;
			async move {
				let mut calls = Vec::new();
				for (channel, _, issuer) in channels.iter().filter(|c| c.1 == seller.member) {
					let issuer = self
						.issuers()
						.find(|i| i.member == *issuer)
						.map(|i| i.key)
						.unwrap_or_default();
					for file in files.iter().filter(|f| f.issuers.contains(&issuer)) {
						let scope = scope_of(file)?;
						let clauses = file.clauses()?;
						calls.push(chain::propose_agreement(&self.chain, *channel, &scope, &clauses, None).await?);
					}
				}
				self.sign(seller, &calls).await?;
				Ok::<_, Error>(calls.len())
			}
		});
		let agreements = try_join_all(proposing).await?.iter().sum();
		let vote = self.conclude().await?;
		Ok(Agreed { agreements, vote })
	}

	/// Issuers accept every open proposal of their sellers, and the council ratifies what is joint then.
	async fn conclude(&self) -> Result<CouncilVote> {
		let channels = self.trading_channels().await?;
		let proposals = self.chain.proposals().await?;
		let accepting = self.issuers().map(|issuer| {
			let own: Vec<_> = proposals
				.iter()
				.filter(|p| !p.joint && channels.iter().any(|c| c.0 == p.channel && c.2 == issuer.member))
				.map(|p| p.id)
				.collect();
			async move {
				let mut calls = Vec::new();
				for proposal in own {
					calls.push(chain::accept_agreement(&self.chain, proposal).await?);
				}
				if !calls.is_empty() {
					self.sign(issuer, &calls).await?;
				}
				Ok::<_, Error>(())
			}
		});
		try_join_all(accepting).await?;
		let mut calls = Vec::new();
		for proposal in self.chain.proposals().await?.iter().filter(|p| p.joint) {
			calls.push(chain::ratify_agreement(&self.chain, proposal.id).await?);
		}
		self.motion(&calls, self.majority()).await
	}

	/// A seller proposes other clauses for all business with an issuer; accepted and ratified, they are a new version.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn amend(&self, seller: &Institution, issuer: &Institution, clauses: &Clauses) -> Result<CouncilVote> {
		let channel = self.channel_between(seller, issuer).await?;
		let call = chain::propose_agreement(&self.chain, channel, &Scope::All, clauses, None).await?;
		self.sign(seller, &[call]).await?;
		self.conclude().await
	}

	/// Two thirds of the council decide that only registered nodes may stay connected.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn restrict_connections(&self) -> Result<CouncilVote> {
		let call = self
			.chain
			.call("Members", "set_connection_policy", &[Arg::new("restricted", &true)])
			.await?;
		self.motion(&[call], self.two_thirds()).await
	}

	/// Nodes anchor once in so many blocks from now on, as in a network of 25 times as many nodes: one node has its turn in each block, and as many are
	/// registered. Those that are missing are registered here and never run. With one block all stays as it is from the first block on.
	///
	/// # Errors
	/// More nodes than that are there already, or the chain refuses or does not answer.
	pub async fn anchor_every(&self, interval: BlockNumber) -> Result<()> {
		/// Those of the first block: ten minutes, and a week of blocks.
		const MAX_AGE_MS: u64 = 600_000;
		const DRAIN_BLOCKS: BlockNumber = 302_400;
		if interval <= 1 {
			return Ok(());
		}
		let nodes = self.chain.nodes().await?.len();
		let missing = (interval as usize)
			.checked_sub(nodes)
			.ok_or_else(|| Error::Unexpected(format!("an interval of {interval} blocks: there are {nodes} nodes")))?;
		for (number, who) in (nodes..nodes + missing).zip(self.institutions.iter().cycle()) {
			self.sign(who, &[self.absent_node(number).await?]).await?;
		}
		let policy = CourierPolicy {
			anchors_per_block: 1,
			max_age: MAX_AGE_MS,
			drain: DRAIN_BLOCKS,
		};
		let arg = Arg::new("policy", &policy);
		let call = self.chain.call("Anchors", "set_policy", &[arg]).await?;
		self.motion(&[call], self.majority()).await?;
		Ok(())
	}

	/// Registers a node that has its keys and never runs.
	async fn absent_node(&self, number: usize) -> Result<Call> {
		let spec = crate::node::NodeSpec {
			name: format!("absent-{number}"),
			validator: None,
			delegate_suri: format!("//absent//{number}"),
			extra_args: Vec::new(),
		};
		let (folder, chain) = (self.folder.join("absent"), self.chain_spec());
		let prepared = tokio::task::spawn_blocking(move || {
			let binaries = Binaries::find()?;
			Ok::<_, Error>(Node::prepare(&binaries.node, &folder, &chain.to_string_lossy(), spec)?)
		});
		let node = prepared.await.map_err(|panic| Error::Unexpected(panic.to_string()))??;
		let identity = node.identity();
		let spec = chain::NodeSpec {
			peer: identity.peer_id.clone(),
			// Nobody dials it.
			addresses: Vec::new(),
			keys: CourierKeyPair {
				signing: key(&identity.signing)?,
				sealing: key(&identity.sealing)?,
			},
			delegate: chain::parse_account(node.delegate_suri())?,
		};
		Ok(chain::register_node(&self.chain, &spec).await?)
	}

	/// The council suspends a channel.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn suspend(&self, channel: ChannelId, reason: &str) -> Result<CouncilVote> {
		let call = chain::suspend(&self.chain, channel, reason).await?;
		self.motion(&[call], self.majority()).await
	}

	/// The council resumes a suspended channel.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn resume(&self, channel: ChannelId) -> Result<CouncilVote> {
		let call = chain::resume(&self.chain, channel).await?;
		self.motion(&[call], self.majority()).await
	}

	/// The council revokes a channel.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn revoke(&self, channel: ChannelId, reason: &str) -> Result<CouncilVote> {
		let call = chain::revoke(&self.chain, channel, reason).await?;
		self.motion(&[call], self.majority()).await
	}

	/// A third of the council suspends a member. Gives the block in which it is.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn suspend_member(&self, who: &Institution) -> Result<BlockNumber> {
		let arg = Arg::new("member", &who.member);
		let call = self.chain.call("Members", "suspend", &[arg]).await?;
		let third = (self.council.len() as u32).div_ceil(3);
		self.pass_in_block(call, third).await
	}

	/// Two thirds of the council take a member's node out of service. Gives the block in which it is.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn remove_node_of(&self, who: &Institution) -> Result<BlockNumber> {
		let arg = Arg::new("node", &who.node_id);
		let call = self.chain.call("Members", "force_remove_node", &[arg]).await?;
		self.pass_in_block(call, self.two_thirds()).await
	}

	/// Passes a motion; gives the number of the block that executed it.
	async fn pass_in_block(&self, call: Call, threshold: u32) -> Result<BlockNumber> {
		let passed = self.pass(&[call], threshold).await?;
		let hash = format!("0x{}", hex::encode(passed.block));
		let node = &self.institutions[0].node;
		let header: serde_json::Value = node.rpc("chain_getHeader", serde_json::json!([hash])).await?;
		let number = header["number"].as_str().unwrap_or_default();
		BlockNumber::from_str_radix(number.trim_start_matches("0x"), 16)
			.map_err(|e| Error::Unexpected(format!("chain_getHeader: {header}: {e}")))
	}

	/// The council takes a suspended member back.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn reinstate_member(&self, who: &Institution) -> Result<CouncilVote> {
		let since = self.chain.member_suspended_since(who.member).await?;
		let args = [Arg::new("member", &who.member), Arg::new("since", &since)];
		let call = self.chain.call("Members", "reinstate", &args).await?;
		self.motion(&[call], self.majority()).await
	}

	/// An issuer closes the receipt of a registration.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn close_receipt(&self, issuer: &Institution, commitment: &[u8; 32]) -> Result<()> {
		let call = self
			.chain
			.call("Receipts", "close", &[Arg::new("commitment", commitment)])
			.await?;
		self.sign(issuer, &[call]).await?;
		Ok(())
	}

	/// Upgrades the runtime to `code` by a motion of two thirds, dispatched `lead` blocks from now. Returns when the motion is
	/// closed, before the upgrade.
	///
	/// # Errors
	/// The chain refuses or does not answer.
	pub async fn upgrade(&self, code: Vec<u8>, lead: BlockNumber) -> Result<CouncilVote> {
		// The block is counted from the moment at which nobody else holds up the motion.
		let _turn = self.turn.write().await;
		let when = self.chain.final_block().await?.0 + lead;
		let upgrade = chain::upgrade(&self.chain, code, when).await?;
		self.chain
			.submit(&upgrade.note, &self.council[0], Until::InBlock)
			.await?;
		let threshold = self.two_thirds();
		self.pass_in_turn(&upgrade.motion, threshold).await?;
		Ok(CouncilVote {
			ayes: threshold,
			of: self.council.len() as u32,
			decisions: 1,
		})
	}

	/// Waits until every trading node knows what was decided: its channels are open, with products, and with agreements where
	/// `agreed`.
	///
	/// # Errors
	/// A node does not get there in time.
	pub async fn settled(&self, agreed: bool) -> Result<()> {
		let trading: Vec<&Institution> = self.institutions.iter().filter(|i| i.catalogue.is_some()).collect();
		let partners = |who: &Institution| trading.iter().filter(|other| other.role != who.role).count();
		for who in &trading {
			let client = who.client()?;
			let expected = partners(who);
			until(
				&format!("{}: its node sees {expected} open channels", who.name),
				STEP_LIMIT,
				|| async {
					let channels = client.channels().await?;
					let open = channels
						.iter()
						.filter(|c| c.authorised && !c.products.is_empty() && (!agreed || !c.agreements.is_empty()))
						.count();
					let ready = client.is_ready().await?;
					Ok(if open >= expected && ready {
						Look::Found(())
					} else {
						Look::NotYet(format!("{open} open"))
					})
				},
			)
			.await?;
		}
		Ok(())
	}

	/// Everything from admission to open channels with these clauses, for tests and measurements. Connections stay open to all.
	///
	/// # Errors
	/// As the steps.
	pub async fn set_up(&mut self, files: &[ClauseFile]) -> Result<()> {
		self.admit().await?;
		self.register_nodes().await?;
		self.publish_and_apply().await?;
		self.countersign().await?;
		self.grant().await?;
		if !files.is_empty() {
			self.agree(files).await?;
		}
		self.settled(!files.is_empty()).await
	}

	/// Waits for a block behind the newest final one to be final, too: then everything that was in a block before is.
	///
	/// # Errors
	/// Finality stands still.
	pub async fn next_final_block(&self, limit: Duration) -> Result<u32> {
		let (from, _) = self.chain.final_block().await?;
		until("the next final block", limit, || async {
			let (now, _) = self.chain.final_block().await?;
			Ok(if now > from {
				Look::Found(now)
			} else {
				Look::NotYet(format!("block {now} is final"))
			})
		})
		.await
	}
}

fn scope_of(file: &ClauseFile) -> Result<Scope> {
	let name = || {
		Name::try_from(file.of.as_bytes().to_vec())
			.map_err(|_| Error::Unexpected(format!("{}: `{}` is longer than a name may be", file.name, file.of)))
	};
	match file.scope {
		"all" => Ok(Scope::All),
		"product_type" => Ok(Scope::ProductType(name()?)),
		"product" => Ok(Scope::Product(name()?)),
		other => Err(Error::Unexpected(format!("{}: no such scope: {other}", file.name))),
	}
}

fn key(text: &str) -> Result<[u8; 32]> {
	let mut key = [0; 32];
	hex::decode_to_slice(text, &mut key).map_err(|e| Error::Unexpected(format!("public key `{text}`: {e}")))?;
	Ok(key)
}
