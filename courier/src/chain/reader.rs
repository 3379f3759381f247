// SPDX-License-Identifier: Apache-2.0

//! Puts the directory together from what the runtime answers, and asks only for what changed.
//!
//! Per block there is one small question, the node's standing. It names for each part (a member, an issuer's catalogue, the agreements
//! of a channel) the last block in which it changed; what is held from that block or later is kept. Clauses stand under numbers that
//! never change their meaning, so they are asked for once. When the chain leaves a branch, what was read beyond the fork is forgotten.

use super::{DirectoryAt, Reading};
use futures::{Stream, StreamExt};
use hashbrown::{HashMap, HashSet};
use sealane_primitives::{
	directory::{
		AgreementEntry, AgreementRecord, ChannelEntry, ChannelStanding, Directory, InForce, InterfaceEntry,
		MemberEntry, MemberRecord, Page, ProductEntry, ProductStatus, Refusal, Revision, Standing, UnreadAgreement,
	},
	ids::{AgreementId, BlockNumber, ChannelId, Digest, MemberId, ProductId},
	open::Open,
};
use std::{future::Future, sync::Arc};
use tokio::sync::watch;

const LOG_TARGET: &str = "sealane::chain";
/// Most pages of one list. A runtime that has more to say does not mean well.
const MAX_PAGES: usize = 1_000;

/// What the runtime answers at one block. The node implements it over the runtime API; tests by hand. Errors are texts for the log.
pub trait Source: Send + 'static {
	/// Where this node stands; `None` where it is not registered.
	fn standing(&self, at: &Digest) -> Result<Option<Open<Standing>>, String>;
	/// A member with its nodes.
	fn member(&self, at: &Digest, member: MemberId) -> Result<Option<Open<MemberRecord>>, String>;
	/// The interfaces of an issuer.
	fn interfaces(&self, at: &Digest, issuer: MemberId) -> Result<Vec<Open<InterfaceEntry>>, String>;
	/// A page of the products of an issuer.
	fn products(&self, at: &Digest, issuer: MemberId, after: Option<Vec<u8>>) -> Result<Page<ProductEntry>, String>;
	/// The agreements in force on a channel.
	fn agreements_in_force(&self, at: &Digest, channel: ChannelId) -> Result<InForce, String>;
	/// An agreement by its number.
	fn agreement(&self, at: &Digest, id: AgreementId) -> Result<Option<Open<AgreementRecord>>, String>;
	/// Number of the newest block that both have behind them, or are.
	fn common_ancestor(&self, a: &Digest, b: &Digest) -> Result<BlockNumber, String>;
	/// Which runtime answers at that block; another number may see things otherwise.
	fn runtime_version(&self, at: &Digest) -> Result<u32, String>;
}

/// Something held from an earlier block.
struct Held<T> {
	value: T,
	/// The block at which it was read.
	read_at: BlockNumber,
}

impl<T> Held<T> {
	/// Whether it is what one would read now.
	fn is_of(&self, revision: Revision) -> bool {
		revision <= self.read_at
	}
}

/// What an issuer offers.
#[derive(Clone)]
struct Catalogue {
	interfaces: Arc<Vec<InterfaceEntry>>,
	products: Arc<Vec<ProductEntry>>,
}

/// What is agreed on a channel.
#[derive(Clone)]
struct Agreed {
	agreements: Arc<Vec<AgreementEntry>>,
	unread: Arc<Vec<UnreadAgreement>>,
	/// The block in which another set holds.
	next_change: Option<BlockNumber>,
}

impl Agreed {
	fn ids(&self) -> impl Iterator<Item = AgreementId> + '_ {
		let read = self.agreements.iter().map(|agreement| agreement.id);
		read.chain(self.unread.iter().map(|agreement| agreement.id))
	}
}

/// Reads directories, one after the other.
pub struct Reader<S> {
	source: S,
	/// The block read last, and the runtime that answered.
	last: Option<(BlockNumber, Digest, u32)>,
	members: HashMap<MemberId, Held<Arc<MemberEntry>>>,
	catalogues: HashMap<MemberId, Held<Catalogue>>,
	agreed: HashMap<ChannelId, Held<Agreed>>,
	agreements: HashMap<AgreementId, Held<Result<AgreementEntry, UnreadAgreement>>>,
	directory: Option<Arc<Directory>>,
}

impl<S: Source> Reader<S> {
	/// A reader that knows nothing yet.
	pub fn new(source: S) -> Self {
		Reader {
			source,
			last: None,
			members: HashMap::new(),
			catalogues: HashMap::new(),
			agreed: HashMap::new(),
			agreements: HashMap::new(),
			directory: None,
		}
	}

	/// The directory at a block.
	pub fn read(&mut self, block: BlockNumber, hash: Digest) -> DirectoryAt {
		let reading = self.try_read(block, &hash).unwrap_or_else(|why| {
			log::warn!(target: LOG_TARGET, "cannot read the directory at block {block}: {why}");
			Reading::Unreadable(why)
		});
		DirectoryAt { block, hash, reading }
	}

