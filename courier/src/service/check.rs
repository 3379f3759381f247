// SPDX-License-Identifier: Apache-2.0

//! A partner's packet, entry by entry: orders against directory and clauses, answers against the orders they answer.

use super::Courier;
use crate::{
	api::Problem,
	chain::Snapshot,
	cutting::{civil_date, InboundPacket, Rejection, Repetition},
	library::{has_id, id_of, Earlier, LookupError, Suspect},
	order::{
		bounded,
		confirmed::{reused, technical},
		submitted::status_takes,
		Confirmation, Order, MAX_TEXT_LEN,
	},
	protocol::{answer::MAX_RUNS, EntryRef, Packet, PacketHeader, PacketKind},
	records::{PacketView, Trailer},
	store::Key,
};
use sealane_primitives::{
	business::BusinessKind,
	clauses,
	directory::{AgreementEntry, Authorisation, ChannelEntry, ProductEntry},
	evidence::{self, Core, TreeBuilder},
	ids::{AgreementId, Digest, Moment},
};
use std::sync::Arc;

/// Unreadable entries of a packet that are answered one by one. A node that does its duty sends none; more of them are no orders of a
/// later version, and their packet is refused.
const MAX_UNREADABLE: usize = 64;
/// Entries checked before the task lets others run.
const ENTRIES_PER_TURN: usize = 1024;
/// Bytes of explanations in the rejections of a packet, if it is not longer itself. Those behind have codes only.
const MIN_TEXT_ROOM: usize = 64 * 1024;

