// SPDX-License-Identifier: Apache-2.0

//! What two partners agreed on for their files: a TOML text. The same version number means other widths in other dialects, so a
//! profile, and never the version alone, chooses the dictionary.

use crate::{
	dictionary::{Dictionary, Format},
	framing::header::CountDigits,
	toml_text,
	value::{EmptyNumber, FieldType},
};
use std::collections::BTreeMap;
use time::UtcOffset;

/// Profiles that come with the program, by name.
pub const SHIPPED: [(&str, &str); 6] = [
	("ofd-2.0", include_str!("../profiles/ofd-2.0.toml")),
	("ofd-2.1", include_str!("../profiles/ofd-2.1.toml")),
	("ofd-2.1-2016", include_str!("../profiles/ofd-2.1-2016.toml")),
	("ofd-2.2", include_str!("../profiles/ofd-2.2.toml")),
	("bta-2.1", include_str!("../profiles/bta-2.1.toml")),
	("wdep-1.0", include_str!("../profiles/wdep-1.0.toml")),
];

/// The text of a profile.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
	/// A shipped profile that this one adds to.
	base: Option<String>,
	format: Option<Format>,
	/// Fields with another type than the version's.
	#[serde(default)]
	types: BTreeMap<String, String>,
	/// Kinds of files that have fewer fields, by their number.
	#[serde(default)]
	fields: BTreeMap<String, usize>,
	digits: Option<CountDigits>,
	#[serde(default)]
	parties: Parties,
	#[serde(default)]
	settings: Settings,
}

/// The codes of the two parties.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Parties {
	/// The seller's code in names and headers: DistributorCode in OFD, ten characters in WDEP.
	pub seller: String,
	/// The issuer's: its TA code in OFD, ten characters in WDEP.
	pub issuer: String,
	/// DistributorCode in records; the seller's code where it is empty.
	pub distributor: String,
	/// The interface that orders read from files name; none where it is empty.
	pub interface: String,
}

/// What the documents leave open, or two partners settle.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
	/// What stands in a number that nobody filled.
	pub empty_number: EmptyNumber,
	/// The zone of dates and times, `+08:00`.
	pub zone: String,
	/// Prefix of OFD's index file for this stream.
	pub index_prefix: String,
	/// ShareClass of applications: 0 front-end fee.
	pub share_class: String,
	/// ChargeType of applications: 0 by discount rate.
	pub charge_type: String,
	/// DiscountRateOfCommission and BackenloadDiscount: 1.0000 is no discount, 0 would be no fee at all.
	pub discount: String,
	/// BranchCode of applications; the distributor's where it is empty.
	pub branch: String,
	/// LargeRedemptionFlag where an order does not say: 1 carries the rest to the next day, 0 drops it.
	pub large_redemption: String,
	/// Line 6 of OFD's header.
	pub summary: String,
}

impl Default for Settings {
	fn default() -> Self {
		Settings {
			empty_number: EmptyNumber::Zeros,
			zone: "+08:00".into(),
			index_prefix: "OFI".into(),
			share_class: "0".into(),
			charge_type: "0".into(),
			discount: "1.0000".into(),
			branch: String::new(),
			large_redemption: "1".into(),
			summary: "001".into(),
		}
	}
}

/// A profile.
#[derive(Clone, Debug)]
pub struct Profile {
	/// The fields.
	pub dictionary: Dictionary,
	/// Digits of WDEP's counts.
	pub digits: CountDigits,
	/// The parties.
	pub parties: Parties,
	/// The settings.
	pub settings: Settings,
	/// The zone of dates and times.
	pub zone: UtcOffset,
}

/// The zone of dates and times where nobody says another: China's.
pub const fn usual_zone() -> UtcOffset {
	time::macros::offset!(+8)
}

impl Profile {
	/// A shipped profile.
	pub fn shipped(name: &str) -> Option<Self> {
		let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
		Self::parse(text).ok()
	}

	/// The profile in a TOML text.
	///
	/// # Errors
	/// What is wrong, in words: a key that nobody knows, a name that the dictionary does not have, a type, a zone, a code.
	pub fn parse(text: &str) -> Result<Self, String> {
		let own: Text = toml_text::read(text)?;
		let base: Text = match &own.base {
			None => Text::default(),
			Some(name) => {
				let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
				let (_, text) = SHIPPED
					.iter()
					.find(|(shipped, _)| shipped == name)
					.ok_or_else(|| format!("base: {name:?} is none of {}", names.join(", ")))?;
				toml_text::read(text)?
			}
		};
		let format = own
			.format
			.or(base.format)
			.ok_or("format: a profile names a format or a base")?;
		let mut dictionary = Dictionary::of(format);
		for (name, field_type) in base.types.iter().chain(&own.types) {
			let field_type: FieldType = field_type.parse().map_err(|rule| format!("types.{name}: {rule}"))?;
			dictionary
				.retype(name, field_type)
				.map_err(|rule| format!("types: {rule}"))?;
		}
		for (kind, count) in base.fields.iter().chain(&own.fields) {
			dictionary
				.truncate(kind, *count)
				.map_err(|rule| format!("fields: {rule}"))?;
		}
		let zone = time::macros::format_description!("[offset_hour sign:mandatory]:[offset_minute]");
		let zone = UtcOffset::parse(&own.settings.zone, zone).map_err(|_| {
			format!(
				"settings.zone: {:?} must be an offset such as +08:00",
				own.settings.zone
			)
		})?;
		check_codes(&own.parties, format)?;
		let profile = Profile {
			dictionary,
			digits: own.digits.or(base.digits).unwrap_or_default(),
			parties: own.parties,
			settings: own.settings,
			zone,
		};
		profile.check_widths()?;
		Ok(profile)
	}