	fn try_read(&mut self, block: BlockNumber, hash: &Digest) -> Result<Reading, String> {
		self.move_to(block, hash)?;
		let standing = match self.source.standing(hash)? {
			None => return Ok(Reading::Unregistered),
			Some(Open::Known(standing)) => standing,
			Some(Open::Unknown(_)) => {
				return Err("the runtime answers in a form that this version does not know".into())
			}
		};
		let Standing {
			node,
			member,
			revision,
			moment,
			max_age,
			channels,
			ends,
			drain,
		} = standing;
		let mut directory = Directory {
			node,
			member: self.member(block, hash, member, revision)?,
			channels: Vec::with_capacity(channels.len()),
		};
		for channel in channels {
			match channel {
				Open::Known(channel) => directory.channels.push(self.channel(block, hash, member, channel)?),
				Open::Unknown(bytes) => log::warn!(
					target: LOG_TARGET,
					"block {block}: channel {:?} is of a form that this version does not know; it is left out",
					Open::<ChannelStanding>::first::<ChannelId>(&bytes),
				),
			}
		}
		self.forget_all_but(&directory);
		let same = self.directory.take().filter(|before| **before == directory);
		let directory = same.unwrap_or_else(|| Arc::new(directory));
		self.directory = Some(directory.clone());
		Ok(Reading::Directory {
			directory,
			holds_until: moment.saturating_add(max_age),
			drain,
			ends,
		})
	}

	/// Go to another block: forget what was read on a branch that this block does not have behind it, or from another runtime.
	fn move_to(&mut self, block: BlockNumber, hash: &Digest) -> Result<(), String> {
		let version = self.source.runtime_version(hash)?;
		let fork = match self.last {
			Some((_, last, of)) if of == version => self.source.common_ancestor(&last, hash).unwrap_or_else(|why| {
				log::debug!(target: LOG_TARGET, "block {block}: what was read before is read again: {why}");
				0
			}),
			_ => 0,
		};
		self.members.retain(|_, held| held.read_at <= fork);
		self.catalogues.retain(|_, held| held.read_at <= fork);
		self.agreed.retain(|_, held| held.read_at <= fork);
		self.agreements.retain(|_, held| held.read_at <= fork);
		self.last = Some((block, *hash, version));
		Ok(())
	}

	fn channel(
		&mut self,
		block: BlockNumber,
		hash: &Digest,
		own: MemberId,
		standing: ChannelStanding,
	) -> Result<ChannelEntry, String> {
		let ChannelStanding { id, seller, issuer, .. } = standing;
		let partner = if seller == own { issuer } else { seller };
		let partner = self.member(block, hash, partner, standing.partner)?;
		let Catalogue { interfaces, products } = self.catalogue(block, hash, issuer, standing.catalogue)?;
		let Agreed { agreements, unread, .. } = self.agreed(block, hash, id, standing.agreements)?;
		Ok(ChannelEntry {
			id,
			seller,
			issuer,
			// A reason that came later than this software is a refusal all the same.
			authorisation: standing
				.authorisation
				.known()
				.unwrap_or(Err(Refusal::DirectoryUnreadable)),
			partner,
			interfaces,
			products,
			agreements,
			unread,
		})
	}

	fn member(
		&mut self,
		block: BlockNumber,
		hash: &Digest,
		id: MemberId,
		revision: Revision,
	) -> Result<Arc<MemberEntry>, String> {
		if let Some(held) = self.members.get(&id).filter(|held| held.is_of(revision)) {
			return Ok(held.value.clone());
		}
		let record = self.source.member(hash, id)?;
		let record = record.ok_or_else(|| format!("member {id} is not known"))?;
		let record = record
			.known()
			.ok_or_else(|| format!("member {id} is of a form that this version does not know"))?;
		let value = Arc::new(record.into_entry());
		let held = Held {
			value: value.clone(),
			read_at: block,
		};
		self.members.insert(id, held);
		Ok(value)
	}

	fn catalogue(
		&mut self,
		block: BlockNumber,
		hash: &Digest,
		issuer: MemberId,
		revision: Revision,
	) -> Result<Catalogue, String> {
		if let Some(held) = self.catalogues.get(&issuer).filter(|held| held.is_of(revision)) {
			return Ok(held.value.clone());
		}
		let interfaces = self.source.interfaces(hash, issuer)?;
		let mut products = Vec::new();
		let (mut after, mut pages) = (None, 0);
		loop {
			let page = self.source.products(hash, issuer, after)?;
			pages += 1;
			for entry in page.entries {
				match entry {
					Open::Known(product) => products.push(product),
					Open::Unknown(bytes) => log::warn!(
						target: LOG_TARGET,
						"block {block}: product {} is of a form that this version does not know; orders for it are refused",
						Open::<ProductEntry>::first::<ProductId>(&bytes)
							.map_or_else(|| "?".into(), |id| String::from_utf8_lossy(&id).into_owned()),
					),
				}
			}
			after = page.next;
			if after.is_none() {
				break;
			}
			if pages == MAX_PAGES {
				return Err(format!(
					"the products of member {issuer} have no end after {pages} pages"
				));
			}
		}
		products.sort_by(|a, b| {
			(a.status == ProductStatus::Closed, &a.id).cmp(&(b.status == ProductStatus::Closed, &b.id))
		});
		let value = Catalogue {
			interfaces: Arc::new(interfaces.into_iter().filter_map(Open::known).collect()),
			products: Arc::new(products),
		};
		let held = Held {
			value: value.clone(),
			read_at: block,
		};
		self.catalogues.insert(issuer, held);
		Ok(value)
	}

