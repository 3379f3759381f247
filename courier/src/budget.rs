// SPDX-License-Identifier: Apache-2.0

//! What one partner may take of this node. Every path on which a partner makes this node work draws from here, so that no partner, whatever it
//! sends, changes another's progress.
//!
//! * **Permits**: envelopes that are opened and checked at the same time. One that waits for those before it holds none.
//! * **Room**: bytes on their way to the disk; a part of the queue that own submissions never fill.
//! * **Parked**: bytes of envelopes that wait for those before them.
//! * **Work**: bytes received in a minute, with a fixed charge per request, and a higher one for what is refused.
//! * **Rejected**: bytes per minute that the disk takes of what this node itself rejects.
//! * **Repeats**: receipts per minute and lane for what was acknowledged before.
//!
//! Permits and room are lent: a partner may use three quarters of all while nobody else wants them. The last quarter is for those
//! that have less than an equal share.

use crate::clock::Ticks;
use crate::{api::LaneId, lane::Bucket};
use hashbrown::HashMap;
use parking_lot::Mutex;
use sealane_primitives::ids::MemberId;
use std::sync::Arc;

/// What all partners together, and each of them by itself, may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Envelopes that are opened and checked at the same time, over all partners.
	pub permits: usize,
	/// Bytes of all partners on their way to the disk.
	pub room: usize,
	/// Bytes of one partner that wait for others before them.
	pub parked: usize,
	/// KiB of one partner in a minute.
	pub work_kib: u32,
	/// KiB of one partner in a minute that this node rejects and stores all the same.
	pub rejected_kib: u32,
	/// Repeats on one lane in a minute that are answered from memory; a tenth as many are from the disk.
	pub repeats: u32,
}

/// Charged for each request, in KiB: about what it costs beside its bytes.
const REQUEST_KIB: u32 = 8;
/// Charged for one that is refused.
const REFUSED_KIB: u32 = 128;
/// Requests in a minute, made although the node said that it is busy, that are a flood.
const FLOOD: u32 = 1_000;
const MINUTE_MS: u64 = 60_000;

/// Something of which everybody may have a share.
#[derive(Debug)]
struct Pool {
	capacity: usize,
	used: usize,
	by: HashMap<MemberId, usize>,
}

impl Pool {
	fn new(capacity: usize) -> Self {
		Pool {
			capacity,
			used: 0,
			by: HashMap::new(),
		}
	}

	fn take(&mut self, member: MemberId, amount: usize) -> bool {
		let mine = self.by.get(&member).copied().unwrap_or(0);
		let sharers = self.by.len() + usize::from(mine == 0);
		// What is larger than all there is goes when nothing else does.
		let amount = amount.min(self.capacity);
		let lent = self.used + amount <= self.capacity - self.capacity / 4;
		let share = self.used + amount <= self.capacity && mine + amount <= (self.capacity / sharers.max(2)).max(1);
		let alone = self.used == 0;
		if lent || share || alone {
			self.used += amount;
			*self.by.entry(member).or_default() += amount;
			return true;
		}
		false
	}

	fn give(&mut self, member: MemberId, amount: usize) {
		let amount = amount.min(self.capacity);
		self.used = self.used.saturating_sub(amount);
		if let Some(mine) = self.by.get_mut(&member) {
			*mine = mine.saturating_sub(amount);
			if *mine == 0 {
				self.by.remove(&member);
			}
		}
	}
}

/// What is counted over time for one partner.
#[derive(Debug)]
struct Partner {
	parked: usize,
	work: Bucket,
	rejected: Bucket,
	/// Since when it is counted, requests beyond the budget since then, and whether that was said.
	flood: (Ticks, u32, bool),
}

#[derive(Debug)]
struct State {
	permits: Pool,
	room: Pool,
	partners: HashMap<MemberId, Partner>,
	repeats: HashMap<LaneId, (Bucket, Bucket)>,
}

impl State {
	fn partner(&mut self, limits: &Limits, member: MemberId, now: Ticks) -> &mut Partner {
		self.partners.entry(member).or_insert_with(|| Partner {
			parked: 0,
			work: Bucket::new(limits.work_kib, now),
			rejected: Bucket::new(limits.rejected_kib, now),
			flood: (now, 0, false),
		})
	}
}

/// The budgets of all partners.
#[derive(Debug)]
pub struct Budgets {
	limits: Limits,
	state: Mutex<State>,
}

