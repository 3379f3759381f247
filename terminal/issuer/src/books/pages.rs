// SPDX-License-Identifier: Apache-2.0

//! Lists of the books, page by page.

use super::{BooksDb, Question};
use crate::error::Result;
use sealane_terminal_core::from_row;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a page of orders or registrations ended: when it was decided, seller, id.
pub type BookPlace = (i64, u32, String);
/// Where a page of holdings ended: product, seller, customer.
pub type HoldingPlace = (String, u32, String);

/// An order in the books, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
	/// The seller.
	pub seller: u32,
	/// The seller's id.
	pub id: String,
	/// The channel over which it came.
	pub channel: u32,
	/// Kind of business.
	pub kind: String,
	/// Product.
	pub product: String,
	/// The seller's reference of the customer.
	pub customer: String,
	/// `accepted`, `partial`, `rejected`.
	pub outcome: String,
	/// Why not, or not in full.
	pub reason_code: String,
	/// The deal.
	pub deal: String,
	/// Units moved.
	pub units: String,
	/// Money moved.
	pub amount: String,
	/// Day of the trade.
	pub trade_date: String,
	/// The order that took it back; empty while none did.
	pub cancelled_by: String,
	/// When the node stored it, Unix ms.
	pub received_at: i64,
	/// When it was decided, Unix ms.
	pub decided_at: i64,
}

from_row!(Entry {
	seller from i64,
	id,
	channel from i64,
	kind,
	product,
	customer,
	outcome,
	reason_code,
	deal,
	units,
	amount,
	trade_date,
	cancelled_by,
	received_at,
	decided_at,
});

/// Which orders of the books.
#[derive(Clone, Debug, Default)]
pub struct EntryFilter {
	/// Of this seller.
	pub seller: Option<u32>,
	/// Of this customer.
	pub customer: Option<String>,
	/// Of this product.
	pub product: Option<String>,
	/// Of this kind.
	pub kind: Option<String>,
	/// With this outcome.
	pub outcome: Option<String>,
	/// Of this day of the trade.
	pub trade_date: Option<String>,
	/// Behind this place.
	pub behind: Option<BookPlace>,
	/// At most so many.
	pub limit: u32,
}

/// A registration of a customer, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Registered {
	/// The seller.
	pub seller: u32,
	/// The seller's id of the registration.
	pub id: String,
	/// The channel over which it came.
	pub channel: u32,
	/// The seller's reference of the customer.
	pub customer: String,
	/// `accepted` or `rejected`.
	pub outcome: String,
	/// Why rejected.
	pub reason_code: String,
	/// The account that the customer has; empty where it has none.
	pub account: String,
	/// The commitment of the registration, as the chain has it; empty where there is none.
	pub commitment: String,
	/// When the node stored it, Unix ms.
	pub received_at: i64,
	/// When it was decided, Unix ms.
	pub decided_at: i64,
}

from_row!(Registered {
	seller from i64,
	id,
	channel from i64,
	customer,
	outcome,
	reason_code,
	account,
	commitment,
	received_at,
	decided_at,
});

/// Which registrations.
#[derive(Clone, Debug, Default)]
pub struct RegisteredFilter {
	/// Of this seller.
	pub seller: Option<u32>,
	/// Of this customer.
	pub customer: Option<String>,
	/// With this outcome.
	pub outcome: Option<String>,
	/// Behind this place.
	pub behind: Option<BookPlace>,
	/// At most so many.
	pub limit: u32,
}

/// What a customer holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Holding {
	/// Product.
	pub product: String,
	/// The seller.
	pub seller: u32,
	/// The seller's reference of the customer.
	pub customer: String,
	/// Units.
	pub units: String,
}

from_row!(Holding {
	product,
	seller from i64,
	customer,
	units,
});

/// Which holdings.
#[derive(Clone, Debug, Default)]
pub struct HoldingFilter {
	/// Of this product.
	pub product: Option<String>,
	/// Of this seller.
	pub seller: Option<u32>,
	/// Of this customer.
	pub customer: Option<String>,
	/// Behind this place.
	pub behind: Option<HoldingPlace>,
	/// At most so many.
	pub limit: u32,
}

impl BooksDb {
	/// Orders in the books, the ones decided last first.
	///
	/// # Errors
	/// The database fails.
	pub async fn entries(&self, filter: &EntryFilter) -> Result<Vec<Entry>> {
		let columns =
			"seller, id, channel, kind, product, customer, outcome, reason_code, deal, units, amount, trade_date, \
			cancelled_by, received_at, decided_at";
		Question::new(&format!("SELECT {columns} FROM book_orders"))
			.of(filter.seller)
			.is("customer", &filter.customer)
			.is("product", &filter.product)
			.is("kind", &filter.kind)
			.is("outcome", &filter.outcome)
			.is("trade_date", &filter.trade_date)
			.behind(&filter.behind)
			.ask(self, "decided_at DESC, seller, id", filter.limit)
			.await
	}

	/// Registrations, the ones decided last first.
	///
	/// # Errors
	/// The database fails.
	pub async fn registered(&self, filter: &RegisteredFilter) -> Result<Vec<Registered>> {
		// A customer that was registered by another id has its account from there.
		let select = "SELECT seller, id, channel, customer, outcome, reason_code, received_at, decided_at, account, commitment FROM \
			(SELECT r.seller, r.id, r.channel, r.customer, r.outcome, r.reason_code, r.received_at, r.decided_at, \
			COALESCE(c.account, '') AS account, COALESCE(c.commitment, '') AS commitment FROM book_registrations r \
			LEFT JOIN book_customers c ON c.seller = r.seller AND c.customer = r.customer) AS list";
		Question::new(select)
			.of(filter.seller)
			.is("customer", &filter.customer)
			.is("outcome", &filter.outcome)
			.behind(&filter.behind)
			.ask(self, "decided_at DESC, seller, id", filter.limit)
			.await
	}

