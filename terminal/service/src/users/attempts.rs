// SPDX-License-Identifier: Apache-2.0

//! How often passwords are tried from one address. Each try costs tens of milliseconds of a core, and whoever reaches the port can ask for
//! one: no address gets more than its share, and all together no more than a short queue.

use std::{
	collections::HashMap,
	net::{IpAddr, Ipv6Addr},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::{Duration, Instant},
};

/// Tries of one address that wait or are compared at the same time.
const AT_ONCE: u32 = 8;
/// Those of all addresses.
const ALL_AT_ONCE: usize = 64;
/// Wrong tries of one address for which nobody waits.
const BURST: u32 = 20;
/// After those one more comes each time this has passed.
const ONE_MORE: Duration = Duration::from_secs(3);
/// What comes too early may come again after this.
const SOON: Duration = Duration::from_secs(1);
/// Addresses that are remembered.
const MAX_ADDRESSES: usize = 4_096;

/// Who tries passwords. Cloning gives the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempts {
	tries: Arc<Mutex<Tries>>,
}

#[derive(Debug, Default)]
struct Tries {
	under_way: usize,
	addresses: HashMap<IpAddr, Address>,
}

#[derive(Debug)]
struct Address {
	under_way: u32,
	/// When all its tries will be paid for, at one each [`ONE_MORE`].
	paid_at: Instant,
}

/// The place of a try; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
	attempts: Attempts,
	address: IpAddr,
}

impl Attempts {
	/// A place for a try from this address.
	///
	/// # Errors
	/// There is none: how long to wait for one.
	pub fn enter(&self, address: IpAddr) -> Result<Place, Duration> {
		let (address, now) = (whose(address), Instant::now());
		let mut tries = self.lock();
		if tries.under_way >= ALL_AT_ONCE {
			return Err(SOON);
		}
		if !tries.addresses.contains_key(&address) {
			tries.make_room(now);
		}
		let entry = tries.addresses.entry(address).or_insert(Address {
			under_way: 0,
			paid_at: now,
		});
		if entry.under_way >= AT_ONCE {
			return Err(SOON);
		}
		let paid_at = entry.paid_at.max(now) + ONE_MORE;
		let early = paid_at.saturating_duration_since(now + ONE_MORE * BURST);
		if !early.is_zero() {
			return Err(early);
		}
		entry.paid_at = paid_at;
		entry.under_way += 1;
		tries.under_way += 1;
		Ok(Place {
			attempts: self.clone(),
			address,
		})
	}

	fn lock(&self) -> MutexGuard<'_, Tries> {
		self.tries.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl Tries {
	/// Forgets who has paid; where all have not, the one that will have first and has no try under way.
	fn make_room(&mut self, now: Instant) {
		if self.addresses.len() < MAX_ADDRESSES {
			return;
		}
		self.addresses
			.retain(|_, address| address.under_way > 0 || address.paid_at > now);
		if self.addresses.len() < MAX_ADDRESSES {
			return;
		}
		let idle = self.addresses.iter().filter(|(_, address)| address.under_way == 0);
		if let Some(first) = idle.min_by_key(|(_, address)| address.paid_at).map(|(ip, _)| *ip) {
			self.addresses.remove(&first);
		}
	}
}

impl Place {
	/// The password was right: the try costs nothing.
	pub fn right(self) {
		let mut tries = self.attempts.lock();
		if let Some(address) = tries.addresses.get_mut(&self.address) {
			address.paid_at = address.paid_at.checked_sub(ONE_MORE).unwrap_or(address.paid_at);
		}
	}
}

impl Drop for Place {
	fn drop(&mut self) {
		let mut tries = self.attempts.lock();
		tries.under_way = tries.under_way.saturating_sub(1);
		if let Some(address) = tries.addresses.get_mut(&self.address) {
			address.under_way = address.under_way.saturating_sub(1);
		}
	}
}

/// One client has one address of IPv4, and a network of 2^64 of IPv6.
fn whose(address: IpAddr) -> IpAddr {
	match address.to_canonical() {
		IpAddr::V6(ip) => {
			let [a, b, c, d, ..] = ip.segments();
			Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
		}
		ip => ip,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn ip(text: &str) -> IpAddr {
		text.parse().unwrap()
	}

	#[test]
	fn an_address_has_its_share_and_others_have_theirs() {
		let attempts = Attempts::default();
		let held: Vec<_> = (0..AT_ONCE).map(|_| attempts.enter(ip("10.0.0.1")).unwrap()).collect();
		assert_eq!(attempts.enter(ip("10.0.0.1")).unwrap_err(), SOON, "at once");
		assert_eq!(
			attempts.enter(ip("::ffff:10.0.0.1")).unwrap_err(),
			SOON,
			"the same client"
		);
		assert!(attempts.enter(ip("10.0.0.2")).is_ok());
		drop(held);
		for _ in AT_ONCE..BURST {
			drop(attempts.enter(ip("10.0.0.1")).unwrap());
		}
		let wait = attempts.enter(ip("10.0.0.1")).unwrap_err();
		assert!(wait <= ONE_MORE && !wait.is_zero(), "{wait:?}");
		assert!(attempts.enter(ip("10.0.0.2")).is_ok());
	}

	#[test]
	fn right_passwords_cost_nothing() {
		let attempts = Attempts::default();
		for _ in 0..BURST * 3 {
			attempts.enter(ip("2001:db8::1")).unwrap().right();
		}
		for _ in 0..BURST {
			drop(attempts.enter(ip("2001:db8::1")).unwrap());
		}
		assert!(attempts.enter(ip("2001:db8::ffff:1")).is_err(), "the same network");
	}

	#[test]
	fn all_together_have_a_short_queue_and_little_memory() {
		let attempts = Attempts::default();
		let address = |number: u32| IpAddr::from(number.to_be_bytes());
		let held: Vec<_> = (0..ALL_AT_ONCE as u32)
			.map(|number| attempts.enter(address(number)).unwrap())
			.collect();
		assert_eq!(attempts.enter(address(9_999)).unwrap_err(), SOON);
		drop(held);
		for number in 0..2 * MAX_ADDRESSES as u32 {
			drop(attempts.enter(address(number)).unwrap());
		}
		assert!(attempts.lock().addresses.len() <= MAX_ADDRESSES);
		assert_eq!(attempts.lock().under_way, 0);
	}
}
