// SPDX-License-Identifier: Apache-2.0

//! Names of data files and of the files that list them.

use crate::{dictionary::Format, fault::Fault, value::is_date};

/// What the name of a data file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataName {
	/// Who made it: `<creator>` in OFD, the ten characters of the sender in WDEP.
	pub creator: String,
	/// For whom it is.
	pub receiver: String,
	/// Business date, `YYYYMMDD`.
	pub date: String,
	/// Kind of file: `03`, `005`.
	pub kind: String,
	/// Number of the part, from 1; `None` for OFD's file in one part.
	pub part: Option<u32>,
}

/// Length of WDEP's codes of institutions.
const WDEP_PARTY: usize = 10;

impl DataName {
	/// Reads a name. Case does not count.
	///
	/// # Errors
	/// A name that is not of the format.
	pub fn parse(format: Format, name: &str) -> Result<Self, Fault> {
		let fault = |rule: &str| Fault::told("name of the file", name, rule);
		let stem = match name.split_at_checked(name.len().saturating_sub(4)) {
			Some((stem, end)) if end.eq_ignore_ascii_case(".txt") => stem,
			_ => return Err(fault("the name must end in .txt")),
		};
		let parsed = match format {
			Format::Wdep10 => {
				Self::wdep(stem).ok_or("the name must be <sender>-<receiver>-<kind>-<YYYYMMDD>-<part>.txt")
			}
			_ => Self::ofd(stem).ok_or("the name must be OFD_<creator>_<receiver>_<YYYYMMDD>_<kind>[_<part>].TXT"),
		}
		.map_err(fault)?;
		match is_date(&parsed.date) {
			true => Ok(parsed),
			false => Err(fault("the date must be a day YYYYMMDD")),
		}
	}

	fn ofd(stem: &str) -> Option<Self> {
		let parts: Vec<&str> = stem.split('_').collect();
		let [first, creator, receiver, date, kind, rest @ ..] = &parts[..] else {
			return None;
		};
		let part = match rest {
			[] => None,
			[part] => Some(number(part)?),
			_ => return None,
		};
		(first.eq_ignore_ascii_case("OFD") && kind.len() == 2 && !creator.is_empty() && !receiver.is_empty()).then(
			|| DataName {
				creator: creator.to_string(),
				receiver: receiver.to_string(),
				date: date.to_string(),
				kind: kind.to_uppercase(),
				part,
			},
		)
	}

	fn wdep(stem: &str) -> Option<Self> {
		let parts: Vec<&str> = stem.splitn(5, '-').collect();
		let [creator, receiver, kind, date, part] = parts[..] else {
			return None;
		};
		// What stands behind the number of the part is not known; it is left alone.
		let digits = part.bytes().take_while(u8::is_ascii_digit).count();
		(creator.len() == WDEP_PARTY && receiver.len() == WDEP_PARTY && kind.len() == 3).then_some(())?;
		Some(DataName {
			creator: creator.into(),
			receiver: receiver.into(),
			date: date.into(),
			kind: kind.into(),
			part: number(&part[..digits]),
		})
	}

	/// The name as the format writes it.
	pub fn format(&self, format: Format) -> String {
		let DataName {
			creator,
			receiver,
			date,
			kind,
			part,
		} = self;
		match (format, part) {
			(Format::Wdep10, part) => format!("{creator}-{receiver}-{kind}-{date}-{:02}.txt", part.unwrap_or(1)),
			(_, None) => format!("OFD_{creator}_{receiver}_{date}_{kind}.TXT"),
			(_, Some(part)) => format!("OFD_{creator}_{receiver}_{date}_{kind}_{part:03}.TXT"),
		}
	}

	/// The name of the file that lists this one: with `prefix` (`OFI`, `OFJ`, …) in OFD, one per kind in WDEP.
	pub fn index(&self, format: Format, prefix: &str) -> String {
		let DataName {
			creator,
			receiver,
			date,
			kind,
			..
		} = self;
		match format {
			Format::Wdep10 => format!("COUNT-{creator}-{receiver}-{kind}-{date}.txt"),
			_ => format!("{prefix}_{creator}_{receiver}_{date}.TXT"),
		}
	}
}

fn number(text: &str) -> Option<u32> {
	let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
	digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_are_read_as_they_are_written() {
		for (format, name) in [
			(Format::Ofd22, "OFD_ZZ8_XQ_20261124_03.TXT"),
			(Format::Ofd21, "OFD_ZZ8_XQ_20261124_03_002.TXT"),
			(Format::Wdep10, "ZZ80000001-XQ00000001-005-20261124-01.txt"),
		] {
			let parsed = DataName::parse(format, name).expect("a name");
			assert_eq!(parsed.format(format), name);
			assert_eq!(
				DataName::parse(format, &name.to_lowercase()).map(|name| name.part),
				Ok(parsed.part)
			);
		}
		let name = DataName::parse(Format::Ofd22, "ofd_ZZ8_XQ_20261124_03.txt").expect("case does not count");
		assert_eq!(name.index(Format::Ofd22, "OFI"), "OFI_ZZ8_XQ_20261124.TXT");
		let name = DataName::parse(Format::Wdep10, "ZZ80000001-XQ00000001-005-20261124-01-x.TXT").expect("any end");
		assert_eq!((name.part, &*name.kind), (Some(1), "005"));
		assert_eq!(
			name.index(Format::Wdep10, "OFI"),
			"COUNT-ZZ80000001-XQ00000001-005-20261124.txt"
		);
	}

	#[test]
	fn what_is_no_name_is_refused() {
		for name in [
			"",
			"x",
			"汉字",
			"OFD_ZZ8_XQ_20261124_03",
			"OFD_ZZ8_XQ_20261324_03.TXT",
			"OFD_ZZ8_XQ_20261124_3.TXT",
			"OFD_ZZ8_XQ_20261124_03_1_2.TXT",
			"OFD__XQ_20261124_03.TXT",
			"OFI_ZZ8_XQ_20261124.TXT",
		] {
			assert!(DataName::parse(Format::Ofd22, name).is_err(), "{name}");
		}
		for name in [
			"ZZ8-XQ00000001-005-20261124-01.txt",
			"ZZ80000001-XQ00000001-05-20261124-01.txt",
			"a-b.txt",
		] {
			assert!(DataName::parse(Format::Wdep10, name).is_err(), "{name}");
		}
	}
}
