// SPDX-License-Identifier: Apache-2.0

//! Member 4: its node is no courier but says what it likes, rightly signed and sealed. It sells to member 2 and issues to member 1.

use crate::{
	chain::{interface, Chain},
	network::Network,
};
use codec::Encode;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use rand::{rngs::StdRng, RngCore, SeedableRng};
use sealane_courier::{
	api::LaneId,
	keys::{self, KeyPair, KeyRing},
	protocol::{
		answer::packets_hash, body, envelope, seal::Suite, Answer, BlockRef, Envelope, EnvelopeHead, Label, Packet,
		PacketHeader, PacketKind, Receipt, Signed, StoreClaim, SUITE, VERSION,
	},
	random::Random,
	testing::GENESIS,
};
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	evidence::{self, batch, entry::entry_hash, Attestation, Core, Excluded, Side, TreeBuilder},
	ids::{ChannelId, Digest, NodeId},
	keys::Purpose,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// The hostile node.
pub const HOSTILE: NodeId = 4;
/// Where it sells.
pub const SELLS: ChannelId = 3;
/// Where it issues.
pub const ISSUES: ChannelId = 4;

/// The seed of its packets.
const SEED: [u8; 32] = [7; 32];
/// The day of [`EPOCH_MS`](crate::machine::EPOCH_MS), in days since 1970-01-01.
const DATE: u32 = (crate::machine::EPOCH_MS / 86_400_000) as u32;

/// Something that the hostile node sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sends {
	/// So many good orders.
	Orders {
		/// How many.
		count: u32,
	},
	/// An order whose id is far too long: so many letters, or control characters.
	LongId {
		/// Its length in bytes.
		bytes: u32,
		/// Control characters, which grow when they are escaped.
		control: bool,
	},
	/// So many entries of one byte.
	Garbage {
		/// How many.
		entries: u32,
	},
	/// An order with this number whose line cannot be read.
	Unreadable {
		/// The number in its id.
		number: u32,
	},
	/// A good order with this number.
	Numbered {
		/// The number in its id.
		number: u32,
	},
	/// A good order so many places ahead of its turn.
	Ahead {
		/// How many.
		places: u64,
		/// Its kind.
		kind: BusinessKind,
	},
	/// The claim to have sent the first packets once more, without their content.
	Claim {
		/// How many packets.
		packets: u16,
	},
	/// One of the requests that went over the network not long ago, once more.
	Replay {
		/// Which.
		nth: usize,
	},
	/// An order from another store of its own.
	FromStore {
		/// Which.
		number: u8,
		/// The counter of take-overs that it claims.
		take_over: u32,
	},
	/// Confirmations of all orders that it received.
	Confirmations,
	/// A confirmation of an order that it never received, with the root of nothing.
	ConfirmUnsent {
		/// Id of the order.
		order: String,
		/// Sequence of its packet.
		sequence: u64,
	},
}

/// How the hostile node answers what it receives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
	/// As it should.
	#[default]
	Right,
	/// With something in the place of the signature of its attestation.
	Forged,
	/// Without its attestation.
	Withheld,
	/// It waits for the packet behind those that came.
	Next,
	/// It is busy for a millisecond.
	Busy,
	/// A receipt for other packets.
	Other,
	/// What is no answer.
	Garbage,
	/// Not at all.
	Silence,
}

struct State {
	answers: Answers,
	next: BTreeMap<LaneId, u64>,
	/// Hashes of the cores that it made, by lane and sequence.
	cores: BTreeMap<(LaneId, u64), Digest>,
	/// Orders that it received and did not answer: place, hash and bytes.
	open: Vec<(LaneId, u64, u32, Digest, Vec<u8>)>,
	random: StdRng,
	counter: u32,
	/// Bytes of the orders that it sent, by id.
	sent: Vec<String>,
	/// The store from which it speaks, and its counter of take-overs.
	store: (u8, u32),
}

/// The hostile node; clones are the same one.
#[derive(Clone)]
pub struct Hostile {
	state: Arc<Mutex<State>>,
	pair: KeyPair,
	ring: KeyRing,
	chain: Chain,
	network: Network,
}

struct Source(Arc<Mutex<State>>);

impl Random for Source {
	fn fill(&self, out: &mut [u8]) {
		self.0.lock().random.fill_bytes(out);
	}
}

fn purchase(id: &str, kind: BusinessKind) -> Vec<u8> {
	let what = match kind {
		BusinessKind::Redemption => r#""units":"10.00""#,
		_ => r#""amount":"1000.00","currency":"CNY""#,
	};
	format!(
		r#"{{"id":"{id}","kind":"{}","product":"P2","customer":"c",{what},"placed_at":"2026-01-05T17:00:00+08:00"}}"#,
		kind.as_str()
	)
	.into_bytes()
}

