// SPDX-License-Identifier: Apache-2.0

//! A reader before a runtime made by hand that counts what it is asked.

use super::*;
use crate::testing::{granted, name};
use codec::{Decode, Encode};
use parking_lot::Mutex;
use sealane_primitives::{
	business::Roles,
	clauses::Clauses,
	directory::{Scope, Standing},
};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const OWN: MemberId = 1;
const ISSUERS: [MemberId; 2] = [2, 3];

/// The state at one block.
#[derive(Clone)]
struct State {
	block: BlockNumber,
	parent: Digest,
	moment: u64,
	version: u32,
	registered: bool,
	/// Issuer to products and the block of their last change.
	products: HashMap<MemberId, (Vec<ProductEntry>, Revision)>,
	/// Channel to what is in force from which block, and the block of the last ratification. Channels have their issuers' numbers.
	agreements: HashMap<ChannelId, (Vec<(AgreementId, BlockNumber)>, Revision)>,
	/// Answers to `agreement`, as the runtime encodes them.
	texts: HashMap<AgreementId, Vec<u8>>,
	members: HashMap<MemberId, Revision>,
	closed: Vec<ChannelId>,
	fails: bool,
}

fn hash_of(block: BlockNumber, branch: u8) -> Digest {
	let mut hash = [branch; 32];
	hash[..4].copy_from_slice(&block.to_le_bytes());
	hash
}

fn product(id: usize) -> ProductEntry {
	ProductEntry {
		id: name(&format!("P{id:05}")),
		product_type: name("fund"),
		risk: 2,
		currency: *b"CNY",
		status: ProductStatus::Open,
		interface: name("I"),
	}
}

fn text(id: AgreementId, channel: ChannelId, scope: Scope) -> Vec<u8> {
	let record = AgreementRecord {
		id,
		channel,
		scope: scope.into(),
		version: 1,
		from: 1,
		clauses: Clauses::new().into(),
	};
	Some(Open::Known(record)).encode()
}

#[derive(Default)]
struct Asked {
	standing: AtomicUsize,
	member: AtomicUsize,
	pages: AtomicUsize,
	in_force: AtomicUsize,
	agreement: AtomicUsize,
}

impl Asked {
	/// Counts since the last look: standing, member, pages of products, in force, agreement.
	fn take(&self) -> [usize; 5] {
		[
			&self.standing,
			&self.member,
			&self.pages,
			&self.in_force,
			&self.agreement,
		]
		.map(|count| count.swap(0, Relaxed))
	}
}

#[derive(Clone, Default)]
struct Fake {
	states: Arc<Mutex<HashMap<Digest, State>>>,
	asked: Arc<Asked>,
}

impl Fake {
	fn at<T>(&self, at: &Digest, look: impl FnOnce(&State) -> T) -> T {
		look(&self.states.lock()[at])
	}

	/// The first block: two issuers with 600 products each, one agreement on each channel.
	fn genesis() -> (Self, Digest) {
		let fake = Fake::default();
		let state = State {
			block: 1,
			parent: [0; 32],
			moment: 1_000,
			version: 1,
			registered: true,
			products: ISSUERS
				.map(|issuer| (issuer, ((0..600).map(product).collect(), 0)))
				.into_iter()
				.collect(),
			agreements: ISSUERS
				.map(|issuer| (issuer, (vec![(issuer * 10, 1)], 1)))
				.into_iter()
				.collect(),
			texts: ISSUERS
				.map(|issuer| (issuer * 10, text(issuer * 10, issuer, Scope::All)))
				.into_iter()
				.collect(),
			members: HashMap::new(),
			closed: Vec::new(),
			fails: false,
		};
		let hash = hash_of(1, 0);
		fake.states.lock().insert(hash, state);
		(fake, hash)
	}

