// SPDX-License-Identifier: Apache-2.0

//! The node's JSON-RPC for pages: a WebSocket through which the few methods pass that a light client in a page needs, within bounds.
//!
//! Each connection of a page has one of its own to the node, so what a page subscribes to ends with it, and no page sees another's.
//! What passes is written anew from its parts: the node reads the very method that was looked at here.

mod methods;
mod proxy;

pub use methods::MAX_MESSAGE;
pub use proxy::{serve, User};

use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::Failure;
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Connections of all users.
const MAX_SOCKETS: usize = 64;
/// Connections of one user.
const MAX_PER_USER: usize = 8;

/// Who is connected. Cloning gives the same.
#[derive(Clone, Default)]
pub struct Sockets(Arc<Mutex<HashMap<Arc<str>, usize>>>);

/// The place of a connection, until it is dropped.
pub struct Place {
	sockets: Sockets,
	user: Arc<str>,
}

impl Sockets {
	/// How many connections there are.
	pub fn open(&self) -> usize {
		self.users().values().sum()
	}

	/// A place for one more connection of a user.
	///
	/// # Errors
	/// All are taken.
	pub fn enter(&self, user: &Arc<str>) -> Result<Place, Failure> {
		let mut users = self.users();
		let (all, own) = (
			users.values().sum::<usize>(),
			users.get(user).copied().unwrap_or_default(),
		);
		if all >= MAX_SOCKETS || own >= MAX_PER_USER {
			let detail =
				format!("{own} connections of this user and {all} of all; at most {MAX_PER_USER} and {MAX_SOCKETS}");
			let problem = Problem::new(ProblemCode::Busy, detail).with_retry_after_ms(5_000);
			return Err(problem.into());
		}
		*users.entry(user.clone()).or_default() += 1;
		Ok(Place {
			sockets: self.clone(),
			user: user.clone(),
		})
	}

	fn users(&self) -> MutexGuard<'_, HashMap<Arc<str>, usize>> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl Drop for Place {
	fn drop(&mut self) {
		let mut users = self.sockets.users();
		if let Some(own) = users.get_mut(&self.user) {
			*own -= 1;
			if *own == 0 {
				users.remove(&self.user);
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn one_user_does_not_take_the_places_of_all() {
		let sockets = Sockets::default();
		let user = |number: usize| Arc::<str>::from(format!("user-{number}"));
		let mut places: Vec<Place> = (0..MAX_PER_USER).map(|_| sockets.enter(&user(0)).unwrap()).collect();
		assert!(sockets.enter(&user(0)).is_err());
		for number in 0..MAX_SOCKETS - MAX_PER_USER {
			places.push(sockets.enter(&user(1 + number)).unwrap());
		}
		assert!(sockets.enter(&user(9_999)).is_err(), "all are taken");
		assert_eq!(sockets.open(), MAX_SOCKETS);
		places.clear();
		assert_eq!(sockets.open(), 0);
		assert!(sockets.users().is_empty(), "nobody is remembered");
	}
}
