// SPDX-License-Identifier: Apache-2.0

//! The agenda: which channel's time ends when, and writing those ends.
//!
//! Every live channel is noted on the page of the minute in which its credential ends, and, where its terms name an
//! end, on the page of that block. A page takes any number of notes: agreements end with the year, all of them at once, and
//! nobody must be able to fill the moment at which others' end. At the end of each block, with the weight that is left, pages
//! that are over are worked off, as many notes as fit: two cursors remember how far, so that nothing is missed where blocks
//! are full or the chain stood still.

use crate::*;
use frame_support::{pallet_prelude::*, weights::WeightMeter};
use sealane_primitives::ids::*;

/// Most pages that are looked at in one block, so that catching up after a standstill leaves room for others. At
/// this rate a day of minutes takes two blocks.
pub(crate) const PAGES_PER_BLOCK: u32 = 1_024;
/// Length of a minute, in milliseconds.
const MINUTE_MS: Moment = 60_000;

impl Page {
	/// The page of the minute of `moment`.
	pub(crate) fn of_moment(moment: Moment) -> Self {
		Page::Minute(moment / MINUTE_MS)
	}
}

impl<T: Config> Pallet<T> {
	/// Notes when the credential of a new channel ends.
	pub(crate) fn note_credential(id: ChannelId, valid_until: Moment) {
		if !Cursor::<T>::exists() {
			// From the first note on, whatever happens to be noted is found, however late the agenda is first worked off.
			Cursor::<T>::put(AgendaCursor {
				block: Self::block(),
				minute: Self::moment() / MINUTE_MS,
			});
		}
		let credential = Page::of_moment(valid_until);
		Agenda::<T>::insert(credential, id, ());
		ChannelDeadlines::<T>::insert(
			id,
			Deadlines {
				credential,
				grant: None,
			},
		);
	}

	/// Notes when the grant of a live channel ends, in place of what was noted before.
	pub(crate) fn note_grant(id: ChannelId, valid_until: Option<BlockNumber>) {
		ChannelDeadlines::<T>::mutate(id, |deadlines| {
			let Some(deadlines) = deadlines else { return };
			if let Some(old) = deadlines.grant.take() {
				Agenda::<T>::remove(old, id);
			}
			deadlines.grant = valid_until.map(Page::Block);
			if let Some(page) = deadlines.grant {
				Agenda::<T>::insert(page, id, ());
			}
		})
	}

	/// Takes an ended channel off the agenda.
	pub(crate) fn clear_deadlines(id: ChannelId) {
		if let Some(Deadlines { credential, grant }) = ChannelDeadlines::<T>::take(id) {
			Agenda::<T>::remove(credential, id);
			if let Some(page) = grant {
				Agenda::<T>::remove(page, id);
			}
		}
	}

	/// Works off what is due within `limit`; returns what it used.
	pub(crate) fn work_off_agenda(limit: Weight) -> Weight {
		let mut meter = WeightMeter::with_limit(limit);
		if meter.try_consume(T::WeightInfo::agenda_base()).is_err() {
			return Weight::zero();
		}
		let (block, moment) = (Self::block(), Self::moment());
		let minute = moment / MINUTE_MS;
		// Without a cursor nothing was ever noted.
		let Some(old) = Cursor::<T>::get() else {
			return meter.consumed();
		};
		let mut cursor = old;
		let mut pages = PAGES_PER_BLOCK;
		while cursor.block <= block && Self::work_off(Page::Block(cursor.block), &mut pages, &mut meter) {
			cursor.block = cursor.block.saturating_add(1);
		}
		// The page of a minute is worked off once the minute is over: during it, every block would have to look at all its notes.
		while cursor.minute < minute && Self::work_off(Page::Minute(cursor.minute), &mut pages, &mut meter) {
			cursor.minute = cursor.minute.saturating_add(1);
		}
		if old != cursor {
			Cursor::<T>::put(cursor);
		}
		meter.consumed()
	}

	/// Ends the channels on `page`, whose time is over. Says whether all of them were.
	fn work_off(page: Page, pages: &mut u32, meter: &mut WeightMeter) -> bool {
		if *pages == 0 || meter.try_consume(T::WeightInfo::agenda_page()).is_err() {
			return false;
		}
		*pages -= 1;
		// Each end takes the note away that it was found by.
		for id in Agenda::<T>::iter_key_prefix(page) {
			if meter.try_consume(T::WeightInfo::agenda_end()).is_err() {
				return false;
			}
			Self::expire_if_lapsed(id);
		}
		true
	}
}
