// SPDX-License-Identifier: Apache-2.0

//! The true counts of a sample.

use super::{catalogue, clauses, ClauseFile, SampleCustomer, SampleSize};
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts of some orders. `read` = `malformed` + `duplicates` + `unqualified` + `submitted`; `submitted` = `confirmed` +
/// `rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
	/// Lines.
	pub read: u64,
	/// Lines that are no orders.
	pub malformed: u64,
	/// Orders whose id came before.
	pub duplicates: u64,
	/// Orders whose customer fails a clause.
	pub unqualified: u64,
	/// The same by clause.
	pub unqualified_by_clause: BTreeMap<String, u64>,
	/// Orders that go to the issuers.
	pub submitted: u64,
	/// Orders that the issuers' rules accept.
	pub confirmed: u64,
	/// Orders that they reject.
	pub rejected: u64,
	/// The same by the rejection's code.
	pub rejected_by_code: BTreeMap<String, u64>,
	/// Orders that go to the issuers, by kind.
	pub submitted_by_kind: BTreeMap<String, u64>,
}

impl Counts {
	fn add(&mut self, other: &Counts) {
		self.read += other.read;
		self.malformed += other.malformed;
		self.duplicates += other.duplicates;
		self.unqualified += other.unqualified;
		self.submitted += other.submitted;
		self.confirmed += other.confirmed;
		self.rejected += other.rejected;
		for (to, from) in [
			(&mut self.unqualified_by_clause, &other.unqualified_by_clause),
			(&mut self.rejected_by_code, &other.rejected_by_code),
			(&mut self.submitted_by_kind, &other.submitted_by_kind),
		] {
			for (key, count) in from {
				*to.entry(key.clone()).or_default() += count;
			}
		}
	}
}

/// Counts of one file.
#[derive(Clone, Debug, Serialize)]
pub struct FileCounts {
	/// The seller's key, which is its folder.
	pub seller: &'static str,
	/// The file in that folder.
	pub file: &'static str,
	/// Its counts.
	pub counts: Counts,
}

/// Counts of one seller's customers.
#[derive(Clone, Debug, Serialize)]
pub struct SellerCounts {
	/// The seller's key.
	pub key: &'static str,
	/// Its name on the chain.
	pub name: &'static str,
	/// Its customers.
	pub customers: u64,
	/// Those that fail a clause, by clause.
	pub flawed: BTreeMap<&'static str, u64>,
	/// Registrations with all issuers together.
	pub registrations: u64,
	/// Those that the issuers reject.
	pub registrations_rejected: u64,
}

/// An issuer as the manifest names it.
#[derive(Clone, Debug, Serialize)]
pub struct IssuerEntry {
	/// Its key, which is its folder.
	pub key: &'static str,
	/// Its name on the chain.
	pub name: &'static str,
	/// Its interfaces.
	pub interfaces: Vec<&'static str>,
	/// Its products.
	pub products: Vec<&'static str>,
}

/// What a sample holds.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
	/// The seed.
	pub seed: u64,
	/// The business day of all orders.
	pub business_day: &'static str,
	/// All files together.
	pub total: Counts,
	/// File by file.
	pub files: Vec<FileCounts>,
	/// The banks.
	pub sellers: Vec<SellerCounts>,
	/// The issuers.
	pub issuers: Vec<IssuerEntry>,
	/// The files of clauses.
	pub clauses: Vec<ClauseFile>,
	/// Sizes asked for.
	#[serde(skip)]
	pub size: SampleSize,
}

impl Manifest {
	pub(super) fn new(seed: u64, size: SampleSize) -> Self {
		Manifest {
			seed,
			business_day: super::BUSINESS_DAY,
			total: Counts::default(),
			files: Vec::new(),
			sellers: Vec::new(),
			issuers: catalogue::ISSUERS
				.iter()
				.map(|issuer| IssuerEntry {
					key: issuer.key,
					name: issuer.name,
					interfaces: issuer.interfaces.to_vec(),
					products: issuer.products.iter().map(|p| p.id).collect(),
				})
				.collect(),
			clauses: clauses::all(),
			size,
		}
	}

	pub(super) fn add_file(&mut self, seller: &'static str, file: &'static str, counts: Counts) {
		self.total.add(&counts);
		self.files.push(FileCounts { seller, file, counts });
	}

	pub(super) fn add_customers(&mut self, key: &'static str, people: &[SampleCustomer]) {
		let mut flawed = BTreeMap::new();
		for flaw in people.iter().filter_map(|p| p.flaw) {
			*flawed.entry(flaw.code()).or_default() += 1;
		}
		let issuers = catalogue::ISSUERS.len() as u64;
		let name = catalogue::SELLERS.iter().find(|s| s.key == key).map_or("", |s| s.name);
		self.sellers.push(SellerCounts {
			key,
			name,
			customers: people.len() as u64,
			registrations: people.len() as u64 * issuers,
			registrations_rejected: flawed.get("registered").copied().unwrap_or(0) * issuers,
			flawed,
		});
	}
}
