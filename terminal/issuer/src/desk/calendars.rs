// SPDX-License-Identifier: Apache-2.0

//! The calendars that are announced on chain, as the own node tells them. A node that does not answer leaves those of before in force.

use super::{Desk, Error, Result};
use crate::rules::{Announced, Rules};
use sealane_sdk::Client;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// How often the node is asked: a later version is announced an hour ahead or more.
const ASK_EVERY: Duration = Duration::from_secs(60);

/// When the node was asked last.
#[derive(Default)]
pub(super) struct Asked {
	at: Option<Instant>,
	/// It could not say; told once.
	failed: bool,
}

impl Asked {
	/// The rules may name other products now.
	pub(super) fn again(&mut self) {
		self.at = None;
	}
}

impl Desk {
	/// Asks where it is time; says whether another calendar is in force.
	///
	/// # Errors
	/// The node does not answer for the time being, and never has.
	pub(super) async fn look_at_calendars(&mut self) -> Result<bool> {
		if self.asked.at.is_some_and(|at| at.elapsed() < ASK_EVERY) {
			return Ok(false);
		}
		let is_first = self.asked.at.is_none();
		let rules = self.rules.rules();
		match announced(&self.client, &rules, self.issuer).await {
			Ok(announced) => {
				self.asked = Asked {
					at: Some(Instant::now()),
					failed: false,
				};
				let changed = self.rules.announce(announced);
				if changed {
					tracing::info!("calendars on chain: {}", self.announced_text());
				}
				Ok(changed)
			}
			// Nothing must be decided by a file while the chain may say otherwise.
			Err(error) if is_first && error.passes() => Err(error),
			Err(error) => {
				if !std::mem::replace(&mut self.asked.failed, true) {
					tracing::error!(
						"ALARM: the node does not say which calendars are announced, those of before stay in force: {error}"
					);
				}
				self.asked.at = Some(Instant::now());
				Ok(false)
			}
		}
	}

	fn announced_text(&self) -> String {
		let rules = self.rules.rules();
		let texts = rules.announced.iter().map(|(product, version)| {
			let (number, calendar) = (version.version, &version.calendar);
			format!("{product}: version {number}, {} to {}", calendar.first, calendar.last)
		});
		let texts: Vec<String> = texts.collect();
		if texts.is_empty() {
			return "none".into();
		}
		texts.join("; ")
	}
}

/// What is in force for the products with a daily desk. Not a method: a task cannot share the desk while it waits.
async fn announced(client: &Client, rules: &Rules, issuer: u32) -> Result<Announced> {
	let mut announced = Announced::new();
	for product in rules.daily() {
		let calendars = client.calendars(issuer, Some(product)).await?;
		let Some(version) = calendars.in_force else { continue };
		version
			.calendar
			.check()
			.map_err(|fault| Error::node(format!("the calendar of {product}: {fault}")))?;
		announced.insert(product.to_string(), Arc::new(version));
	}
	Ok(announced)
}