	/// A block on top of `parent`.
	fn block(&self, parent: Digest, branch: u8, change: impl FnOnce(&mut State)) -> (BlockNumber, Digest) {
		let mut state = self.at(&parent, State::clone);
		state.block += 1;
		state.moment += 2_000;
		state.parent = parent;
		change(&mut state);
		let (block, hash) = (state.block, hash_of(state.block, branch));
		self.states.lock().insert(hash, state);
		(block, hash)
	}
}

impl Source for Fake {
	fn standing(&self, at: &Digest) -> Result<Option<Open<Standing>>, String> {
		self.asked.standing.fetch_add(1, Relaxed);
		self.at(at, |state| {
			if state.fails {
				return Err("the state is gone".into());
			}
			let channel = |issuer: &MemberId| {
				let authorisation = match state.closed.contains(issuer) {
					true => Err(Refusal::Revoked),
					false => Ok(granted(*issuer)),
				};
				Open::Known(ChannelStanding {
					id: *issuer,
					seller: OWN,
					issuer: *issuer,
					authorisation: authorisation.into(),
					partner: state.members.get(issuer).copied().unwrap_or_default(),
					catalogue: state.products[issuer].1,
					agreements: state.agreements[issuer].1,
				})
			};
			let standing = Standing {
				node: 7,
				member: OWN,
				revision: state.members.get(&OWN).copied().unwrap_or_default(),
				moment: state.moment,
				max_age: 600_000,
				channels: ISSUERS.iter().map(channel).collect(),
				ends: Default::default(),
				drain: 302_400,
			};
			Ok(state.registered.then(|| standing.into()))
		})
	}

	fn member(&self, at: &Digest, member: MemberId) -> Result<Option<Open<MemberRecord>>, String> {
		self.asked.member.fetch_add(1, Relaxed);
		let revision = self.at(at, |state| state.members.get(&member).copied().unwrap_or_default());
		Ok(Some(Open::Known(MemberRecord {
			id: member,
			name: format!("Member {member} as of {revision}").into_bytes(),
			roles: Roles::default(),
			active: true,
			nodes: Vec::new(),
		})))
	}

	fn interfaces(&self, _: &Digest, _: MemberId) -> Result<Vec<Open<InterfaceEntry>>, String> {
		let entry = InterfaceEntry { id: name("I"), node: 9 };
		Ok(vec![entry.into()])
	}

	fn products(&self, at: &Digest, issuer: MemberId, after: Option<Vec<u8>>) -> Result<Page<ProductEntry>, String> {
		self.asked.pages.fetch_add(1, Relaxed);
		let first = after.map_or(0, |after| position(&after));
		self.at(at, |state| {
			let products = &state.products[&issuer].0;
			let end = products.len().min(first + 256);
			Ok(Page {
				entries: products[first..end].iter().cloned().map(Open::Known).collect(),
				next: (end < products.len()).then(|| (end as u64).encode()),
			})
		})
	}

	fn agreements_in_force(&self, at: &Digest, channel: ChannelId) -> Result<InForce, String> {
		self.asked.in_force.fetch_add(1, Relaxed);
		self.at(at, |state| {
			let ratified = &state.agreements[&channel].0;
			Ok(InForce {
				agreements: ratified
					.iter()
					.filter(|(_, from)| *from <= state.block)
					.map(|(id, _)| *id)
					.collect(),
				next_change: ratified
					.iter()
					.map(|(_, from)| *from)
					.filter(|from| *from > state.block)
					.min(),
			})
		})
	}

	fn agreement(&self, at: &Digest, id: AgreementId) -> Result<Option<Open<AgreementRecord>>, String> {
		self.asked.agreement.fetch_add(1, Relaxed);
		let bytes = self.at(at, |state| state.texts[&id].clone());
		Decode::decode(&mut &bytes[..]).map_err(|error| error.to_string())
	}

