// SPDX-License-Identifier: Apache-2.0

//! Channels, clauses, lanes and the node itself, as they are now.

use crate::service::Courier;
use crate::{api::*, chain::Reading, clock::moment_of, lane::sender::Obstacle};
use sealane_primitives::{
	directory::{ChannelEntry, Directory, Scope},
	ids::BlockNumber,
};
use std::sync::{atomic::Ordering, Arc};

impl Courier {
	pub(crate) fn channels(&self) -> Vec<ChannelView> {
		let Some(snapshot) = self.snapshot() else {
			return Vec::new();
		};
		let now = self.clock.now_ms();
		let view = |channel: &ChannelEntry| ChannelView {
			id: channel.id,
			seller: channel.seller,
			issuer: channel.issuer,
			partner: channel.partner.id,
			partner_name: String::from_utf8_lossy(&channel.partner.name).into_owned(),
			authorisation: snapshot.authorise(channel.id, now),
			interfaces: channel.interfaces.iter().map(|i| (i.id.clone(), i.node)).collect(),
			products: channel.products.to_vec(),
			agreements: channel
				.agreements
				.iter()
				.map(|a| (a.id, a.scope.clone(), a.version))
				.collect(),
		};
		snapshot.directory.channels.iter().map(view).collect()
	}

	pub(crate) fn lanes(&self) -> Vec<LaneStatus> {
		let mut lanes = Vec::new();
		let incoming: Vec<_> = {
			let book = self.library.book.read();
			let lanes = book.lanes.iter().filter(|(_, lane)| !lane.outgoing);
			lanes
				.map(|(id, lane)| (*id, lane.packets(), lane.slots.last().map(|slot| slot.position)))
				.collect()
		};
		for (lane, packets, last) in incoming {
			let last_receipt_at = last
				.and_then(|position| self.library.view(position).ok())
				.map(|v| v.trailer.at);
			lanes.push(LaneStatus {
				lane,
				outgoing: false,
				packets,
				delivered: packets,
				in_flight: 0,
				waiting_since: None,
				waiting: None,
				last_receipt_at,
			});
		}
		for (lane, sender) in self.senders.all() {
			let (packets, delivered, in_flight, drained) = {
				let state = sender.state.lock();
				(state.cut(), state.acked(), state.in_flight() as u32, state.is_drained())
			};
			let oldest = (!drained)
				.then(|| self.library.packet(&lane, delivered).ok().flatten())
				.flatten();
			let book = self.library.book.read();
			lanes.push(LaneStatus {
				lane,
				outgoing: true,
				packets,
				delivered,
				in_flight,
				waiting_since: oldest.map(|view| view.packet.header.created_at),
				waiting: self.waiting(&sender),
				last_receipt_at: book
					.lanes
					.get(&lane)
					.and_then(|l| l.deliveries.last())
					.map(|(_, at, _)| *at),
			});
		}
		lanes.sort_by_key(|status| status.lane);
		lanes
	}

	pub(crate) fn clauses(&self, query: &ClauseQuery) -> Vec<ClausesView> {
		let Some(snapshot) = self.snapshot() else {
			return Vec::new();
		};
		let mut views = Vec::new();
		for channel in &snapshot.directory.channels {
			let agreement = match query {
				ClauseQuery::Product(id) => {
					let product = channel.products.iter().find(|p| p.id[..] == *id.as_bytes());
					let Some(product) = product else { continue };
					// One that cannot be read is shown nowhere; orders under it are refused with its number.
					channel.agreement_for(product).ok().flatten()
				}
				ClauseQuery::ProductType(name) => {
					let by_type = |scope: &Scope| matches!(scope, Scope::ProductType(t) if t[..] == *name.as_bytes());
					let known = channel.products.iter().any(|p| p.product_type[..] == *name.as_bytes());
					let typed = channel.agreements.iter().find(|a| by_type(&a.scope));
					if !known && typed.is_none() {
						continue;
					}
					typed.or_else(|| channel.agreements.iter().find(|a| a.scope == Scope::All))
				}
			};
			views.push(ClausesView {
				channel: channel.id,
				seller: channel.seller,
				issuer: channel.issuer,
				agreement: agreement.cloned(),
				at: snapshot.block,
			});
		}
		views
	}

