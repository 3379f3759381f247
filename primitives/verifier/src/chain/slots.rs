// SPDX-License-Identifier: Apache-2.0

//! When blocks were made: each header names the slot in which its author made it.

use super::header::{DigestItem, Header, AURA};
use crate::rules::{Defect, Judge, Rule};
use alloc::{format, vec::Vec};
use sealane_primitives::{
	clauses::{Timestamp, UtcOffset},
	ids::BlockNumber,
};

/// Length of a slot in milliseconds: an author may make one block in each, and the header says in which.
pub const SLOT_MS: u64 = 2_000;

/// The slot of a header, and its time.
pub(crate) fn of(header: &Header) -> Result<(u64, Timestamp), Defect> {
	let mut slots = header.digest.iter().filter_map(|item| match item {
		DigestItem::PreRuntime(AURA, bytes) => Some(bytes),
		_ => None,
	});
	let fault = |why| Defect::new(Rule::SlotForm, format!("the header of block {} {why}", header.number));
	let bytes = slots.next().ok_or_else(|| fault("has no slot"))?;
	if slots.next().is_some() {
		return Err(fault("has two slots"));
	}
	let bytes: [u8; 8] = bytes[..]
		.try_into()
		.map_err(|_| fault("has a slot that is not 8 bytes long"))?;
	let slot = u64::from_le_bytes(bytes);
	let time = slot
		.checked_mul(SLOT_MS)
		.and_then(|ms| Timestamp::new(ms, UtcOffset::UTC).ok())
		.ok_or_else(|| fault("has a slot of the year 9999 or later"))?;
	Ok((slot, time))
}

/// That slots grow with the blocks. `shown` is in ascending order. Returns the time of each.
pub(crate) fn times(judge: Judge, shown: &[&Header]) -> Result<Vec<(BlockNumber, Timestamp)>, Defect> {
	let mut times = Vec::with_capacity(shown.len());
	let mut before: Option<(BlockNumber, u64)> = None;
	for header in shown {
		let (slot, time) = of(header)?;
		let number = header.number;
		if let Some((last, last_slot)) = before {
			let least = last_slot.saturating_add(number.saturating_sub(last).max(1).into());
			judge.demand(Rule::SlotOrder, slot >= least, || {
				format!("block {number} is of slot {slot}, but after block {last} of slot {last_slot} it is {least} at the earliest")
			})?;
		}
		before = Some((number, slot));
		times.push((number, time));
	}
	Ok(times)
}