	fn common_ancestor(&self, a: &Digest, b: &Digest) -> Result<BlockNumber, String> {
		let behind = |mut at: Digest| {
			let mut all = vec![at];
			while let Some(state) = self.states.lock().get(&at).filter(|state| state.block > 1) {
				at = state.parent;
				all.push(at);
			}
			all
		};
		let a = behind(*a);
		let common = behind(*b).into_iter().find(|hash| a.contains(hash));
		common
			.map(|hash| self.at(&hash, |state| state.block))
			.ok_or_else(|| "none".into())
	}

	fn runtime_version(&self, at: &Digest) -> Result<u32, String> {
		Ok(self.at(at, |state| state.version))
	}
}

/// What a page gave to ask the next one with.
fn position(bytes: &[u8]) -> usize {
	u64::decode(&mut &bytes[..]).expect("what the page before gave") as usize
}

fn directory(at: &DirectoryAt) -> &Arc<Directory> {
	match &at.reading {
		Reading::Directory { directory, .. } => directory,
		other => panic!("a directory, not {other:?}"),
	}
}

#[test]
fn a_block_in_which_nothing_changed_costs_one_question_and_shares_everything() {
	let (fake, first) = Fake::genesis();
	let mut reader = Reader::new(fake.clone());
	let before = reader.read(1, first);
	assert_eq!(directory(&before).channels[0].products.len(), 600);
	assert_eq!(
		fake.asked.take(),
		[1, 3, 6, 2, 2],
		"three pages of products for each of two issuers"
	);
	let (block, hash) = fake.block(first, 0, |_| ());
	let after = reader.read(block, hash);
	assert_eq!(fake.asked.take(), [1, 0, 0, 0, 0]);
	assert!(Arc::ptr_eq(directory(&before), directory(&after)));
	let holds = |at: &DirectoryAt| match &at.reading {
		Reading::Directory { holds_until, .. } => *holds_until,
		_ => 0,
	};
	assert_eq!(
		(holds(&before), holds(&after)),
		(601_000, 603_000),
		"ten minutes from each block's time"
	);
}

#[test]
fn only_what_changed_is_asked_for() {
	let (fake, first) = Fake::genesis();
	let mut reader = Reader::new(fake.clone());
	let before = reader.read(1, first);
	fake.asked.take();
	let (block, hash) = fake.block(first, 0, |state| {
		let (products, revision) = state.products.get_mut(&3).expect("an issuer");
		products[0].status = ProductStatus::Suspended;
		*revision = state.block;
	});
	let after = reader.read(block, hash);
	assert_eq!(fake.asked.take(), [1, 0, 3, 0, 0], "the pages of the one issuer");
	let product = |at: &DirectoryAt, channel: usize| directory(at).channels[channel].products[0].status;
	assert_eq!(
		(product(&before, 1), product(&after, 1)),
		(ProductStatus::Open, ProductStatus::Suspended)
	);
	assert!(Arc::ptr_eq(
		&directory(&before).channels[0].products,
		&directory(&after).channels[0].products
	));

	let (block, hash) = fake.block(hash, 0, |state| {
		state.members.insert(2, state.block);
		state.closed = vec![3];
	});
	let after = reader.read(block, hash);
	assert_eq!(fake.asked.take(), [1, 1, 0, 0, 0], "the one member");
	assert_eq!(directory(&after).channels[0].partner.name, b"Member 2 as of 3");
	assert_eq!(directory(&after).channels[1].authorisation, Err(Refusal::Revoked));
}

