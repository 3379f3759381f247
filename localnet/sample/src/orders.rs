// SPDX-License-Identifier: Apache-2.0

//! Orders of one bank, each with a known fate.

use super::{
	catalogue::{products, Product, Seller},
	customers::{Flaw, SampleCustomer},
	manifest::Counts,
	rng::Rng,
	rules::Holdings,
	BUSINESS_DAY,
};
use sealane_primitives::{
	business::BusinessKind,
	clauses::{InvestorCategory, ProductRisk},
	directory::ProductStatus,
};
use sealane_terminal_core::error::{Error, Result};
use serde::Serialize;
use std::{fs::File, io::BufWriter, io::Write, path::Path};

/// An order as the bank's system writes it.
#[derive(Clone, Debug, Serialize)]
struct SampleOrder {
	id: String,
	kind: &'static str,
	product: &'static str,
	#[serde(skip_serializing_if = "Option::is_none")]
	interface: Option<&'static str>,
	customer: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	amount: Option<String>,
	#[serde(skip_serializing_if = "Option::is_none")]
	units: Option<String>,
	currency: &'static str,
	placed_at: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	cancels: Option<String>,
	#[serde(skip_serializing_if = "Option::is_none")]
	details: Option<serde_json::Value>,
	branch: &'static str,
	/// The customer's place among the bank's.
	#[serde(skip)]
	person: usize,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
	Malformed,
	Duplicate,
	Unqualified(Flaw),
	Rejected(&'static str),
	Confirmed,
}

/// An executed order that a cancellation may name.
#[derive(Clone, Debug)]
struct Cancellable {
	id: String,
	customer: usize,
	product: &'static Product,
}

/// Writes the order files of one bank.
pub struct Generator<'a> {
	seller: &'static Seller,
	people: &'a [SampleCustomer],
	sound: Vec<usize>,
	flawed: Vec<usize>,
	blocked: Vec<usize>,
	rng: &'a mut Rng,
	holdings: &'a mut Holdings,
	number: u64,
	counts: Counts,
	cancellable: Vec<Cancellable>,
}

/// Where one line goes.
enum Sink {
	Ndjson(BufWriter<File>),
	Csv(Box<csv::Writer<File>>),
}

impl<'a> Generator<'a> {
	/// A generator over these customers.
	pub fn new(
		seller: &'static Seller,
		people: &'a [SampleCustomer],
		rng: &'a mut Rng,
		holdings: &'a mut Holdings,
	) -> Self {
		let which = |keep: fn(&SampleCustomer) -> bool| {
			people
				.iter()
				.enumerate()
				.filter(|(_, p)| keep(p))
				.map(|(i, _)| i)
				.collect::<Vec<_>>()
		};
		Generator {
			seller,
			people,
			sound: which(|p| p.flaw.is_none() && !p.blocked),
			flawed: which(|p| p.flaw.is_some()),
			blocked: which(|p| p.blocked),
			rng,
			holdings,
			number: 0,
			counts: Counts::default(),
			cancellable: Vec::new(),
		}
	}

	/// Writes `lines` lines as NDJSON.
	///
	/// # Errors
	/// The file cannot be written.
	pub fn ndjson(&mut self, lines: u64, path: &Path) -> Result<Counts> {
		let file = File::create(path).map_err(Error::file(path))?;
		self.file(lines, Sink::Ndjson(BufWriter::new(file)), path)
	}

	/// Writes `lines` rows as CSV.
	///
	/// # Errors
	/// The file cannot be written.
	pub fn csv(&mut self, lines: u64, path: &Path) -> Result<Counts> {
		let file = File::create(path).map_err(Error::file(path))?;
		let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
		let header = [
			"id",
			"kind",
			"product",
			"interface",
			"customer",
			"amount",
			"units",
			"currency",
			"placed_at",
			"cancels",
			"details",
			"branch",
		];
		writer
			.write_record(header)
			.map_err(|e| Error::file(path)(std::io::Error::other(e)))?;
		self.file(lines, Sink::Csv(Box::new(writer)), path)
	}

