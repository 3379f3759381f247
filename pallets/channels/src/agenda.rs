// SPDX-License-Identifier: Apache-2.0

//! The agenda: which channel's time ends when, and writing those ends.
//!
//! Every live channel is noted on the page of the minute in which its credential ends, and, where its terms name an
//! end, on the page of that block. A full page passes the note on to the next ones. At the end of each block, with the
//! weight that is left, pages that are due are worked off: two cursors remember how far, so that nothing is missed
//! where blocks are full or the chain stood still.

use crate::*;
use frame_support::{pallet_prelude::*, weights::WeightMeter};
use sealane_primitives::ids::*;

/// How many pages are tried from the one that a note belongs on.
pub(crate) const PAGES_TRIED: u32 = 16;
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

	pub(crate) fn later(self, by: u32) -> Self {
		match self {
			Page::Block(block) => Page::Block(block.saturating_add(by)),
			Page::Minute(minute) => Page::Minute(minute.saturating_add(by.into())),
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Notes `id` on the first page from `page` on that has room.
	fn note(page: Page, id: ChannelId) -> Result<Page, ()> {
		(0..PAGES_TRIED)
			.map(|by| page.later(by))
			.find(|page| Agenda::<T>::try_append(page, id).is_ok())
			.ok_or(())
	}

	fn strike(page: Page, id: ChannelId) {
		Agenda::<T>::mutate_exists(page, |entries| {
			if let Some(list) = entries {
				list.retain(|c| *c != id);
				if list.is_empty() {
					*entries = None;
				}
			}
		});
	}

	/// Notes when the credential of a new channel ends.
	pub(crate) fn note_credential(id: ChannelId, valid_until: Moment) -> Result<(), ()> {
		if !Cursor::<T>::exists() {
			// From the first note on, whatever happens to be noted is found, however late the agenda is first worked off.
			Cursor::<T>::put(AgendaCursor {
				block: Self::block(),
				minute: Self::moment() / MINUTE_MS,
			});
		}
		let credential = Self::note(Page::of_moment(valid_until), id)?;
		ChannelDeadlines::<T>::insert(
			id,
			Deadlines {
				credential,
				grant: None,
			},
		);
		Ok(())
	}

	/// Notes when the grant of a channel ends, in place of what was noted before.
	pub(crate) fn note_grant(id: ChannelId, valid_until: Option<BlockNumber>) -> Result<(), ()> {
		ChannelDeadlines::<T>::try_mutate(id, |deadlines| {
			let deadlines = deadlines.as_mut().ok_or(())?;
			if let Some(old) = deadlines.grant.take() {
				Self::strike(old, id);
			}
			deadlines.grant = valid_until
				.map(|until| Self::note(Page::Block(until), id))
				.transpose()?;
			Ok(())
		})
	}

	/// Takes an ended channel off the agenda.
	pub(crate) fn clear_deadlines(id: ChannelId) {
		if let Some(Deadlines { credential, grant }) = ChannelDeadlines::<T>::take(id) {
			Self::strike(credential, id);
			if let Some(page) = grant {
				Self::strike(page, id);
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
		while cursor.minute < minute && Self::work_off(Page::Minute(cursor.minute), &mut pages, &mut meter) {
			cursor.minute = cursor.minute.saturating_add(1);
		}
		if cursor.minute == minute {
			// Within the current minute some credentials may have ended; the page stays until the minute is over.
			Self::work_off(Page::Minute(minute), &mut pages, &mut meter);
		}
		if old != cursor {
			Cursor::<T>::put(cursor);
		}
		meter.consumed()
	}

	pub(crate) fn has_lapsed(id: ChannelId) -> bool {
		Channels::<T>::get(id).is_some_and(|c| c.lapsed_at(Self::block(), Self::moment()).is_some())
	}

	/// Ends what lapsed among the channels on `page`. Says whether all of them were looked at.
	fn work_off(page: Page, pages: &mut u32, meter: &mut WeightMeter) -> bool {
		if *pages == 0 || meter.try_consume(T::WeightInfo::agenda_page()).is_err() {
			return false;
		}
		*pages -= 1;
		for id in Agenda::<T>::get(page) {
			if meter.try_consume(T::WeightInfo::agenda_note()).is_err() {
				return false;
			}
			// On the page of the current minute there may be notes whose moment has not come.
			if !Self::has_lapsed(id) {
				continue;
			}
			if meter.try_consume(T::WeightInfo::agenda_end()).is_err() {
				return false;
			}
			Self::expire_if_lapsed(id);
		}
		true
	}
}