/// Why a partner gets nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
	/// Which budget.
	pub what: &'static str,
	/// When to try again, in milliseconds.
	pub pause_ms: u64,
	/// The partner goes on although it was told to wait: said once in a minute.
	pub flooding: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
	Permit,
	Room,
	Parked,
}

/// A part of a budget, given back when dropped.
#[derive(Debug)]
pub struct Share {
	budgets: Arc<Budgets>,
	member: MemberId,
	kind: Kind,
	amount: usize,
}

impl Drop for Share {
	fn drop(&mut self) {
		let mut state = self.budgets.state.lock();
		match self.kind {
			Kind::Permit => state.permits.give(self.member, self.amount),
			Kind::Room => state.room.give(self.member, self.amount),
			Kind::Parked => {
				if let Some(partner) = state.partners.get_mut(&self.member) {
					partner.parked = partner.parked.saturating_sub(self.amount);
				}
			}
		}
	}
}

impl Budgets {
	/// Budgets of which nothing is taken.
	pub fn new(limits: Limits) -> Arc<Self> {
		Arc::new(Budgets {
			limits,
			state: Mutex::new(State {
				permits: Pool::new(limits.permits),
				room: Pool::new(limits.room),
				partners: HashMap::new(),
				repeats: HashMap::new(),
			}),
		})
	}

	/// Forget the partners that are none any more.
	pub fn retain(&self, is_partner: impl Fn(MemberId) -> bool, is_lane: impl Fn(&LaneId) -> bool) {
		let mut state = self.state.lock();
		state
			.partners
			.retain(|member, partner| partner.parked > 0 || is_partner(*member));
		state.repeats.retain(|lane, _| is_lane(lane));
	}

	/// A partner sent a request of `len` bytes: leave to open it.
	///
	/// # Errors
	/// When its minute is used up, or its share of permits.
	pub fn enter(self: &Arc<Self>, member: MemberId, len: usize, now: Ticks) -> Result<Share, Exhausted> {
		let mut state = self.state.lock();
		let cost = REQUEST_KIB + len.div_ceil(1024) as u32;
		let partner = state.partner(&self.limits, member, now);
		if now.saturating_sub(partner.flood.0) >= MINUTE_MS {
			partner.flood = (now, 0, false);
		}
		if let Err(pause_ms) = partner.work.take(cost, now) {
			partner.flood.1 += 1;
			let flooding = partner.flood.1 >= FLOOD && !partner.flood.2;
			partner.flood.2 |= flooding;
			return Err(Exhausted {
				what: "work",
				pause_ms,
				flooding,
			});
		}
		if !state.permits.take(member, 1) {
			return Err(exhausted("permits", 20));
		}
		Ok(self.share(member, Kind::Permit, 1))
	}

	/// What a partner sent is refused: that costs it more.
	pub fn refused(&self, member: MemberId, now: Ticks) {
		// Where the budget is used up already nothing more can be taken.
		let _ = self
			.state
			.lock()
			.partner(&self.limits, member, now)
			.work
			.take(REFUSED_KIB, now);
	}

	/// Room for so many bytes on their way to the disk, of which `rejected` are what this node rejects and what it says to that.
	///
	/// # Errors
	/// When the partner's share is taken.
	pub fn room(
		self: &Arc<Self>,
		member: MemberId,
		bytes: usize,
		rejected: usize,
		now: Ticks,
	) -> Result<Share, Exhausted> {
		let mut state = self.state.lock();
		if !state.room.take(member, bytes) {
			return Err(exhausted("room", 100));
		}
		if rejected > 0 {
			let kib = rejected.div_ceil(1024) as u32;
			if let Err(pause_ms) = state.partner(&self.limits, member, now).rejected.take(kib, now) {
				state.room.give(member, bytes);
				return Err(exhausted("rejected", pause_ms));
			}
		}
		Ok(self.share(member, Kind::Room, bytes))
	}

	/// Leave to keep an envelope of `bytes` until those before it are there.
	pub fn park(self: &Arc<Self>, member: MemberId, bytes: usize, now: Ticks) -> Option<Share> {
		let mut state = self.state.lock();
		let partner = state.partner(&self.limits, member, now);
		if partner.parked + bytes > self.limits.parked {
			return None;
		}
		partner.parked += bytes;
		Some(self.share(member, Kind::Parked, bytes))
	}