	fn file(&mut self, lines: u64, mut sink: Sink, path: &Path) -> Result<Counts> {
		self.counts = Counts::default();
		// A cancellation follows its order in the same file, so that both travel in order.
		self.cancellable.clear();
		let mut earlier: Vec<SampleOrder> = Vec::new();
		for fate in self.fates(lines) {
			let order = match fate {
				Fate::Duplicate => {
					let again = self.rng.pick(&earlier).clone();
					self.counts.duplicates += 1;
					self.write(&mut sink, &again).map_err(Error::file(path))?;
					continue;
				}
				Fate::Malformed => {
					let order = self.confirmed_order();
					self.write_malformed(&mut sink, order).map_err(Error::file(path))?;
					continue;
				}
				Fate::Unqualified(_) => self.unqualified_order(),
				Fate::Rejected(code) => self.rejected_order(code),
				Fate::Confirmed => {
					let order = self.confirmed_order();
					self.remember(&order);
					order
				}
			};
			if matches!(fate, Fate::Rejected(_) | Fate::Confirmed) {
				self.counts.submitted += 1;
				*self.counts.submitted_by_kind.entry(order.kind.into()).or_default() += 1;
			}
			match fate {
				Fate::Rejected(code) => {
					self.counts.rejected += 1;
					*self.counts.rejected_by_code.entry(code.into()).or_default() += 1;
				}
				Fate::Confirmed => self.counts.confirmed += 1,
				_ => {}
			}
			self.write(&mut sink, &order).map_err(Error::file(path))?;
			// Some earlier orders are kept for duplicates; the first ones, so that memory stays bounded.
			if earlier.len() < 1_000 {
				earlier.push(order);
			}
		}
		match sink {
			Sink::Ndjson(mut file) => file.flush(),
			Sink::Csv(mut writer) => writer.flush(),
		}
		.map_err(Error::file(path))?;
		self.counts.read = lines;
		Ok(std::mem::take(&mut self.counts))
	}

	/// A fate for each line: 1 in 100 rejected, a few malformed and repeated, the flawed customers' share unqualified.
	fn fates(&mut self, lines: u64) -> Vec<Fate> {
		const REJECTIONS: [&str; 4] = [
			"BELOW_MINIMUM",
			"ABOVE_MAXIMUM",
			"INSUFFICIENT_UNITS",
			"CUSTOMER_BLOCKED",
		];
		let malformed = (lines / 2_500).max(4).min(lines / 10);
		let duplicates = (lines / 1_000).max(3).min(lines / 10);
		let rejected = (lines / 100).max(1);
		let unqualified = if self.flawed.is_empty() { 0 } else { lines * 3 / 100 };
		let mut fates: Vec<Fate> = (0..rejected)
			.map(|i| Fate::Rejected(REJECTIONS[(i % 4) as usize]))
			// Which flaw follows from the customer that is drawn for the line.
			.chain((0..unqualified).map(|_| Fate::Unqualified(Flaw::Risk)))
			.chain((0..malformed).map(|_| Fate::Malformed))
			.chain((0..duplicates).map(|_| Fate::Duplicate))
			.collect();
		let rest = lines.saturating_sub(fates.len() as u64);
		fates.extend((0..rest).map(|_| Fate::Confirmed));
		self.rng.shuffle(&mut fates);
		// A repeat needs something to repeat.
		if let Some(first) = fates.iter().position(|f| *f == Fate::Confirmed) {
			fates.swap(0, first);
		}
		fates
	}

	fn base(&mut self, kind: BusinessKind, person: usize, product: &'static Product) -> SampleOrder {
		self.number += 1;
		let second = 9 * 3_600 + self.rng.below(6 * 3_600 - 60);
		let interface = self.rng.chance(500).then_some(product.interface);
		let &branch = self.rng.pick(&["Head Office", "浦东支行", "天河支行", "Online"]);
		SampleOrder {
			id: format!(
				"{}-{}-{:07}",
				self.seller.prefix,
				BUSINESS_DAY.replace('-', ""),
				self.number
			),
			kind: kind.as_str(),
			product: product.id,
			interface,
			customer: self.people[person].customer.reference.clone(),
			amount: None,
			units: None,
			currency: product.currency,
			placed_at: format!(
				"{BUSINESS_DAY}T{:02}:{:02}:{:02}+08:00",
				second / 3_600,
				second / 60 % 60,
				second % 60
			),
			cancels: None,
			details: None,
			branch,
			person,
		}
	}

	fn amount(&mut self, product: &Product) -> String {
		let steps = (product.max_amount / product.min_amount).min(200);
		format!("{}.00", product.min_amount * self.rng.between(1, steps))
	}