/// Why an order is rejected by the node: code and text.
type Reason = (&'static str, String);

/// Why a packet cannot be checked now.
#[derive(Debug, thiserror::Error)]
pub(super) enum CheckError {
	#[error(transparent)]
	Lookup(#[from] LookupError),
	#[error("channel {0} is not in the directory any more")]
	ChannelGone(u32),
	#[error("the chain cannot be asked for registrations: {0}")]
	Chain(String),
	#[error("{count} of its entries cannot be read")]
	Unreadable {
		count: usize,
		/// First ordinal and length of each run, as far as they fit a refusal.
		runs: Vec<(u32, u32)>,
	},
}

/// A packet of a partner whose header, signature and body are right.
pub(super) struct OpenedPacket {
	pub(super) packet: Packet,
	pub(super) entries: Vec<EntryRef>,
	/// The hashes of the entries.
	pub(super) hashes: Vec<Digest>,
}

/// The orders of a packet, as they are looked at one after the other.
struct Orders {
	keys: Vec<Option<Key>>,
	versions: Vec<(u32, AgreementId)>,
	rejections: Vec<Rejection>,
	unreadable: Vec<u32>,
	repetitions: Vec<Repetition>,
	/// Bytes of explanations that may follow.
	text_room: usize,
}

impl Orders {
	fn of(packet: &Packet) -> Self {
		Orders {
			keys: Vec::with_capacity(packet.header.count as usize),
			versions: Vec::new(),
			rejections: Vec::new(),
			unreadable: Vec::new(),
			repetitions: Vec::new(),
			text_room: MIN_TEXT_ROOM.max(packet.header.body_len as usize),
		}
	}

	fn reject(&mut self, ordinal: u32, id: &str, code: &'static str, text: &str) {
		let text = if self.text_room == 0 { "" } else { text };
		let line = technical(id, code, text);
		self.text_room = self.text_room.saturating_sub(text.len().min(line.len()));
		self.rejections.push(Rejection { ordinal, line });
	}

	/// An entry that is no order. Nothing is made of those above the bound, however many there are.
	fn unreadable(&mut self, ordinal: u32, bytes: &[u8], problem: &Problem) {
		self.keys.push(None);
		Trailer::push_version(&mut self.versions, 0);
		self.unreadable.push(ordinal);
		if self.unreadable.len() <= MAX_UNREADABLE {
			let id = id_of(bytes).unwrap_or_default();
			self.reject(ordinal, &id, "technical.unreadable", &problem.to_string());
		}
	}
}

impl Courier {
	/// Check the entries of a packet.
	pub(super) async fn check_packet(
		self: &Arc<Self>,
		snapshot: &Snapshot,
		authorisation: &Authorisation,
		opened: OpenedPacket,
	) -> Result<InboundPacket, CheckError> {
		let OpenedPacket {
			packet,
			entries,
			hashes,
		} = opened;
		let channel = packet.header.lane.channel;
		let channel = snapshot.channel(channel).ok_or(CheckError::ChannelGone(channel))?;
		let trailer = Trailer {
			seller: channel.seller,
			..Trailer::default()
		};
		if packet.header.kind.is_answer() {
			let view = PacketView::from_parts(u64::MAX, packet, trailer, entries).with_hashes(hashes);
			return self.check_answers(channel, view);
		}
		let searched = self.library.indexed();
		let mut orders = Orders::of(&packet);
		let judge = Judge {
			snapshot,
			channel,
			authorisation,
			header: &packet.header,
			now: self.clock.now_ms(),
		};
		for (turn, entries) in entries.chunks(ENTRIES_PER_TURN).enumerate() {
			if turn > 0 {
				tokio::task::yield_now().await;
			}
			let lines = entries
				.iter()
				.map(|entry| &packet.bytes[packet.head_len + entry.start..packet.head_len + entry.end]);
			let first = (turn * ENTRIES_PER_TURN) as u32;
			self.check_orders(&judge, first, lines, &mut orders)?;
		}
		if orders.unreadable.len() > MAX_UNREADABLE {
			return Err(CheckError::Unreadable {
				count: orders.unreadable.len(),
				runs: runs(&orders.unreadable),
			});
		}
		let trailer = Trailer {
			versions: std::mem::take(&mut orders.versions),
			..trailer
		};
		let view = PacketView::from_parts(u64::MAX, packet, trailer, entries).with_hashes(hashes);
		self.find_repeats(&view, &mut orders).await;
		Ok(InboundPacket {
			view: Arc::new(view),
			keys: orders.keys,
			searched,
			repetitions: orders.repetitions,
			rejections: orders.rejections,
			mismatched: Vec::new(),
			core_matches: false,
			unsent: false,
		})
	}

	/// Check the lines of one turn, the first of which has the ordinal `first`.
	fn check_orders<'a>(
		&self,
		judge: &Judge<'_>,
		first: u32,
		lines: impl Iterator<Item = &'a [u8]>,
		orders: &mut Orders,
	) -> Result<(), CheckError> {
		let registrations = judge.header.kind == PacketKind::Registrations;
		let seller = judge.channel.seller;
		let mut parsed = Vec::with_capacity(ENTRIES_PER_TURN);
		for (ordinal, bytes) in (first..).zip(lines) {
			let order = if registrations {
				Order::parse_registration(bytes)
			} else {
				Order::parse(bytes)
			};
			match order {
				Ok(order) => {
					let key = self.library.key(seller, registrations, &order.id);
					orders.keys.push(Some(key));
					Trailer::push_version(&mut orders.versions, order.clause_version);
					parsed.push((ordinal, order));
				}
				Err(problem) => orders.unreadable(ordinal, bytes, &problem),
			}
		}
		let registered = self.registered(judge, &parsed)?;
		for ((ordinal, order), registered) in parsed.iter().zip(registered) {
			if let Err((code, text)) = judge.judge(order, registered) {
				orders.reject(*ordinal, &order.id, code, &text);
			}
		}
		Ok(())
	}

	/// What the chain says of the registrations that orders state, in their order.
	fn registered(&self, judge: &Judge<'_>, orders: &[(u32, Order<'_>)]) -> Result<Vec<Registered>, CheckError> {
		let mut stated = Vec::new();
		let mut registered: Vec<Registered> = orders
			.iter()
			.map(|(_, order)| match order.facts.and_then(|facts| facts.registration) {
				None => Registered::Unstated,
				Some(it) => {
					let customer = order.customer.as_deref().unwrap_or_default();
					if !it.is_of(judge.channel.issuer, judge.channel.seller, customer.as_bytes()) {
						return Registered::Foreign;
					}
					stated.push(it.commitment);
					Registered::Stated
				}
			})
			.collect();
		let open = self
			.registrations
			.are_open(self.chain.as_ref(), judge.snapshot, &stated)
			.map_err(CheckError::Chain)?;
		let mut open = open.into_iter();
		for it in registered.iter_mut().filter(|it| matches!(it, Registered::Stated)) {
			*it = match open.next() {
				Some(true) => Registered::Open,
				_ => Registered::NotOpen,
			};
		}
		Ok(registered)
	}

	/// Find the orders whose ids the seller used before: looked up here, and not on the writer thread, which everybody waits for. With the
	/// same bytes they get the answer to the first one, else a rejection.
	async fn find_repeats(self: &Arc<Self>, view: &PacketView, orders: &mut Orders) {
		let read = |(i, key): (usize, &Option<Key>)| key.map(|key| (key, i as u32));
		let read: Vec<(Key, u32)> = orders.keys.iter().enumerate().filter_map(read).collect();
		let keys: Vec<Key> = read.iter().map(|(key, _)| *key).collect();
		let mut doubtful = Vec::new();
		self.library
			.index
			.probe_many(&keys, |place, _| doubtful.push(read[place]));
		doubtful.dedup();
		if doubtful.is_empty() {
			return;
		}
		let suspects: Vec<_> = doubtful
			.iter()
			.filter_map(|(key, ordinal)| {
				let bytes = view.share(*ordinal)?;
				let (key, id) = (*key, id_of(&bytes)?.into_owned());
				Some((*ordinal, Suspect { key, id, bytes }))
			})
			.collect();
		let (ordinals, suspects): (Vec<u32>, Vec<Suspect>) = suspects.into_iter().unzip();
		let verdicts = self.earlier(suspects).await;
		let mut used = Vec::new();
		for (ordinal, verdict) in ordinals.iter().zip(verdicts) {
			let bytes = view.entry(*ordinal).unwrap_or_default();
			match verdict {
				Earlier::None => continue,
				Earlier::Same(first) => orders.repetitions.push(Repetition {
					ordinal: *ordinal,
					first,
				}),
				// What cannot be compared now is taken for a repeat: an order must not take effect twice.
				Earlier::Other | Earlier::Unreadable(_) => used.push(Rejection {
					ordinal: *ordinal,
					line: reused(bytes),
				}),
			}
			orders.keys[*ordinal as usize] = None;
		}
		let keys = &orders.keys;
		let is_used = |it: &Rejection| used.binary_search_by_key(&it.ordinal, |r| r.ordinal).is_ok();
		let repetitions = &orders.repetitions;
		let is_repeated = |it: &Rejection| repetitions.binary_search_by_key(&it.ordinal, |r| r.ordinal).is_ok();
		orders
			.rejections
			.retain(|it| keys[it.ordinal as usize].is_some() || !(is_used(it) || is_repeated(it)));
		orders.rejections.extend(used);
		orders.rejections.sort_by_key(|it| it.ordinal);
	}

	/// For each of many orders whether one with its id came before. Their packets may be far back in the log.
	pub(super) async fn earlier(self: &Arc<Self>, suspects: Vec<Suspect>) -> Vec<Earlier> {
		let count = suspects.len();
		let work = move |courier: Arc<Self>| async move { courier.library.resolve(&suspects) };
		let verdicts = self.apart("courier-earlier", work).await;
		verdicts.unwrap_or_else(|| vec![Earlier::Unreadable("the node ends".into()); count])
	}

	/// Check that answers match what they answer, and that the batch is what this node would have made of it.
	fn check_answers(&self, channel: &ChannelEntry, view: PacketView) -> Result<InboundPacket, CheckError> {
		let header = &view.packet.header;
		let orders = header.lane.opposite();
		// Who was never sent an order cannot answer it.
		let reached = self
			.senders
			.get(&orders)
			.map_or(0, |sender| sender.state.lock().reached());
		let mut unsent = false;
		let (mut mismatched, mut tree, mut whole) = (Vec::new(), TreeBuilder::new(), true);
		let mut ordered_at = 0;
		let mut last: Option<Arc<PacketView>> = None;
		for (i, entry) in view.entries.iter().enumerate() {
			let answered = match last.take().filter(|v| v.packet.header.sequence == entry.sequence) {
				Some(answered) => Some(answered),
				None if entry.sequence >= reached => {
					unsent = true;
					None
				}
				None => self.library.packet(&orders, entry.sequence)?,
			};
			let answer = view.entry(i as u32).unwrap_or_default();
			let order = answered.as_ref().and_then(|v| Some((v, v.entry(entry.ordinal)?)));
			let Some((answered_view, order)) = order else {
				mismatched.push(i as u32);
				whole = false;
				continue;
			};
			ordered_at = ordered_at.max(answered_view.trailer.at);
			let matches = answered_view.packet.header.kind.answer() == Some(header.kind)
				&& Confirmation::parse(answer).is_ok_and(|c| has_id(order, &c.order));
			if !matches {
				mismatched.push(i as u32);
			}
			let salt = evidence::salt(&header.seed, i as u32);
			let version = answered_view.version_of(entry.ordinal);
			// Both entries are there.
			let order = answered_view.hash_of(entry.ordinal).unwrap_or_default();
			let answer = view.hash_of(i as u32).unwrap_or_default();
			tree.push(evidence::record_leaf(
				&salt,
				&order,
				&answer,
				version,
				header.lane.channel,
			));
			last = answered;
		}
		let core_matches = whole
			&& header.core.as_ref().is_some_and(|core| {
				self.is_core_of(core, header, channel, tree.root()) && self.is_date_of(core, header, ordered_at)
			});
		let view = Arc::new(view);
		Ok(InboundPacket {
			view,
			keys: Vec::new(),
			searched: 0,
			repetitions: Vec::new(),
			rejections: Vec::new(),
			mismatched,
			core_matches,
			unsent,
		})
	}

	/// Whether the core says of a packet of answers what this node would say.
	fn is_core_of(&self, core: &Core, header: &PacketHeader, channel: &ChannelEntry, root: Digest) -> bool {
		let expected = Core {
			genesis: self.genesis,
			channel: header.lane.channel,
			issuer_node: header.lane.from,
			seller_node: header.lane.to,
			issuer: channel.issuer,
			seller: channel.seller,
			first_sequence: header.sequence,
			last_sequence: header.sequence,
			count: header.count,
			root,
			// Checked by itself, once the packet before it is stored.
			previous: core.previous,
			date: core.date,
		};
		*core == expected
	}

	/// Whether the core's date may be that of its making: that of its packet, not before the orders that it answers were there, and not in the future.
	/// A day is left for the issuer's zone, which is not known here. Delivery may come days later.
	fn is_date_of(&self, core: &Core, header: &PacketHeader, ordered_at: Moment) -> bool {
		let date = |at| civil_date(at, 0);
		core.date.abs_diff(date(header.created_at)) <= 1
			&& core.date.saturating_add(1) >= date(ordered_at)
			&& core.date <= date(self.clock.now_ms()).saturating_add(1)
	}
}