	fn agreed(
		&mut self,
		block: BlockNumber,
		hash: &Digest,
		channel: ChannelId,
		revision: Revision,
	) -> Result<Agreed, String> {
		let held = self.agreed.get(&channel);
		let still =
			|held: &&Held<Agreed>| held.is_of(revision) && held.value.next_change.is_none_or(|next| block < next);
		if let Some(held) = held.filter(still) {
			return Ok(held.value.clone());
		}
		let in_force = self.source.agreements_in_force(hash, channel)?;
		let (mut agreements, mut unread) = (Vec::new(), Vec::new());
		for id in in_force.agreements {
			match self.agreement(block, hash, id)? {
				Ok(entry) => agreements.push(entry),
				Err(it) => unread.push(it),
			}
		}
		let value = Agreed {
			agreements: Arc::new(agreements),
			unread: Arc::new(unread),
			next_change: in_force.next_change,
		};
		let held = Held {
			value: value.clone(),
			read_at: block,
		};
		if let Some(before) = self.agreed.insert(channel, held) {
			self.forget_agreements(&before.value, Some(&value));
		}
		Ok(value)
	}

	/// What is in force no longer is held no longer.
	fn forget_agreements(&mut self, before: &Agreed, now: Option<&Agreed>) {
		for id in before.ids() {
			if !now.is_some_and(|now| now.ids().any(|kept| kept == id)) {
				self.agreements.remove(&id);
			}
		}
	}

	fn agreement(
		&mut self,
		block: BlockNumber,
		hash: &Digest,
		id: AgreementId,
	) -> Result<Result<AgreementEntry, UnreadAgreement>, String> {
		if let Some(held) = self.agreements.get(&id) {
			return Ok(held.value.clone());
		}
		let record = self.source.agreement(hash, id)?;
		let record = record.ok_or_else(|| format!("agreement {id} is in force and not known"))?;
		let value = match record {
			Open::Known(record) => record.into_entry(),
			Open::Unknown(_) => Err(UnreadAgreement { id, scope: None }),
		};
		if value.is_err() {
			log::warn!(
				target: LOG_TARGET,
				"block {block}: agreement {id} has clauses that this version does not know; orders under it are refused",
			);
		}
		let held = Held {
			value: value.clone(),
			read_at: block,
		};
		self.agreements.insert(id, held);
		Ok(value)
	}

	/// Partners come and go; what is in no directory any more is held no longer.
	fn forget_all_but(&mut self, directory: &Directory) {
		let channels: HashSet<ChannelId> = directory.channels.iter().map(|c| c.id).collect();
		let issuers: HashSet<MemberId> = directory.channels.iter().map(|c| c.issuer).collect();
		let mut members: HashSet<MemberId> = directory.channels.iter().map(|c| c.partner.id).collect();
		members.insert(directory.member.id);
		self.members.retain(|id, _| members.contains(id));
		self.catalogues.retain(|id, _| issuers.contains(id));
		let gone: Vec<_> = self
			.agreed
			.keys()
			.filter(|id| !channels.contains(*id))
			.copied()
			.collect();
		for channel in gone {
			if let Some(held) = self.agreed.remove(&channel) {
				self.forget_agreements(&held.value, None);
			}
		}
	}
}

/// Reads the newest block whenever one came, and tells it. `news` says that there is something new, `newest` what it is. Blocks that
/// come while one is read are skipped up to the newest, so that what is told is never more than one read behind. Ends with `news`.
///
/// `run` runs a read where it may block.
pub async fn follow<S, R>(
	reader: Reader<S>,
	news: impl Stream<Item = ()>,
	newest: impl Fn() -> (BlockNumber, Digest),
	run: impl Fn(Box<dyn FnOnce() -> (Reader<S>, DirectoryAt) + Send>) -> R,
	told: watch::Sender<Option<Arc<DirectoryAt>>>,
) where
	S: Source,
	R: Future<Output = Option<(Reader<S>, DirectoryAt)>>,
{
	let mut reader = reader;
	// All that came until one looks is one piece of news.
	let mut news = std::pin::pin!(news.ready_chunks(1_024));
	let mut last = told.borrow().as_ref().map(|at| at.hash);
	while news.next().await.is_some() {
		let (block, hash) = newest();
		if last == Some(hash) {
			continue;
		}
		let read = move || {
			let at = reader.read(block, hash);
			(reader, at)
		};
		let Some((back, at)) = run(Box::new(read)).await else {
			return;
		};
		reader = back;
		last = Some(hash);
		told.send_replace(Some(Arc::new(at)));
	}
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