	/// Leave to answer a repeat, from memory or from the disk.
	///
	/// # Errors
	/// When there were too many on this lane.
	pub fn repeat(&self, lane: LaneId, from_disk: bool, now: Ticks) -> Result<(), Exhausted> {
		let rate = self.limits.repeats;
		let mut state = self.state.lock();
		let buckets = state.repeats.entry(lane);
		let buckets = buckets.or_insert_with(|| (Bucket::new(rate, now), Bucket::new((rate / 10).max(1), now)));
		let bucket = if from_disk { &mut buckets.1 } else { &mut buckets.0 };
		bucket.take(1, now).map_err(|pause_ms| exhausted("repeats", pause_ms))
	}

	fn share(self: &Arc<Self>, member: MemberId, kind: Kind, amount: usize) -> Share {
		Share {
			budgets: self.clone(),
			member,
			kind,
			amount,
		}
	}
}

fn exhausted(what: &'static str, pause_ms: u64) -> Exhausted {
	Exhausted {
		what,
		pause_ms,
		flooding: false,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const LIMITS: Limits = Limits {
		permits: 32,
		room: 1 << 20,
		parked: 1 << 16,
		work_kib: 60_000,
		rejected_kib: 600,
		repeats: 600,
	};

	#[test]
	fn idle_budget_is_lent_and_a_newcomer_gets_in() {
		let budgets = Budgets::new(LIMITS);
		let taken: Vec<_> = (0..100).map_while(|_| budgets.enter(1, 100, 0).ok()).collect();
		assert_eq!(taken.len(), 24, "three quarters");
		let other: Vec<_> = (0..100).map_while(|_| budgets.enter(2, 100, 0).ok()).collect();
		assert_eq!(other.len(), 8, "all that is left");
		drop(taken);
		assert!(budgets.enter(1, 100, 0).is_ok());
		let room = budgets
			.room(1, LIMITS.room * 2, 0, 0)
			.expect("what is larger than all goes alone");
		assert_eq!(budgets.room(2, 1, 0, 0).map(drop), Err(exhausted("room", 100)));
		drop(room);
		assert!(budgets.room(2, 1, 0, 0).is_ok());
	}

	#[test]
	fn work_is_counted_in_bytes_and_a_flood_is_said_once_a_minute() {
		let budgets = Budgets::new(LIMITS);
		let most = LIMITS.work_kib / (REQUEST_KIB + 1);
		for _ in 0..most {
			budgets.enter(1, 1024, 0).expect("is within the minute");
		}
		let mut said = 0;
		for _ in 0..3 * FLOOD {
			let denied = budgets.enter(1, 1024, 0).expect_err("the minute is used up");
			assert!(denied.pause_ms > 0);
			said += u32::from(denied.flooding);
		}
		assert_eq!(said, 1);
		assert!(budgets.enter(2, 1024, 0).is_ok(), "nobody else pays for it");
		assert!(budgets.enter(1, 1024, MINUTE_MS).is_ok());
	}

	#[test]
	fn rejected_bytes_and_repeats_have_budgets_of_their_own() {
		let budgets = Budgets::new(LIMITS);
		assert!(budgets.room(1, 4096, LIMITS.rejected_kib as usize * 1024, 0).is_ok());
		assert_eq!(
			budgets.room(1, 4096, 1024, 0).map_err(|e| e.what).map(drop),
			Err("rejected")
		);
		assert!(budgets.room(1, 4096, 0, 0).is_ok());
		let lane = LaneId {
			channel: 1,
			from: 2,
			to: 3,
		};
		assert_eq!(
			(0..1000).filter(|_| budgets.repeat(lane, false, 0).is_ok()).count(),
			600
		);
		assert_eq!((0..1000).filter(|_| budgets.repeat(lane, true, 0).is_ok()).count(), 60);
		assert!(budgets.park(1, LIMITS.parked + 1, 0).is_none());
		let parked = budgets.park(1, LIMITS.parked, 0).expect("fits");
		assert!(budgets.park(1, 1, 0).is_none());
		drop(parked);
		assert!(budgets.park(1, 1, 0).is_some());
	}

	proptest! {
		/// Whatever the others hold: who has nothing gets a permit as soon as there are fewer partners than a quarter of the permits.
		#[test]
		fn nobody_is_kept_out(takers in proptest::collection::vec(1u32..8, 0..200)) {
			let budgets = Budgets::new(LIMITS);
			let held: Vec<_> = takers.iter().filter_map(|member| budgets.enter(*member, 0, 0).ok()).collect();
			prop_assert!(held.len() <= LIMITS.permits);
			let free = LIMITS.permits - held.len();
			prop_assert_eq!(budgets.enter(99, 0, 0).is_ok(), free > 0);
		}
	}
}