/// What an order's registration is, as far as it states one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Registered {
	/// It states none.
	Unstated,
	/// It states one; the chain was not asked yet.
	Stated,
	/// The commitment that it states is not one to its customer.
	Foreign,
	/// It is closed, revoked, rejected, or not on chain.
	NotOpen,
	/// It is open.
	Open,
}

impl Registered {
	/// The fact for the clauses.
	fn fact(self) -> Option<bool> {
		match self {
			Registered::Unstated => None,
			Registered::Stated | Registered::Foreign | Registered::NotOpen => Some(false),
			Registered::Open => Some(true),
		}
	}
}

/// What the orders of a packet are judged by.
struct Judge<'a> {
	snapshot: &'a Snapshot,
	channel: &'a ChannelEntry,
	authorisation: &'a Authorisation,
	header: &'a PacketHeader,
	/// This node's time, Unix ms.
	now: Moment,
}

impl Judge<'_> {
	/// What the issuer's node itself says to an order.
	fn judge(&self, order: &Order<'_>, registered: Registered) -> Result<(), Reason> {
		let Judge {
			snapshot,
			channel,
			authorisation,
			header,
			now,
		} = self;
		if !header.kinds.contains(order.kind) {
			let text = format!(
				"the packet's header does not announce orders of kind {}",
				order.kind.as_str()
			);
			return Err(("technical.kind_not_announced", text));
		}
		// Entry by entry: an order that is not granted any more must not hold those that are.
		if !authorisation.kinds.contains(order.kind) {
			let text = format!(
				"the grant of the channel does not cover orders of kind {}",
				order.kind.as_str()
			);
			return Err(("technical.kind_not_granted", text));
		}
		// Nobody executes late what its lane held up.
		if let Some(end) = order.valid_until.filter(|end| end.unix_ms() < *now) {
			let text = format!("the order was valid until {end}, and came to the issuer's node later");
			return Err(("technical.expired", text));
		}
		// A cancellation follows its order to where that is.
		if order.kind != BusinessKind::Cancellation && snapshot.serves(channel, &header.interface) == Some(false) {
			let text = format!(
				"interface `{}` is served by another node of the issuer now: send it again under a new id",
				String::from_utf8_lossy(&header.interface)
			);
			return Err(("technical.interface_moved", text));
		}
		if order.kind == BusinessKind::Registration {
			return Ok(());
		}
		let id = order.product.as_deref().unwrap_or_default();
		let product = snapshot
			.issued(channel, id)
			.ok_or_else(|| ("technical.product_unknown", format!("product `{id}` is not known")))?;
		// Whoever may not buy may still call off: a cancellation follows its order, and no clause is about it.
		if order.kind == BusinessKind::Cancellation {
			return Ok(());
		}
		if product.interface != header.interface {
			let right = String::from_utf8_lossy(&product.interface).into_owned();
			return Err((
				"technical.interface_mismatch",
				format!("orders of product `{id}` go to interface `{right}`"),
			));
		}
		if !status_takes(product.status, order.kind) {
			let text = format!("product `{id}` takes no orders of kind {} now", order.kind.as_str());
			return Err(("technical.product_closed", text));
		}
		let agreement = channel.agreement_for(product).map_err(|unread| {
			let text = format!(
				"agreement {} has clauses that the issuer's node does not know yet",
				unread.id
			);
			("clauses.unknown", text)
		})?;
		qualify(snapshot, product, agreement, order, registered)
	}
}