	fn confirmed_order(&mut self) -> SampleOrder {
		let roll = self.rng.below(1_000);
		if roll < 70 && !self.cancellable.is_empty() {
			return self.cancellation();
		}
		let person = *self.rng.pick(&self.sound);
		let kind = match roll {
			0..=519 => BusinessKind::Purchase,
			520..=659 => BusinessKind::Subscription,
			660..=809 => BusinessKind::Redemption,
			810..=869 => BusinessKind::Switch,
			870..=899 => BusinessKind::NonTradeTransfer,
			900..=929 => BusinessKind::CustodyTransfer,
			_ => BusinessKind::DividendMethod,
		};
		let status = if kind == BusinessKind::Subscription {
			ProductStatus::Offering
		} else {
			ProductStatus::Open
		};
		let Some(product) = self.suitable(person, status) else {
			// Low risk classes find nothing in an offering period.
			return self.buy(BusinessKind::Purchase, person);
		};
		match kind {
			BusinessKind::Purchase | BusinessKind::Subscription => {
				let mut order = self.base(kind, person, product);
				order.amount = Some(self.amount(product));
				order
			}
			BusinessKind::Switch => self.switch(person, product),
			BusinessKind::DividendMethod => {
				let mut order = self.base(kind, person, product);
				let method = if self.rng.chance(500) { "cash" } else { "reinvest" };
				order.details = Some(serde_json::json!({ "method": method }));
				order
			}
			_ => {
				let mut order = self.base(kind, person, product);
				order.units = Some(self.take_units(person, product));
				if kind == BusinessKind::NonTradeTransfer {
					let to = *self.rng.pick(&self.sound);
					let to = if to == person {
						self.sound[usize::from(self.sound[0] == person)]
					} else {
						to
					};
					let why = *self.rng.pick(&["inheritance", "gift", "court order"]);
					let to = &self.people[to].customer.reference;
					order.details = Some(serde_json::json!({ "to_customer": to, "reason": why }));
				} else if kind == BusinessKind::CustodyTransfer {
					order.details = Some(serde_json::json!({ "to_distributor": "000301" }));
				}
				order
			}
		}
	}

	fn buy(&mut self, kind: BusinessKind, person: usize) -> SampleOrder {
		let status = if kind == BusinessKind::Subscription {
			ProductStatus::Offering
		} else {
			ProductStatus::Open
		};
		// Every class covers R1, and there are open products of risk R1.
		let product = self.suitable(person, status).unwrap_or_else(cash);
		let mut order = self.base(kind, person, product);
		order.amount = Some(self.amount(product));
		order
	}

	fn switch(&mut self, person: usize, product: &'static Product) -> SampleOrder {
		let issuer = products().find(|(_, p)| p.id == product.id).map(|(issuer, _)| issuer);
		let targets: Vec<&Product> = products()
			.filter(|(i, p)| Some(*i) == issuer && p.id != product.id && p.currency == product.currency)
			.map(|(_, p)| p)
			.filter(|p| p.status == ProductStatus::Open && self.suits(person, p))
			.collect();
		if targets.is_empty() {
			return self.buy(BusinessKind::Purchase, person);
		}
		let target = *self.rng.pick(&targets);
		let mut order = self.base(BusinessKind::Switch, person, product);
		order.units = Some(self.take_units(person, product));
		order.details = Some(serde_json::json!({ "target_product": target.id }));
		order
	}

	fn cancellation(&mut self) -> SampleOrder {
		let at = self.rng.below(self.cancellable.len() as u64) as usize;
		let target = self.cancellable.swap_remove(at);
		let mut order = self.base(BusinessKind::Cancellation, target.customer, target.product);
		order.interface = None;
		order.cancels = Some(target.id);
		order
	}

	fn take_units(&mut self, person: usize, product: &'static Product) -> String {
		let hundredths = self.rng.between(1_000, 2_000_000);
		let customer = &self.people[person].customer.reference;
		self.holdings.need(self.seller.key, customer, product.id, hundredths);
		format!("{}.{:02}", hundredths / 100, hundredths % 100)
	}

	fn unqualified_order(&mut self) -> SampleOrder {
		let person = *self.rng.pick(&self.flawed);
		let flaw = self.people[person].flaw.unwrap_or(Flaw::Risk);
		let product = match flaw {
			// Class C1 covers R1 only; none of these asks for a professional.
			Flaw::Risk => self.one_of(|p| p.status == ProductStatus::Open && (2..=4).contains(&p.risk)),
			Flaw::Professional => self.one_of(|p| p.id == "JP5104"),
			_ => self.suitable(person, ProductStatus::Open).unwrap_or_else(cash),
		};
		self.counts.unqualified += 1;
		*self.counts.unqualified_by_clause.entry(flaw.code().into()).or_default() += 1;
		let mut order = self.base(BusinessKind::Purchase, person, product);
		order.amount = Some(self.amount(product));
		order
	}

