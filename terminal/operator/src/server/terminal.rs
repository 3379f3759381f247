// SPDX-License-Identifier: Apache-2.0

//! What the common part of the API asks of this server: its events, figures and alarms.

use super::{alarms, feed::KINDS, state::Shared};
use sealane_service::{events::EventPage, metrics::Figure, Answer, Terminal};
use sealane_terminal_core::db::Db;
use std::sync::Arc;

/// See the module.
pub struct OperatorTerminal {
	shared: Arc<Shared>,
	/// Through connections of the API's own.
	db: Db,
}

impl OperatorTerminal {
	pub fn new(shared: Arc<Shared>, db: Db) -> Self {
		OperatorTerminal { shared, db }
	}

	fn figures(&self) -> Vec<Figure> {
		let connected = i64::from(self.shared.link.state().connected);
		let watched = self.shared.watched();
		let number = |number: Option<u32>| number.map_or(-1, i64::from);
		let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
		vec![
			Figure::gauge("node_connected", "1: the node answers", connected),
			Figure::gauge(
				"best_block",
				"Number of the newest block; -1: none is known",
				number(watched.best().map(|best| best.number)),
			),
			Figure::gauge(
				"final_block",
				"Number of the newest final block; -1: none is known",
				number(watched.final_number()),
			),
			Figure::gauge(
				"motions_open",
				"Motions that are not closed",
				count(watched.motions().len()),
			),
			Figure::gauge(
				"validators_silent",
				"Validators that make no blocks in their turns",
				count(watched.silent().len()),
			),
			Figure::gauge(
				"finality_stands",
				"1: blocks come, and none became final for a minute",
				i64::from(watched.stands().is_some()),
			),
			Figure::gauge(
				"rpc_sockets",
				"Connections through which the node's methods are called",
				count(self.shared.sockets.open()),
			),
		]
	}
}

impl Terminal for OperatorTerminal {
	fn name(&self) -> &'static str {
		"operator"
	}

	fn kinds(&self) -> &'static [&'static str] {
		&KINDS
	}

	fn events<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, EventPage> {
		Box::pin(async move { self.shared.feed.page(after, limit) })
	}

	fn tail(&self) -> Answer<'_, String> {
		Box::pin(async {
			// Whoever asks whether the server is ready asks for the database.
			self.db.cursors().await?;
			Ok(self.shared.feed.tail())
		})
	}

	fn figures(&self) -> Answer<'_, Vec<Figure>> {
		Box::pin(async { Ok(self.figures()) })
	}

	fn alarms(&self) -> Answer<'_, Vec<String>> {
		Box::pin(async { Ok(alarms::of(&self.shared).into_iter().map(|alarm| alarm.words).collect()) })
	}
}