	/// What stands in every record must fit its field: where it does not, no order could be written.
	fn check_widths(&self) -> Result<(), String> {
		let (own, branch) = (&self.parties.distributor, &self.settings.branch);
		for (key, own, code, name) in [
			("parties.distributor", own, self.distributor(), "DistributorCode"),
			("settings.branch", branch, self.branch(), "BranchCode"),
		] {
			let Some(field) = self.dictionary.field(name) else {
				continue;
			};
			let width = field.field_type.width;
			if code.len() > width {
				let whence = if own.is_empty() {
					", which stands for it where it is left out,"
				} else {
					""
				};
				return Err(format!(
					"{key}: {code:?}{whence} must have at most {width} bytes: the field {name} has no more"
				));
			}
		}
		Ok(())
	}

	/// The format.
	pub fn format(&self) -> Format {
		self.dictionary.format()
	}

	/// DistributorCode in records.
	pub fn distributor(&self) -> &str {
		match &*self.parties.distributor {
			"" => &self.parties.seller,
			code => code,
		}
	}

	/// BranchCode of applications.
	pub fn branch(&self) -> &str {
		match &*self.settings.branch {
			"" => self.distributor(),
			code => code,
		}
	}
}

fn check_codes(parties: &Parties, format: Format) -> Result<(), String> {
	for (name, code) in [("seller", &parties.seller), ("issuer", &parties.issuer)] {
		let plain = code.bytes().all(|byte| byte.is_ascii_alphanumeric());
		let fits = match format {
			Format::Wdep10 => code.len() == 10,
			_ => code.len() <= 20,
		};
		if !(code.is_empty() || plain && fits) {
			return Err(format!(
				"parties.{name}: {code:?} must be letters and digits, ten in WDEP, at most 20 in OFD"
			));
		}
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::record::Layout;

	#[test]
	fn every_shipped_profile_reads() {
		for (name, _) in SHIPPED {
			assert!(Profile::shipped(name).is_some(), "{name}");
		}
	}

	#[test]
	fn the_bta_dialect_has_its_published_lengths() {
		let profile = Profile::shipped("bta-2.1").expect("shipped");
		for (kind, len) in [
			("01", 1463),
			("02", 472),
			("03", 714),
			("04", 1287),
			("05", 212),
			("06", 463),
			("07", 1012),
		] {
			let layout = Layout::of_kind(&profile.dictionary, kind).expect("a kind");
			assert_eq!(layout.record_len(), len, "{kind}");
		}
	}

	#[test]
	fn a_partners_profile_adds_to_a_shipped_one() {
		let profile = Profile::parse(
			"base = 'bta-2.1'\n[types]\nFundCode = 'C32'\n[parties]\nseller = 'ZZ8'\nissuer = 'XQ'\n[settings]\nempty_number = 'blanks'\n",
		)
		.expect("a profile");
		let width = |name: &str| profile.dictionary.field(name).map(|field| field.field_type.width);
		assert_eq!((width("FundCode"), width("BranchCode")), (Some(32), Some(16)));
		assert_eq!((profile.distributor(), profile.branch()), ("ZZ8", "ZZ8"));
		assert_eq!(profile.settings.empty_number, EmptyNumber::Blanks);
	}

	#[test]
	fn what_is_wrong_is_named() {
		for (text, named) in [
			("", "format"),
			("format = 'ofd-3.0'", "ofd-3.0"),
			("base = 'x'", "bta-2.1"),
			("format = 'ofd-2.2'\nx = 1", "x"),
			("format = 'ofd-2.2'\n[types]\nNoSuch = 'C1'", "NoSuch"),
			("format = 'ofd-2.2'\n[types]\nNAV = 'Q1'", "Q1"),
			("format = 'ofd-2.2'\n[fields]\n'04' = 999", "999"),
			("format = 'ofd-2.2'\n[settings]\nzone = 'Shanghai'", "Shanghai"),
			("format = 'wdep-1.0'\n[parties]\nseller = 'ZZ8'", "ZZ8"),
			(
				"base = 'wdep-1.0'\n[parties]\nseller = 'ZZ80000001'",
				"parties.distributor",
			),
			(
				"base = 'ofd-2.2'\n[settings]\nbranch = '12345678901234567'",
				"settings.branch",
			),
			("base = 'ofd-2.2'\n[types\n", "line 2"),
		] {
			let error = Profile::parse(text).expect_err(text);
			assert!(error.contains(named), "{text}: {error}");
		}
	}
}
