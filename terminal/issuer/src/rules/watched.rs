// SPDX-License-Identifier: Apache-2.0

//! Rules and prices as their files have them now.

use super::{Announced, Rules};
use crate::{error::Result, prices::Prices};
use std::{
	path::{Path, PathBuf},
	sync::Arc,
	time::SystemTime,
};
use tokio::sync::watch;

/// Rules and prices, read again when their files change. Files that cannot be read leave the ones of before in force.
pub struct WatchedRules {
	path: Option<PathBuf>,
	/// Those in force; others follow them.
	rules: watch::Sender<Arc<Rules>>,
	prices: Arc<Prices>,
	read: Vec<Option<Stamp>>,
	seen: Vec<Option<Stamp>>,
}

/// Length and time of the last change.
type Stamp = (u64, SystemTime);

fn stamp(path: &Path) -> Option<Stamp> {
	let meta = std::fs::metadata(path).ok()?;
	Some((meta.len(), meta.modified().ok()?))
}

fn prices_of(rules: &Rules) -> Result<Prices> {
	match &rules.nav_file {
		// A day begins without prices: the file may come later.
		Some(path) if path.exists() => Prices::read(path),
		_ => Ok(Prices::default()),
	}
}

impl WatchedRules {
	/// Reads both.
	///
	/// # Errors
	/// As [`Rules::read`] and [`Prices::read`].
	pub fn open(path: &Path) -> Result<Self> {
		let rules = Rules::read(path)?;
		let prices = prices_of(&rules)?;
		let mut watched = WatchedRules {
			path: Some(path.into()),
			prices: Arc::new(prices),
			rules: watch::Sender::new(Arc::new(rules)),
			read: Vec::new(),
			seen: Vec::new(),
		};
		watched.read = watched.stamps(path);
		watched.seen.clone_from(&watched.read);
		Ok(watched)
	}

	/// Rules that no file changes.
	pub fn fixed(rules: Rules, prices: Prices) -> Self {
		WatchedRules {
			path: None,
			rules: watch::Sender::new(Arc::new(rules)),
			prices: Arc::new(prices),
			read: Vec::new(),
			seen: Vec::new(),
		}
	}

	/// The rules.
	pub fn rules(&self) -> Arc<Rules> {
		self.rules.borrow().clone()
	}

	/// The rules in force, whenever they are asked for.
	pub fn follow(&self) -> watch::Receiver<Arc<Rules>> {
		self.rules.subscribe()
	}

	/// What is announced on chain now; says whether that is something new.
	pub(crate) fn announce(&mut self, announced: Announced) -> bool {
		let rules = self.rules();
		if rules.announced == announced {
			return false;
		}
		let rules = Rules {
			announced,
			..Rules::clone(&rules)
		};
		self.rules.send_replace(Arc::new(rules));
		true
	}

	/// The prices.
	pub fn prices(&self) -> Arc<Prices> {
		self.prices.clone()
	}

	fn stamps(&self, path: &Path) -> Vec<Option<Stamp>> {
		let rules = self.rules();
		let mut stamps = vec![stamp(path), rules.nav_file.as_deref().and_then(stamp)];
		stamps.extend(rules.calendar_files().iter().map(|file| stamp(file)));
		stamps
	}

	/// Looks whether a file has changed, and is complete: as it was at the last look. Says whether something new is in force.
	pub fn look(&mut self) -> bool {
		let Some(path) = self.path.clone() else { return false };
		let now = self.stamps(&path);
		let settled = now == self.seen && now != self.read;
		self.seen.clone_from(&now);
		if !settled {
			return false;
		}
		self.read = now;
		let read = Rules::read(&path).and_then(|rules| Ok((prices_of(&rules)?, rules)));
		match read {
			Ok((prices, mut rules)) => {
				rules.announced.clone_from(&self.rules().announced);
				tracing::info!(
					"rules read again: {} products, {} prices",
					rules.products.len(),
					prices.len()
				);
				self.prices = Arc::new(prices);
				self.rules.send_replace(Arc::new(rules));
				true
			}
			Err(error) => {
				tracing::error!("ALARM: rules or prices cannot be read, those of before stay in force: {error}");
				false
			}
		}
	}
}