#[test]
fn an_agreement_takes_effect_at_its_block_though_nothing_is_written_then() {
	let (fake, first) = Fake::genesis();
	let mut reader = Reader::new(fake.clone());
	reader.read(1, first);
	let (block, mut hash) = fake.block(first, 0, |state| {
		let (ratified, revision) = state.agreements.get_mut(&2).expect("a channel");
		ratified[0] = (20, 1);
		ratified.push((21, 5));
		*revision = state.block;
		state.texts.insert(21, text(21, 2, Scope::ProductType(name("fund"))));
	});
	let ids = |at: &DirectoryAt| {
		directory(at).channels[0]
			.agreements
			.iter()
			.map(|a| a.id)
			.collect::<Vec<_>>()
	};
	assert_eq!(ids(&reader.read(block, hash)), [20]);
	let mut seen = Vec::new();
	for _ in 0..4 {
		let (block, next) = fake.block(hash, 0, |_| ());
		hash = next;
		fake.asked.take();
		seen.push((block, ids(&reader.read(block, hash)), fake.asked.take()));
	}
	assert_eq!(
		seen,
		[
			(3, vec![20], [1, 0, 0, 0, 0]),
			(4, vec![20], [1, 0, 0, 0, 0]),
			(5, vec![20, 21], [1, 0, 0, 1, 1]),
			(6, vec![20, 21], [1, 0, 0, 0, 0]),
		]
	);
}

#[test]
fn what_was_read_on_a_branch_that_is_left_is_forgotten() {
	let (fake, first) = Fake::genesis();
	let mut reader = Reader::new(fake.clone());
	reader.read(1, first);
	// Both branches change the same catalogue in the same block, one to nothing, the other to another product.
	let change = |products: Vec<ProductEntry>| {
		move |state: &mut State| {
			state.products.insert(2, (products, state.block));
		}
	};
	let (block, a) = fake.block(first, 1, change(Vec::new()));
	assert!(directory(&reader.read(block, a)).channels[0].products.is_empty());
	let (block, b) = fake.block(first, 2, change(vec![product(9)]));
	let at = reader.read(block, b);
	assert_eq!(directory(&at).channels[0].products.len(), 1);
	fake.asked.take();
	// The other issuer's was read before the fork.
	let (block, c) = fake.block(first, 3, |_| ());
	let at = reader.read(block, c);
	assert_eq!(directory(&at).channels[0].products.len(), 600);
	assert_eq!(fake.asked.take()[2], 3);
}

#[test]
fn another_runtime_is_asked_for_everything_anew() {
	let (fake, first) = Fake::genesis();
	let mut reader = Reader::new(fake.clone());
	reader.read(1, first);
	fake.asked.take();
	let (block, hash) = fake.block(first, 0, |state| state.version = 2);
	reader.read(block, hash);
	assert_eq!(fake.asked.take(), [1, 3, 6, 2, 2]);
}

#[test]
fn clauses_of_a_kind_that_came_later_are_named_and_spoil_nothing_else() {
	let (fake, first) = Fake::genesis();
	let mut reader = Reader::new(fake.clone());
	let (block, hash) = fake.block(first, 0, |state| {
		// A clause `{ code, any_of: [a condition with the index 200] }`, and a field that records have got since.
		let clauses = (vec![(b"later".to_vec(), vec![(200u8, 5u32)])], 0u8).encode();
		let record = [
			(20u32, 2u32, Scope::ProductType(name("fund")).encode(), 1u32, 1u32).encode(),
			clauses.encode(),
			b"a new field".to_vec(),
		]
		.concat();
		state.texts.insert(20, Some(record).encode());
	});
	let at = reader.read(block, hash);
	let channels = &directory(&at).channels;
	assert_eq!((channels[0].agreements.len(), channels[0].unread.len()), (0, 1));
	let unread = channels[0].agreement_for(&product(1)).expect_err("it cannot be read");
	assert_eq!(
		(unread.id, &unread.scope),
		(20, &Some(Scope::ProductType(name("fund"))))
	);
	assert_eq!(
		channels[1].agreement_for(&product(1)).map(|a| a.map(|a| a.id)),
		Ok(Some(30))
	);
}

