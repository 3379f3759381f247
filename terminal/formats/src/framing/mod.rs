// SPDX-License-Identifier: Apache-2.0

//! What stands around the records of a data file, and the files that list the files of a set.
//!
//! * [`lines`]: bounded reading of lines, with their offsets.
//! * [`header`]: the lines before the records.
//! * [`index`]: the index file of OFD and the count file of WDEP.

pub mod header;
pub mod index;
pub mod lines;

use crate::dictionary::Format;

/// First and last lines, and widths of the lines of a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
	pub(crate) data_first: &'static str,
	pub(crate) data_last: &'static str,
	pub(crate) index_first: &'static str,
	pub(crate) index_last: &'static str,
	/// `None` in WDEP, whose header names no parties.
	pub(crate) widths: Option<Widths>,
}

/// Widths of the padded lines of OFD.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Widths {
	pub(crate) version: usize,
	pub(crate) party: usize,
	pub(crate) summary: usize,
	pub(crate) kind: usize,
	pub(crate) fields: usize,
	pub(crate) records: usize,
	pub(crate) files: usize,
}

/// Width of date, sender and recipient in OFD.
pub(crate) const DATE: usize = 8;

pub(crate) const fn frame(format: Format) -> Frame {
	let widths = match format {
		Format::Ofd20 | Format::Ofd21 => Some(Widths {
			version: 4,
			party: 9,
			summary: 3,
			kind: 2,
			fields: 3,
			records: 8,
			files: 3,
		}),
		Format::Ofd22 => Some(Widths {
			version: 8,
			party: 20,
			summary: 8,
			kind: 8,
			fields: 8,
			records: 16,
			files: 8,
		}),
		Format::Wdep10 => None,
	};
	match widths {
		Some(_) => Frame {
			data_first: "OFDCFDAT",
			data_last: "OFDCFEND",
			index_first: "OFDCFIDX",
			index_last: "OFDCFEND",
			widths,
		},
		None => Frame {
			data_first: "WDEP",
			data_last: "WDEPEND",
			index_first: "WDEPCOUNT",
			index_last: "WDEPCOUNTEND",
			widths,
		},
	}
}