/// Whether the order meets the clauses it was stamped with, and whether those are in force.
fn qualify(
	snapshot: &Snapshot,
	product: &ProductEntry,
	agreement: Option<&AgreementEntry>,
	order: &Order<'_>,
	registered: Registered,
) -> Result<(), Reason> {
	let current = agreement.map_or(0, |a| a.id);
	let agreement = if order.clause_version == current {
		match agreement {
			Some(agreement) => agreement,
			None => return Ok(()),
		}
	} else {
		// The order was on its way when the clauses changed: those that held when it was placed are good for a while.
		let replaced = snapshot.replaced(order.clause_version);
		let same_scope = replaced.filter(|r| agreement.is_none_or(|a| a.scope == r.scope));
		same_scope.ok_or_else(|| {
			let stamped = order.clause_version;
			(
				"clauses.version",
				format!("the order is stamped with agreement {stamped}, in force is {current}"),
			)
		})?
	};
	let facts = order.facts(Some(product), registered.fact());
	if clauses::hold(&agreement.clauses, &facts) {
		return Ok(());
	}
	let verdict = clauses::evaluate(&agreement.clauses, &facts);
	// There is no bound on what an agreement may ask: the text is made as far as it is kept.
	let foreign = match registered {
		Registered::Foreign => "facts.registration: the commitment is not one to this order's customer; ",
		_ => "",
	};
	let text = bounded(
		MAX_TEXT_LEN,
		format_args!("{foreign}agreement {}: {verdict}", agreement.id),
	);
	Err(("clauses.failed", text))
}

/// Ordinals in ascending order as runs of (first, length), as many as fit a refusal.
fn runs(ordinals: &[u32]) -> Vec<(u32, u32)> {
	let mut runs: Vec<(u32, u32)> = Vec::new();
	for ordinal in ordinals {
		let full = runs.len() == MAX_RUNS;
		match runs.last_mut() {
			Some((first, len)) if *first + *len == *ordinal => *len += 1,
			_ if full => break,
			_ => runs.push((*ordinal, 1)),
		}
	}
	runs
}