#[test]
fn what_cannot_be_read_and_who_is_not_registered_is_told() {
	let (fake, first) = Fake::genesis();
	let mut reader = Reader::new(fake.clone());
	reader.read(1, first);
	let (block, hash) = fake.block(first, 0, |state| state.fails = true);
	assert_eq!(
		reader.read(block, hash).reading,
		Reading::Unreadable("the state is gone".into())
	);
	let (block, hash) = fake.block(hash, 0, |state| {
		state.fails = false;
		state.registered = false;
	});
	assert_eq!(reader.read(block, hash).reading, Reading::Unregistered);
	let (block, hash) = fake.block(hash, 0, |state| state.registered = true);
	assert_eq!(directory(&reader.read(block, hash)).channels.len(), 2);
}

#[test]
fn a_list_without_end_is_given_up() {
	struct Endless(Fake);
	impl Source for Endless {
		fn standing(&self, at: &Digest) -> Result<Option<Open<Standing>>, String> {
			self.0.standing(at)
		}
		fn member(&self, at: &Digest, member: MemberId) -> Result<Option<Open<MemberRecord>>, String> {
			self.0.member(at, member)
		}
		fn interfaces(&self, at: &Digest, issuer: MemberId) -> Result<Vec<Open<InterfaceEntry>>, String> {
			self.0.interfaces(at, issuer)
		}
		fn products(&self, _: &Digest, _: MemberId, _: Option<Vec<u8>>) -> Result<Page<ProductEntry>, String> {
			Ok(Page {
				entries: vec![],
				next: Some(vec![1]),
			})
		}
		fn agreements_in_force(&self, at: &Digest, channel: ChannelId) -> Result<InForce, String> {
			self.0.agreements_in_force(at, channel)
		}
		fn agreement(&self, at: &Digest, id: AgreementId) -> Result<Option<Open<AgreementRecord>>, String> {
			self.0.agreement(at, id)
		}
		fn common_ancestor(&self, a: &Digest, b: &Digest) -> Result<BlockNumber, String> {
			self.0.common_ancestor(a, b)
		}
		fn runtime_version(&self, at: &Digest) -> Result<u32, String> {
			self.0.runtime_version(at)
		}
	}
	let (fake, first) = Fake::genesis();
	let at = Reader::new(Endless(fake)).read(1, first);
	assert!(matches!(at.reading, Reading::Unreadable(why) if why.contains("no end")));
}

#[tokio::test]
async fn a_slow_reader_skips_to_the_newest_block() {
	let (fake, first) = Fake::genesis();
	let newest = Arc::new(Mutex::new((1, first)));
	let (news, from_chain) = futures::channel::mpsc::unbounded();
	let (told, mut heard) = watch::channel(None);
	// Each read takes as long as the chain takes for three blocks.
	let run = {
		let (fake, newest, news) = (fake.clone(), newest.clone(), news.clone());
		move |read: Box<dyn FnOnce() -> (Reader<Fake>, DirectoryAt) + Send>| {
			for _ in 0..3 {
				let mut newest = newest.lock();
				*newest = fake.block(newest.1, 0, |_| ());
				if newest.0 < 40 {
					news.unbounded_send(()).expect("the reader listens");
				}
			}
			futures::future::ready(Some(read()))
		}
	};
	news.unbounded_send(()).expect("the reader listens");
	let look = newest.clone();
	let follow = follow(Reader::new(fake.clone()), from_chain, move || *look.lock(), run, told);
	let watch = async {
		let mut behind = Vec::new();
		while heard.changed().await.is_ok() {
			let block = heard.borrow_and_update().as_ref().map_or(0, |at| at.block);
			behind.push(newest.lock().0 - block);
			if newest.lock().0 >= 40 {
				break;
			}
		}
		behind
	};
	tokio::select! {
		behind = watch => assert!(behind.iter().all(|by| *by <= 3), "never more than one read behind: {behind:?}"),
		_ = follow => panic!("the chain goes on"),
	}
	let reads = fake.asked.standing.load(Relaxed);
	assert!(reads <= 15, "{reads} reads for forty blocks");
}