impl Hostile {
	/// The node with these keys. It answers rightly until it is told otherwise.
	pub fn new(pair: KeyPair, chain: Chain, network: Network, seed: u64) -> Self {
		let state = State {
			answers: Answers::Right,
			next: BTreeMap::new(),
			cores: BTreeMap::new(),
			open: Vec::new(),
			random: StdRng::seed_from_u64(seed),
			counter: 0,
			sent: Vec::new(),
			store: (0, 0),
		};
		let hostile = Hostile {
			state: Arc::new(Mutex::new(state)),
			ring: KeyRing::new(vec![pair.clone()]),
			pair,
			chain,
			network: network.clone(),
		};
		let responder = hostile.clone();
		network.attach_responder(HOSTILE, Arc::new(move |from, request| responder.respond(from, request)));
		hostile
	}

	/// How it answers from now on.
	pub fn set_answers(&self, answers: Answers) {
		self.state.lock().answers = answers;
	}

	/// The ids of the orders that it sent.
	pub fn ids(&self) -> Vec<String> {
		self.state.lock().sent.clone()
	}

	/// Sends something, and learns from the answer where the lane is.
	pub fn send(&self, what: Sends) -> BoxFuture<'static, ()> {
		let hostile = self.clone();
		Box::pin(async move {
			if let Sends::Replay { nth } = what {
				let kept = hostile.network.kept();
				if let Some((_, to, request)) = kept.get(nth % kept.len().max(1)) {
					hostile.network.deliver(HOSTILE, *to, request.clone()).await;
				}
				return;
			}
			let issuing = matches!(what, Sends::Confirmations | Sends::ConfirmUnsent { .. });
			let lane = hostile.lane(issuing);
			let Some(request) = hostile.request(lane, what) else {
				return;
			};
			let reply = hostile.network.deliver(HOSTILE, lane.to, request).await;
			let Some(answer) = reply.and_then(|r| r.answer).and_then(|a| Answer::parse(&a).ok()) else {
				return;
			};
			let mut state = hostile.state.lock();
			let next = state.next.entry(lane).or_default();
			match answer {
				Answer::Stored(receipt) => *next = (*next).max(receipt.what.last_sequence + 1),
				Answer::Refused(refused) => *next = refused.what.first_sequence,
				Answer::Expected { sequence } => *next = sequence,
				Answer::Busy { .. } | Answer::Returned { .. } => (),
			}
		})
	}

	/// The lane over which it sends orders, or answers.
	fn lane(&self, issuing: bool) -> LaneId {
		let serves = self
			.chain
			.head()
			.channels
			.iter()
			.find(|c| c.id == SELLS)
			.and_then(|c| c.interfaces.first().cloned());
		let (channel, to) = if issuing {
			(ISSUES, 1)
		} else {
			(SELLS, serves.map_or(2, |i| i.node))
		};
		LaneId {
			channel,
			from: HOSTILE,
			to,
		}
	}

	fn request(&self, lane: LaneId, what: Sends) -> Option<Vec<u8>> {
		if let Sends::FromStore { number, take_over } = what {
			self.state.lock().store = (number, take_over);
		}
		let next = self.state.lock().next.get(&lane).copied().unwrap_or(0);
		if let Sends::Claim { packets } = what {
			// The head of an envelope, and nothing that would open.
			let mut bytes = EnvelopeHead::asking(self.label(lane, 0));
			let count = packets.min(u16::try_from(next).unwrap_or(u16::MAX)).max(1);
			bytes[106..108].copy_from_slice(&count.to_le_bytes());
			bytes.resize(envelope::MIN_LEN, 0);
			return Some(bytes);
		}
		let (sequence, kind, entries) = match what {
			Sends::Ahead { places, kind } => (next + places, kind, vec![purchase(&self.fresh_id(), kind)]),
			Sends::Confirmations => return self.confirmations(lane, next),
			Sends::ConfirmUnsent { order, sequence } => {
				let answer = confirmation(&order);
				return self.answer(lane, next, vec![(sequence, 0, [0; 32], answer)]);
			}
			other => (next, BusinessKind::Purchase, self.orders(other)),
		};
		let mut body = Vec::new();
		for entry in &entries {
			body::push_entry(&mut body, entry).ok()?;
		}
		let header = header((lane, sequence), PacketKind::Orders, kind, entries.len(), &body)?;
		self.seal(header, &body)
	}

	fn fresh_id(&self) -> String {
		let mut state = self.state.lock();
		state.counter += 1;
		let id = format!("H-{}", state.counter);
		state.sent.push(id.clone());
		id
	}

	fn orders(&self, what: Sends) -> Vec<Vec<u8>> {
		match what {
			Sends::Orders { count } => (0..count.max(1))
				.map(|_| purchase(&self.fresh_id(), BusinessKind::Purchase))
				.collect(),
			Sends::LongId { bytes, control } => {
				let letter = if control { '\u{1}' } else { 'A' };
				let id: String = std::iter::repeat_n(letter, bytes as usize).collect();
				vec![format!(r#"{{"id":"{id}"}}"#).into_bytes()]
			}
			Sends::Garbage { entries } => vec![b"[".to_vec(); entries.max(1) as usize],
			Sends::Unreadable { number } => {
				let mut line = purchase(&self.numbered(number), BusinessKind::Purchase);
				line.pop();
				line.extend_from_slice(br#","own":"\ud800"}"#);
				vec![line]
			}
			Sends::FromStore { .. } => vec![purchase(&self.fresh_id(), BusinessKind::Purchase)],
			Sends::Numbered { number } => vec![purchase(&self.numbered(number), BusinessKind::Purchase)],
			_ => Vec::new(),
		}
	}

	fn numbered(&self, number: u32) -> String {
		let id = format!("R-{number}");
		self.state.lock().sent.push(id.clone());
		id
	}

	fn confirmations(&self, lane: LaneId, next: u64) -> Option<Vec<u8>> {
		let open = std::mem::take(&mut self.state.lock().open);
		let answers: Vec<_> = open
			.into_iter()
			.filter_map(|(_, sequence, ordinal, hash, order)| {
				let id = sealane_courier::library::id_of(&order)?.into_owned();
				Some((sequence, ordinal, hash, confirmation(&id)))
			})
			.collect();
		if answers.is_empty() {
			return None;
		}
		self.answer(lane, next, answers)
	}

	fn answer(&self, lane: LaneId, next: u64, answers: Vec<(u64, u32, Digest, Vec<u8>)>) -> Option<Vec<u8>> {
		let (mut body, mut tree) = (Vec::new(), TreeBuilder::new());
		for (i, (sequence, ordinal, order, answer)) in answers.iter().enumerate() {
			body::push_answer(&mut body, *sequence, *ordinal, answer).ok()?;
			let salt = evidence::salt(&SEED, i as u32);
			let answer = entry_hash(answer, &SEED, i as u32);
			tree.push(evidence::record_leaf(&salt, order, &answer, 0, lane.channel));
		}
		let core = self.core(lane, next, answers.len() as u32, tree.root());
		let mut header = header(
			(lane, next),
			PacketKind::Confirmations,
			BusinessKind::Purchase,
			answers.len(),
			&body,
		)?;
		header.interface = interface(4);
		header.core = Some(core);
		self.seal(header, &body)
	}

	/// The core of the packet with this sequence, behind the one that it made before it.
	fn core(&self, lane: LaneId, sequence: u64, count: u32, root: Digest) -> Core {
		let mut state = self.state.lock();
		let before = sequence.checked_sub(1);
		let previous = before.and_then(|before| state.cores.get(&(lane, before)).copied());
		let core = Core {
			genesis: GENESIS,
			channel: lane.channel,
			// Members have the numbers of their first nodes.
			issuer_node: lane.from,
			seller_node: lane.to,
			issuer: lane.from,
			seller: lane.to,
			first_sequence: sequence,
			last_sequence: sequence,
			count,
			root,
			previous: previous.unwrap_or_default(),
			date: DATE,
		};
		state.cores.insert((lane, sequence), core.hash());
		core
	}

	/// Its attestation of a batch, rightly signed.
	fn attest(&self, side: Side, core: &Core) -> Attestation {
		let (block, excluded) = (self.chain.final_block(HOSTILE), Excluded::none());
		let message = Attestation::message(side, &core.hash(), &block, &excluded);
		Attestation {
			suite: batch::SUITE,
			side,
			block,
			excluded,
			key: self.pair.signing_public(),
			signature: self.pair.sign(Purpose::Attestation, &GENESIS, &message),
		}
	}

	fn label(&self, lane: LaneId, first_sequence: u64) -> Label {
		let (number, take_over) = self.state.lock().store;
		Label {
			suite: Suite::Aes256Gcm,
			store: StoreClaim::new(&self.pair, &GENESIS, HOSTILE, [number; 16], take_over),
			lane,
			first_sequence,
		}
	}

	/// Signs and seals a packet to the partner's key of today.
	fn seal(&self, header: PacketHeader, body: &[u8]) -> Option<Vec<u8>> {
		let known = self.chain.known(HOSTILE);
		let directory = known.directory()?;
		let mut nodes = directory.channels.iter().flat_map(|c| &c.partner.nodes);
		let to = nodes.find(|n| n.id == header.lane.to)?;
		let key = keys::sealing_key(&to.keys, known.block)?;
		let (lane, sequence) = (header.lane, header.sequence);
		let signature = self.pair.sign(Purpose::Packet, &GENESIS, &header.encode());
		let attestation = header.core.as_ref().map(|core| self.attest(Side::Issuer, core));
		let packet = Packet::assemble(header, signature, attestation, body);
		let mut envelope = Envelope::with_capacity(packet.bytes.len());
		envelope.push(&packet.bytes);
		let random = Source(self.state.clone());
		let label = self.label(lane, sequence);
		envelope.seal(&random, &GENESIS, label, &key).ok()
	}

	fn respond(&self, _: NodeId, request: &[u8]) -> Option<Vec<u8>> {
		let head = EnvelopeHead::parse(request).ok()?;
		let answers = self.state.lock().answers;
		let answer = match answers {
			Answers::Silence => return None,
			Answers::Garbage => return Some(vec![0xff; 40]),
			Answers::Busy => Answer::Busy { retry_after_ms: 1 },
			Answers::Next => Answer::Expected {
				sequence: head.last_sequence() + 1,
			},
			Answers::Right | Answers::Forged | Answers::Withheld | Answers::Other => {
				self.receipt(&head, request, answers)?
			}
		};
		Some(answer.encode())
	}

	fn receipt(&self, head: &EnvelopeHead, request: &[u8], answers: Answers) -> Option<Answer> {
		let key = self.ring.opener(&head.sealing_key)?;
		let packets = envelope::open(request.to_vec(), head, &GENESIS, key).ok()?;
		let mut attestations = Vec::new();
		for packet in &packets {
			if let Some(core) = packet.header.core.filter(|_| answers != Answers::Withheld) {
				let mut attestation = self.attest(Side::Seller, &core);
				if answers == Answers::Forged {
					attestation.signature = [7; 64];
				}
				attestations.push((packet.header.sequence, attestation));
			}
			self.keep_orders(packet);
		}
		let hashes: Vec<_> = packets.iter().map(Packet::hash).collect();
		let mut what = Receipt {
			version: VERSION,
			lane: head.lane,
			first_sequence: head.first_sequence,
			last_sequence: head.last_sequence(),
			packets_hash: packets_hash(hashes.iter()),
			stored_at: crate::machine::EPOCH_MS,
			authorised_at: BlockRef::default(),
			attestations,
		};
		if answers == Answers::Other {
			what.packets_hash[0] ^= 1;
		}
		let signature = self.pair.sign(Purpose::Receipt, &GENESIS, &what.encode());
		Some(Answer::Stored(Signed { what, signature }))
	}

	/// Remembers the orders of a packet, to confirm them.
	fn keep_orders(&self, packet: &Packet) {
		if packet.header.kind != PacketKind::Orders {
			return;
		}
		let Ok((entries, hashes)) = packet.checked_body() else {
			return;
		};
		let (lane, sequence) = (packet.header.lane, packet.header.sequence);
		let mut state = self.state.lock();
		if state.open.iter().any(|(l, s, ..)| (*l, *s) == (lane, sequence)) {
			return;
		}
		for (ordinal, (entry, hash)) in (0..).zip(entries.iter().zip(hashes)) {
			let bytes = packet.body().slice(entry).to_vec();
			state.open.push((lane, sequence, ordinal, hash, bytes));
		}
	}
}

fn confirmation(id: &str) -> Vec<u8> {
	format!(r#"{{"order":"{id}","outcome":"accepted","deal":"D-{id}","units":"950.11","nav":"1.0525"}}"#).into_bytes()
}

fn header(
	(lane, sequence): (LaneId, u64),
	kind: PacketKind,
	business: BusinessKind,
	count: usize,
	body: &[u8],
) -> Option<PacketHeader> {
	// A body without entries has no hash that anybody would compare.
	let entries = body::entries_checked(kind, body, count as u32).ok()?;
	Some(PacketHeader {
		version: VERSION,
		suite: SUITE,
		lane,
		sequence,
		// It remembers nothing of what it sent.
		previous: [0; 32],
		kind,
		interface: interface(2),
		count: count as u32,
		kinds: BusinessKinds::of(&[business]),
		body_len: body.len() as u32,
		body_hash: body::hash_body(kind, &SEED, body, &entries).0,
		created_at: crate::machine::EPOCH_MS,
		seed: SEED,
		core: None,
		extensions: Default::default(),
	})
}
