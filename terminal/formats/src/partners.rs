// SPDX-License-Identifier: Apache-2.0

//! The profiles of all partners: which of them a file is read with is said by the parties that it names.

use crate::{
	dictionary::Format,
	fault::{Error, Fault},
	framing::index::Index,
	name::DataName,
	profile::Profile,
};
use std::{
	fs::File,
	io::BufReader,
	path::{Path, PathBuf},
};

/// Profiles, in the order in which they are tried.
#[derive(Clone, Debug, Default)]
pub struct Partners(Vec<Profile>);

impl Partners {
	/// These profiles.
	pub fn new(profiles: Vec<Profile>) -> Self {
		Partners(profiles)
	}

	/// The profiles in these TOML files; a name of a shipped profile stands for it.
	///
	/// # Errors
	/// The name of the file and what is wrong with it.
	pub fn read(paths: &[PathBuf]) -> Result<Self, String> {
		paths
			.iter()
			.map(|path| profile(path))
			.collect::<Result<_, _>>()
			.map(Partners)
	}

	/// Whether there is none.
	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	/// The profiles.
	pub fn iter(&self) -> impl Iterator<Item = &Profile> {
		self.0.iter()
	}

	/// The profile that a data file of this name is read with: the first of whose format the name is, and whose parties it names.
	pub fn of_data(&self, name: &str) -> Option<(&Profile, DataName)> {
		self.0.iter().find_map(|profile| {
			let name = DataName::parse(profile.format(), name).ok()?;
			is_between(profile, &name.creator, &name.receiver).then_some((profile, name))
		})
	}

	/// The profile that an index is read with, and what it lists. OFD's names its parties; WDEP's in its own name and in those that
	/// it lists.
	///
	/// # Errors
	/// An index that no profile reads, or of parties that no profile has.
	pub fn of_index(&self, path: &Path) -> Result<(&Profile, Index), Error> {
		let mut first_fault = None;
		let name = path.file_name().unwrap_or_default().to_string_lossy();
		for profile in &self.0 {
			let file = File::open(path).map_err(Error::io(format!("opening {}", path.display())))?;
			match Index::read(BufReader::new(file), profile.format()) {
				Ok(index) if is_of_partner(profile, &index, &name) => return Ok((profile, index)),
				Ok(index) => {
					let parties = format!("{} {}", index.creator, index.receiver);
					let rule = "no profile has these parties";
					first_fault = Some(Fault::told("parties", parties.trim(), rule).in_file(&name));
				}
				Err(Error::Fault(fault)) => first_fault = first_fault.or_else(|| Some(fault.in_file(&name))),
				Err(error) => return Err(error),
			}
		}
		let none = || Fault::new("profile", b"", "no profile is given").in_file(&name);
		Err(first_fault.unwrap_or_else(none).into())
	}
}

/// The profile in a TOML file, or the shipped one of this name.
///
/// # Errors
/// The name of the file and what is wrong with it.
pub fn profile(path: &Path) -> Result<Profile, String> {
	if let Some(shipped) = path.to_str().and_then(Profile::shipped) {
		return Ok(shipped);
	}
	let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
	Profile::parse(&text).map_err(|rule| format!("{}: {rule}", path.display()))
}

/// Whether a file between these two, in either direction, is of the profile; a party that it leaves open is anybody.
fn is_between(profile: &Profile, creator: &str, receiver: &str) -> bool {
	let is = |party: &str, code: &str| party.is_empty() || party.eq_ignore_ascii_case(code);
	let parties = &profile.parties;
	is(&parties.seller, creator) && is(&parties.issuer, receiver)
		|| is(&parties.issuer, creator) && is(&parties.seller, receiver)
}

fn is_of_partner(profile: &Profile, index: &Index, name: &str) -> bool {
	if profile.format() != Format::Wdep10 {
		return is_between(profile, &index.creator, &index.receiver);
	}
	// COUNT-<sender>-<receiver>-…; a listed file says the same where the name was changed.
	let mut parts = name.split('-').skip(1);
	let own = parts.next().zip(parts.next());
	let listed = index
		.files
		.first()
		.and_then(|file| DataName::parse(Format::Wdep10, file).ok());
	match (listed, own) {
		(Some(file), _) => is_between(profile, &file.creator, &file.receiver),
		(None, Some((sender, receiver))) => is_between(profile, sender, receiver),
		(None, None) => false,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn samples(folder: &str) -> PathBuf {
		Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(folder)
	}

	fn parse(base: &str, seller: &str, issuer: &str) -> Profile {
		let text =
			format!("base = '{base}'\n[parties]\nseller = '{seller}'\nissuer = '{issuer}'\ndistributor = 'ZZ8'\n");
		Profile::parse(&text).expect("a profile")
	}

	#[test]
	fn the_parties_choose_the_profile() {
		let partners = Partners::new(vec![
			parse("ofd-2.2", "ZZ8", "YY"),
			parse("ofd-2.2", "ZZ8", "XQ"),
			parse("wdep-1.0", "ZZ80000001", "XQ00000001"),
		]);
		let issuer = |name: &str| {
			partners
				.of_data(name)
				.map(|(profile, _)| profile.parties.issuer.clone())
		};
		assert_eq!(issuer("OFD_ZZ8_XQ_20261124_03.TXT").as_deref(), Some("XQ"));
		assert_eq!(issuer("ofd_xq_zz8_20261124_04.txt").as_deref(), Some("XQ"));
		assert_eq!(issuer("OFD_ZZ8_YY_20261124_03.TXT").as_deref(), Some("YY"));
		assert_eq!(
			issuer("ZZ80000001-XQ00000001-005-20261124-01.txt").as_deref(),
			Some("XQ00000001")
		);
		assert_eq!(issuer("OFD_ZZ9_XQ_20261124_03.TXT"), None);
		let of = |folder: &str, name: &str| partners.of_index(&samples(folder).join(name));
		for (folder, name) in [
			("ofd-2.2", "OFI_ZZ8_XQ_20261124.TXT"),
			("wdep", "COUNT-XQ00000001-ZZ80000001-008-20261125.txt"),
		] {
			let (profile, index) = of(folder, name).expect("a partner's");
			assert!(profile.parties.issuer.starts_with("XQ") && index.files.len() == 1);
		}
		// Another version than any profile has, and parties that no profile has.
		let error = of("ofd-2.1", "OFI_ZZ8_XQ_20261124.TXT").expect_err("2.1");
		assert!(error.to_string().contains("version"), "{error}");
		let strangers = Partners::new(vec![parse("ofd-2.2", "ZZ8", "YY")]);
		let error = strangers
			.of_index(&samples("ofd-2.2").join("OFI_ZZ8_XQ_20261124.TXT"))
			.expect_err("XQ");
		assert!(error.to_string().contains("no profile has these parties"), "{error}");
		assert!(Partners::default()
			.of_index(&samples("ofd-2.2").join("OFI_ZZ8_XQ_20261124.TXT"))
			.is_err());
	}

	#[test]
	fn a_profile_is_a_file_or_a_shipped_name() {
		assert!(profile(Path::new("bta-2.1")).is_ok());
		let error = profile(Path::new("no/such.toml")).expect_err("nothing there");
		assert!(error.starts_with("no/such.toml: "), "{error}");
	}
}