	/// Holdings, by product, seller and customer.
	///
	/// # Errors
	/// The database fails.
	pub async fn holding_page(&self, filter: &HoldingFilter) -> Result<Vec<Holding>> {
		let question = Question::new("SELECT product, seller, customer, units FROM book_holdings")
			.is("product", &filter.product)
			.of(filter.seller)
			.is("customer", &filter.customer);
		let question = match &filter.behind {
			Some((product, seller, customer)) => question.with(
				&format!(
					"(product > ? OR (product = ? AND (seller > {seller} OR (seller = {seller} AND customer > ?))))"
				),
				&[product, product, customer],
			),
			None => question,
		};
		question.ask(self, "product, seller, customer", filter.limit).await
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::books::{insert_book_registrations, insert_orders, set_holdings, BookOrder, BookRegistration};

	async fn books() -> (BooksDb, tempfile::TempDir) {
		let dir = tempfile::tempdir().unwrap();
		let url = format!("sqlite:{}", dir.path().join("books.db").display());
		(BooksDb::open(&url).await.unwrap(), dir)
	}

	fn order(seller: u32, id: &str, outcome: &str) -> BookOrder {
		BookOrder {
			seller,
			id: id.into(),
			channel: 9,
			kind: "purchase".into(),
			product: "P1".into(),
			customer: "C1".into(),
			order_text: "{}".into(),
			outcome: outcome.into(),
			reason_code: String::new(),
			deal: String::new(),
			units: "1".into(),
			amount: "1".into(),
			trade_date: "2026-03-02".into(),
			cancelled_by: String::new(),
			confirmation_text: "{}".into(),
			received_at: 5,
		}
	}

	/// All pages of one entry each.
	async fn pages<T, P, F: std::future::Future<Output = Vec<T>>>(
		mut page: impl FnMut(Option<P>) -> F,
		place: impl Fn(&T) -> P,
	) -> Vec<T> {
		let (mut all, mut behind) = (Vec::new(), None);
		loop {
			let mut found = page(behind).await;
			assert!(found.len() <= 1);
			let Some(one) = found.pop() else { return all };
			behind = Some(place(&one));
			all.push(one);
		}
	}

	#[tokio::test]
	async fn every_entry_is_on_one_page() {
		let (db, _dir) = books().await;
		let mut tx = db.begin().await.unwrap();
		let rows = [
			order(1, "A", "accepted"),
			order(2, "A", "rejected"),
			order(1, "B", "accepted"),
			order(3, "A", "accepted"),
		];
		insert_orders(&mut tx, 1, &rows).await.unwrap();
		let registration = |id: &str, outcome: &str| BookRegistration {
			seller: 1,
			id: id.into(),
			channel: 9,
			customer: "C1".into(),
			registration_text: "{}".into(),
			outcome: outcome.into(),
			reason_code: String::new(),
			result_text: "{}".into(),
			registered: (outcome == "accepted").then(|| ("ACC".into(), "salt".into(), "0xaa".into())),
			received_at: 5,
		};
		let results = [registration("R1", "rejected"), registration("R2", "accepted")];
		insert_book_registrations(&mut tx, 2, &results).await.unwrap();
		let holding = |product: &str, seller, customer: &str| {
			(
				(seller, customer.to_string(), product.to_string()),
				"7.5".parse().unwrap(),
			)
		};
		let held = [
			holding("P2", 1, "C1"),
			holding("P1", 2, "C1"),
			holding("P1", 1, "C2"),
			holding("P1", 1, "C1"),
		];
		set_holdings(&mut tx, &held).await.unwrap();
		tx.commit().await.unwrap();

		let entries = pages(
			|behind| async {
				let filter = EntryFilter {
					behind,
					limit: 1,
					..EntryFilter::default()
				};
				db.entries(&filter).await.unwrap()
			},
			|entry: &Entry| (entry.decided_at, entry.seller, entry.id.clone()),
		)
		.await;
		let keys: Vec<_> = entries.iter().map(|entry| (entry.seller, entry.id.as_str())).collect();
		assert_eq!(keys, [(1, "A"), (1, "B"), (2, "A"), (3, "A")]);
		let rejected = EntryFilter {
			outcome: Some("rejected".into()),
			product: Some("P1".into()),
			limit: 10,
			..EntryFilter::default()
		};
		assert_eq!(db.entries(&rejected).await.unwrap()[0].seller, 2);

		let registered = RegisteredFilter {
			customer: Some("C1".into()),
			limit: 10,
			..RegisteredFilter::default()
		};
		let registered = db.registered(&registered).await.unwrap();
		let shown: Vec<_> = registered
			.iter()
			.map(|row| (row.id.as_str(), row.outcome.as_str(), row.account.as_str()))
			.collect();
		assert_eq!(shown, [("R1", "rejected", "ACC"), ("R2", "accepted", "ACC")]);

		let holdings = pages(
			|behind| async {
				let filter = HoldingFilter {
					behind,
					limit: 1,
					..HoldingFilter::default()
				};
				db.holding_page(&filter).await.unwrap()
			},
			|held: &Holding| (held.product.clone(), held.seller, held.customer.clone()),
		)
		.await;
		let shown: Vec<_> = holdings
			.iter()
			.map(|held| (held.product.as_str(), held.seller, held.customer.as_str()))
			.collect();
		assert_eq!(
			shown,
			[("P1", 1, "C1"), ("P1", 1, "C2"), ("P1", 2, "C1"), ("P2", 1, "C1")]
		);
	}
}