	fn rejected_order(&mut self, code: &str) -> SampleOrder {
		if code == "CUSTOMER_BLOCKED" {
			let person = *self.rng.pick(&self.blocked);
			return self.buy(BusinessKind::Purchase, person);
		}
		let person = *self.rng.pick(&self.sound);
		let product = self.suitable(person, ProductStatus::Open).unwrap_or_else(cash);
		if code == "INSUFFICIENT_UNITS" {
			let mut order = self.base(BusinessKind::Redemption, person, product);
			order.units = Some("99999999999.00".into());
			return order;
		}
		let mut order = self.base(BusinessKind::Purchase, person, product);
		order.amount = Some(if code == "BELOW_MINIMUM" {
			format!("{}.99", product.min_amount - 1)
		} else {
			format!("{}.01", product.max_amount)
		});
		order
	}

	/// Whether a sound customer may buy the product.
	fn suits(&self, person: usize, product: &Product) -> bool {
		let customer = &self.people[person].customer;
		let covered =
			ProductRisk::from_level(product.risk).is_some_and(|risk| risk <= customer.risk_class.covers_up_to());
		let professional = customer.investor_category == InvestorCategory::Professional;
		covered && (product.product_type != "fund.alternative" || professional)
	}

	fn suitable(&mut self, person: usize, status: ProductStatus) -> Option<&'static Product> {
		let fitting: Vec<&'static Product> = products()
			.map(|(_, p)| p)
			.filter(|p| p.status == status && self.suits(person, p))
			.collect();
		if fitting.is_empty() {
			None
		} else {
			Some(*self.rng.pick(&fitting))
		}
	}

	fn one_of(&mut self, keep: impl Fn(&Product) -> bool) -> &'static Product {
		let fitting: Vec<&'static Product> = products().map(|(_, p)| p).filter(|p| keep(p)).collect();
		let &product = self.rng.pick(&fitting);
		product
	}

	/// Purchases, subscriptions and redemptions can be taken back once.
	fn remember(&mut self, order: &SampleOrder) {
		if !matches!(order.kind, "purchase" | "subscription" | "redemption") || !self.rng.chance(200) {
			return;
		}
		if let Some((_, product)) = products().find(|(_, p)| p.id == order.product) {
			self.cancellable.push(Cancellable {
				id: order.id.clone(),
				customer: order.person,
				product,
			});
		}
	}

	fn write(&mut self, sink: &mut Sink, order: &SampleOrder) -> std::io::Result<()> {
		match sink {
			Sink::Ndjson(file) => {
				serde_json::to_writer(&mut *file, order)?;
				file.write_all(b"\n")
			}
			Sink::Csv(writer) => writer.write_record(row(order)).map_err(std::io::Error::other),
		}
	}

	/// One of four defects in turn.
	fn write_malformed(&mut self, sink: &mut Sink, mut order: SampleOrder) -> std::io::Result<()> {
		let which = self.counts.malformed % 4;
		self.counts.malformed += 1;
		match (which, sink) {
			(0, Sink::Ndjson(file)) => {
				let text = serde_json::to_string(&order)?;
				// Cut inside the object, at a character's border: everything up to the customer is ASCII.
				file.write_all(&text.as_bytes()[..60])?;
				file.write_all(b"\n")
			}
			(1, Sink::Ndjson(file)) => {
				let mut value = serde_json::to_value(&order)?;
				value["amount"] = serde_json::json!(1000.5);
				serde_json::to_writer(&mut *file, &value)?;
				file.write_all(b"\n")
			}
			(0, Sink::Csv(writer)) => writer.write_record(&row(&order)[..5]).map_err(std::io::Error::other),
			(1, sink) => {
				order.amount = Some("1,000.50 yuan".into());
				self.write(sink, &order)
			}
			(2, sink) => {
				order.kind = "buy";
				self.write(sink, &order)
			}
			(_, sink) => {
				order.placed_at = "2026-02-30T10:00:00+08:00".into();
				self.write(sink, &order)
			}
		}
	}
}

/// A product of risk R1 that is open: suits everybody.
fn cash() -> &'static Product {
	&super::catalogue::ISSUERS[0].products[0]
}

fn row(order: &SampleOrder) -> [String; 12] {
	let text = |value: &Option<String>| value.clone().unwrap_or_default();
	[
		order.id.clone(),
		order.kind.into(),
		order.product.into(),
		order.interface.unwrap_or_default().into(),
		order.customer.clone(),
		text(&order.amount),
		text(&order.units),
		order.currency.into(),
		order.placed_at.clone(),
		text(&order.cancels),
		order.details.as_ref().map(ToString::to_string).unwrap_or_default(),
		order.branch.into(),
	]
}
