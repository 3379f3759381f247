// SPDX-License-Identifier: Apache-2.0

//! Whether a node that crashed now would find what it has.

use crate::{
	api::LaneId,
	book::{Book, LaneBook},
	handle::Handle,
	library::Library,
	recovery::{Progress, Rebuild},
	store::{disk::Disk, Opened, Options},
};
use sealane_primitives::ids::MemberId;
use std::{collections::BTreeSet, sync::Arc};

/// Recovers from `disk`, which holds the files of this node as a crash of the process would leave them, and compares what comes of
/// it with what the running node has: lanes, anchors, and where it finds the orders `ids` (seller and id). No group may be in the making.
///
/// # Errors
/// The first difference, in words.
pub fn recovers_alike(handle: &Handle, disk: Arc<dyn Disk>, ids: &[(MemberId, String)]) -> Result<(), String> {
	let courier = handle.courier();
	let mut options = Options::new(&courier.config.folder);
	options.disk = disk;
	let (opened, _) = Opened::open(options, |_| {}).map_err(|e| format!("the log does not open: {e}"))?;
	let rebuilt = Rebuild::from_log(&opened.reader(), false, &Progress::default())
		.map_err(|e| format!("the log cannot be read: {e}"))?;
	let Rebuild {
		book, numbers, index, ..
	} = rebuilt;
	if book.quarantine.records > 0 {
		return Err(format!("{} records cannot be interpreted", book.quarantine.records));
	}
	same_books(&courier.library.book.read(), &book)?;
	let library = Library::new(book, index, numbers, opened.reader(), courier.config.cache_bytes);
	for (seller, id) in ids {
		let place = |library: &Library| {
			let found = library.find(library.key(*seller, false, id), id);
			found
				.map(|found| found.map(|(view, ordinal)| (view.position, ordinal)))
				.map_err(|e| format!("order {id} of member {seller} cannot be looked up: {e}"))
		};
		let (now, then) = (place(&courier.library)?, place(&library)?);
		if now != then {
			return Err(format!(
				"order {id} of member {seller} is found at {now:?} (position, entry), after a crash at {then:?}"
			));
		}
	}
	Ok(())
}

/// Whether this node was told to take over and did not yet.
pub fn is_taking_over(handle: &Handle) -> bool {
	handle.courier().is_taking_over()
}

fn same_books(now: &Book, then: &Book) -> Result<(), String> {
	let lanes: BTreeSet<_> = now.lanes.keys().chain(then.lanes.keys()).copied().collect();
	for id in lanes {
		let empty = LaneBook::default();
		let lane = |book: &'_ Book| book.lanes.get(&id).map(|lane| describe(id, lane));
		let (a, b) = (
			lane(now).unwrap_or_else(|| describe(id, &empty)),
			lane(then).unwrap_or_else(|| describe(id, &empty)),
		);
		if a != b {
			let differs = a.iter().zip(&b).find(|(a, b)| a != b);
			return Err(match differs {
				Some((a, b)) => format!("lane {id}: {a}; after a crash {b}"),
				None => format!("lane {id}: {} packets; after a crash {}", a.len(), b.len()),
			});
		}
	}
	if now.stores != then.stores {
		return Err(format!("stores are {:?}; after a crash {:?}", now.stores, then.stores));
	}
	let (a, b) = (now.batches.describe(), then.batches.describe());
	match a.symmetric_difference(&b).next() {
		None => Ok(()),
		Some(differs) if a.contains(differs) => Err(format!("{differs}; after a crash that is not so")),
		Some(differs) => Err(format!("after a crash {differs}; now that is not so")),
	}
}

/// A lane as text, one line for it and one per packet.
fn describe(id: LaneId, lane: &LaneBook) -> Vec<String> {
	let last = lane.last_header();
	let head = format!(
		"{id} delivered {} closed {:?} last header {last:?}",
		lane.delivered, lane.closed
	);
	let packets = lane.slots.iter().enumerate().map(|(sequence, slot)| {
		let answered: Vec<_> = (0..slot.count).filter(|i| slot.bits.get(*i)).collect();
		format!(
			"packet {sequence} at {} with {} entries, {:?}, answered {answered:?} by {:?}, batch {:?}",
			slot.position, slot.count, slot.kind, slot.answers, slot.batch
		)
	});
	std::iter::once(head).chain(packets).collect()
}