	pub(crate) fn status(&self) -> Status {
		let snapshot = self.snapshot();
		let directory = snapshot.as_ref().map(|s| s.directory.clone());
		let known = self.chain.directory().borrow().clone();
		let chain = match (&snapshot, known.as_deref().map(|known| &known.reading)) {
			(Some(snapshot), _) => snapshot.standing().map_err(str::to_owned),
			(None, Some(Reading::Unreadable(why))) => Err(why.clone()),
			// Nothing is known yet, or nothing is to be known: nothing is allowed in either case.
			(None, _) => Ok(0),
		};
		let keys_valid = snapshot.as_ref().is_some_and(|s| {
			s.me()
				.is_some_and(|me| me.keys.iter().any(|k| k.is_valid_at(s.block) && self.keys.holds(k)))
		});
		let (entries, unanchored, open, quarantined) = {
			let book = self.library.book.read();
			let quarantined = book.quarantine.first.clone().map(|(position, what)| Quarantined {
				records: book.quarantine.records,
				position,
				what,
			});
			let open = book.batches.anchors.values().filter(|a| a.final_at.is_none()).count() as u32;
			(book.entries, book.batches.ready().len() as u64, open, quarantined)
		};
		let tail = self.log.tail();
		Status {
			peer: self.local_peer.clone(),
			node: directory.as_ref().map(|d| d.node),
			member: directory.as_ref().map(|d| d.member.id),
			member_name: directory
				.as_ref()
				.map(|d| String::from_utf8_lossy(&d.member.name).into_owned()),
			block: snapshot
				.as_ref()
				.map_or_else(|| known.map_or(0, |k| k.block), |s| s.block),
			genesis: self.genesis,
			tail: Cursor {
				position: tail,
				entry: 0,
			},
			log_bytes: tail.saturating_sub(self.library.reader().first()),
			indexed: entries,
			chain: match chain {
				Ok(until) if snapshot.is_some() && until <= self.clock.now_ms() => ChainHealth::Stale { since: until },
				Ok(_) => ChainHealth::Fresh,
				Err(why) => ChainHealth::Unreadable(why),
			},
			store_full: self.full.load(Ordering::Relaxed),
			store_frozen: self.log.frozen().map(|reason| reason.to_string()),
			quarantined,
			lanes_forked: self
				.senders
				.all()
				.into_iter()
				.filter(|(_, sender)| sender.forked.load(Ordering::Relaxed))
				.map(|(lane, _)| lane)
				.collect(),
			batches_unanchored: unanchored,
			batches_of_ending_keys: self.metrics.batches_of_ending_keys.get(),
			anchors_open: open,
			keys: self.keys.public(),
			keys_valid,
			unchecked_sender: self.config.unchecked_sender,
		}
	}

	pub(crate) fn directory(&self) -> Option<(BlockNumber, Arc<Directory>)> {
		self.snapshot().map(|s| (s.block, s.directory.clone()))
	}

	pub(crate) fn retry_lane(&self, lane: LaneId) -> bool {
		self.senders.retry(&lane)
	}

	/// The channels with something to send, for the off-chain worker.
	pub(crate) fn due(&self) -> Vec<sealane_primitives::courier_host::DueChannel> {
		use sealane_primitives::courier_host::DueChannel;
		let mut due: Vec<DueChannel> = Vec::new();
		for (lane, sender) in self.senders.all() {
			let (packets, closed, since) = {
				let state = sender.state.lock();
				let since = match state.obstacle() {
					Some((Obstacle::Unreachable | Obstacle::Refused, since, _)) => {
						moment_of(self.clock.as_ref(), since)
					}
					_ => self.clock.now_ms(),
				};
				((state.cut() - state.acked()) as u32, state.closed().is_some(), since)
			};
			if packets == 0 && !closed {
				continue;
			}
			match due.iter_mut().find(|d| d.channel == lane.channel) {
				Some(entry) => {
					entry.packets = entry.packets.saturating_add(packets);
					entry.waiting_since = entry.waiting_since.min(since);
					entry.closed |= closed;
				}
				None => due.push(DueChannel {
					channel: lane.channel,
					packets,
					waiting_since: since,
					closed,
				}),
			}
		}
		due.sort_by_key(|d| d.channel);
		due
	}
}
