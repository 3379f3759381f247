// SPDX-License-Identifier: Apache-2.0

//! The issuers' rules and opening holdings.

use super::{
	catalogue::{Issuer, SELLERS},
	customers::{Flaw, SampleCustomer},
};
use std::{
	collections::{BTreeMap, BTreeSet},
	fmt::Write,
};

/// Customers that the issuers refuse.
#[derive(Clone, Debug, Default)]
pub struct RejectLists {
	orders_of: BTreeSet<String>,
	registrations_of: BTreeSet<String>,
}

impl RejectLists {
	/// Adds those of one bank.
	pub fn add(&mut self, people: &[SampleCustomer]) {
		for person in people {
			if person.blocked {
				self.orders_of.insert(person.customer.reference.clone());
			}
			if person.flaw == Some(Flaw::Registered) {
				self.registrations_of.insert(person.customer.reference.clone());
			}
		}
	}
}

/// Units that customers must hold so that every redemption, switch and transfer of the sample is covered, in hundredths.
#[derive(Clone, Debug, Default)]
pub struct Holdings(BTreeMap<(&'static str, String, &'static str), u64>);

impl Holdings {
	/// Adds units that an order of `seller`'s customer takes.
	pub fn need(&mut self, seller: &'static str, customer: &str, product: &'static str, hundredths: u64) {
		*self.0.entry((seller, customer.into(), product)).or_default() += hundredths;
	}

	/// The opening holdings with one issuer: what is needed, and something on top.
	pub fn csv(&self, issuer: &Issuer, seed: u64) -> String {
		let mut rng = super::Rng::new(seed, 30);
		let mut text = String::from("seller,customer,product,units\n");
		for ((seller, customer, product), hundredths) in &self.0 {
			if issuer.products.iter().any(|p| p.id == *product) {
				let name = SELLERS.iter().find(|s| s.key == *seller).map_or("", |s| s.name);
				let units = hundredths + rng.below(100_000);
				// Writing to a String cannot fail.
				let _ = writeln!(text, "{name},{customer},{product},{}.{:02}", units / 100, units % 100);
			}
		}
		text
	}
}

/// The rules file of one issuer.
pub fn toml(issuer: &Issuer, reject: &RejectLists) -> String {
	let list = |set: &BTreeSet<String>| {
		let quoted: Vec<String> = set.iter().map(|reference| format!("\t\"{reference}\",\n")).collect();
		format!("[\n{}]", quoted.concat())
	};
	let mut text = format!(
		"# Rules of {} ({})\n\
		 cut_off = \"15:00\"\nutc_offset = \"+08:00\"\n\
		 # The sample's orders are all of one day long past: the day that the seller states counts, however long ago.\n\
		 day_of = \"seller\"\nmax_age_days = 0\ndigits = 2\n\
		 require_registration = true\ncheck_holdings = true\nopening_holdings = \"holdings.csv\"\n\n\
		 [reject]\norders_of = {}\nregistrations_of = {}\n",
		issuer.name,
		issuer.name_zh,
		list(&reject.orders_of),
		list(&reject.registrations_of)
	);
	for product in issuer.products {
		let status = match product.status {
			sealane_primitives::directory::ProductStatus::Offering => "offering",
			sealane_primitives::directory::ProductStatus::Open => "open",
			sealane_primitives::directory::ProductStatus::Suspended => "suspended",
			sealane_primitives::directory::ProductStatus::Closed => "closed",
		};
		let fee = if product.risk == 1 { "0" } else { "0.0015" };
		// Writing to a String cannot fail.
		let _ = write!(
			text,
			"\n# {} ({})\n[products.{}]\nstatus = \"{status}\"\ncurrency = \"{}\"\nnav = \"{}\"\nfee_rate = \"{fee}\"\n\
			 min_amount = \"{}\"\nmax_amount = \"{}\"\n",
			product.name, product.name_zh, product.id, product.currency, product.nav, product.min_amount, product.max_amount
		);
	}
	text
}
