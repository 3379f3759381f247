// SPDX-License-Identifier: Apache-2.0

//! Invented customers. Identity numbers carry the region code 990000, which belongs to no place, and a right check digit.

use super::{catalogue::Seller, names, rng::Rng};
use sealane_primitives::clauses::{Date, InvestorCategory, InvestorEntity, RegionCode, RiskClass};
use sealane_sales::customers::{Customer, Document, DocumentKind};
use serde::Serialize;

/// Why a customer fails a clause, each exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
	/// Clause `adult`.
	Adult,
	/// Clause `identity`.
	Identity,
	/// Clause `registered`: no issuer registers this customer.
	Registered,
	/// Clause `risk`.
	Risk,
	/// Clause `assessment`.
	Assessment,
	/// Clause `region`.
	Region,
	/// Clause `professional`.
	Professional,
}

impl Flaw {
	/// All, in the order in which they are dealt out.
	pub const ALL: [Flaw; 7] = [
		Flaw::Risk,
		Flaw::Assessment,
		Flaw::Registered,
		Flaw::Identity,
		Flaw::Adult,
		Flaw::Professional,
		Flaw::Region,
	];

	/// The code of the clause.
	pub const fn code(self) -> &'static str {
		match self {
			Flaw::Adult => "adult",
			Flaw::Identity => "identity",
			Flaw::Registered => "registered",
			Flaw::Risk => "risk",
			Flaw::Assessment => "assessment",
			Flaw::Region => "region",
			Flaw::Professional => "professional",
		}
	}
}

/// A customer and what the generator knows about him.
#[derive(Clone, Debug)]
pub struct SampleCustomer {
	/// As in the customer book.
	pub customer: Customer,
	/// The clause that he fails, if any.
	pub flaw: Option<Flaw>,
	/// On the reject list of every issuer.
	pub blocked: bool,
}

/// The customers of one bank: 3 in 100 with a flaw, 1 in 200 (at least one) blocked.
pub fn generate(seller: &Seller, count: u64, rng: &mut Rng) -> Vec<SampleCustomer> {
	let flawed = count * 3 / 100;
	let blocked = (count / 200).max(1);
	let mut roles: Vec<(Option<Flaw>, bool)> = (0..flawed)
		.map(|i| (Some(Flaw::ALL[(i % Flaw::ALL.len() as u64) as usize]), false))
		.chain((0..blocked).map(|_| (None, true)))
		.chain((0..count - flawed - blocked).map(|_| (None, false)))
		.collect();
	rng.shuffle(&mut roles);
	roles
		.into_iter()
		.enumerate()
		.map(|(index, (flaw, blocked))| SampleCustomer {
			customer: customer(seller, index as u64 + 1, flaw, rng),
			flaw,
			blocked,
		})
		.collect()
}

fn customer(seller: &Seller, number: u64, flaw: Option<Flaw>, rng: &mut Rng) -> Customer {
	let (mut name, chinese) = names::name(rng);
	// Sound customers of class C5 that are no professionals would tempt no clause; they exist all the same.
	let class = match flaw {
		Some(Flaw::Risk) => RiskClass::C1,
		Some(Flaw::Professional) => RiskClass::C5,
		_ => *rng.pick(&[
			RiskClass::C1,
			RiskClass::C2,
			RiskClass::C2,
			RiskClass::C3,
			RiskClass::C3,
			RiskClass::C3,
			RiskClass::C4,
			RiskClass::C4,
			RiskClass::C5,
			RiskClass::C5,
		]),
	};
	let institution = flaw.is_none() && rng.chance(30);
	let professional = institution || (flaw != Some(Flaw::Professional) && class >= RiskClass::C4 && rng.chance(400));
	let birth = if flaw == Some(Flaw::Adult) {
		date(2008 + rng.below(4), rng.between(4, 12), rng.between(1, 28))
	} else {
		date(1942 + rng.below(64), rng.between(1, 12), rng.between(1, 28))
	};
	let assessed = if flaw == Some(Flaw::Assessment) {
		date(2023 + rng.below(2), rng.between(1, 12), rng.between(1, 28))
	} else {
		date(2025, rng.between(4, 12), rng.between(1, 28))
	};
	let region = match flaw {
		Some(Flaw::Region) => *rng.pick(&["US", "US-CA", "US-NY"]),
		_ => *rng.pick(&[
			"CN-SH", "CN-BJ", "CN-GD", "CN-ZJ", "CN-JS", "CN-SC", "CN-FJ", "HK", "SG",
		]),
	};
	let (kind, document) = if institution {
		name = format!("{name}{}", if chinese { "贸易有限公司" } else { " Trading Ltd" });
		(
			DocumentKind::SocialCreditCode,
			format!("99{:016}", rng.below(10_000_000_000_000_000)),
		)
	} else if chinese {
		(DocumentKind::ResidentId, resident_id(birth, rng))
	} else {
		(DocumentKind::Passport, format!("E{:08}", rng.below(100_000_000)))
	};
	Customer {
		reference: format!("{}-{number:06}", seller.prefix),
		name,
		name_latin: None,
		document: Document {
			kind,
			number: document,
			country: if chinese { "CN" } else { "XX" }.into(),
		},
		identity_verified: flaw != Some(Flaw::Identity),
		birth_date: birth,
		risk_class: class,
		risk_assessed_on: assessed,
		investor_category: if professional {
			InvestorCategory::Professional
		} else {
			InvestorCategory::Ordinary
		},
		investor_entity: if institution {
			InvestorEntity::Institution
		} else {
			InvestorEntity::Individual
		},
		// At most six characters of ASCII, which every code above has.
		region: RegionCode::new(region.as_bytes()).expect("codes of regions are at most 8 bytes; qed"),
	}
}

fn date(year: u64, month: u64, day: u64) -> Date {
	Date::new(year as u16, month as u8, day as u8).expect("days up to 28 exist in every month; qed")
}

/// GB 11643-1999: region, birth date, sequence, check digit.
fn resident_id(birth: Date, rng: &mut Rng) -> String {
	const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
	const CHECK: &[u8; 11] = b"10X98765432";
	let body = format!(
		"990000{:04}{:02}{:02}{:03}",
		birth.year(),
		birth.month(),
		birth.day(),
		rng.below(1_000)
	);
	let sum: u32 = body
		.bytes()
		.zip(WEIGHTS)
		.map(|(digit, weight)| u32::from(digit - b'0') * weight)
		.sum();
	format!("{body}{}", CHECK[(sum % 11) as usize] as char)
}

/// The customer book as NDJSON.
pub fn ndjson(people: &[SampleCustomer]) -> String {
	let mut text = String::new();
	for person in people {
		// A customer is plain data: writing it cannot fail.
		text.push_str(&serde_json::to_string(&person.customer).unwrap_or_default());
		text.push('\n');
	}
	text
}
