// SPDX-License-Identifier: Apache-2.0

//! Net asset values by product and day.

use crate::{
	decimal,
	error::{Error, Result},
};
use rust_decimal::Decimal;
use sealane_primitives::clauses::Date;
use serde::Deserialize;
use std::{collections::HashMap, path::Path};

/// Net asset values of one unit, by product and day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices(HashMap<(String, String), Decimal>);

impl Prices {
	/// Reads a CSV with the columns `product,date,nav`.
	///
	/// # Errors
	/// The file cannot be read, or line, field and rule of what is wrong: a file with a hole would execute orders at a wrong price.
	pub fn read(path: &Path) -> Result<Self> {
		#[derive(Deserialize)]
		struct Row {
			product: String,
			date: String,
			nav: String,
		}
		let bytes = std::fs::read(path).map_err(Error::file(path))?;
		let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
		let mut prices = HashMap::new();
		for (index, row) in csv::Reader::from_reader(bytes).deserialize::<Row>().enumerate() {
			let place = |reason: String| Error::Format {
				path: path.into(),
				line: index as u64 + 2,
				reason,
			};
			let row = row.map_err(|e| place(e.to_string()))?;
			let date = Date::parse(row.date.as_bytes()).map_err(|e| place(format!("date: {:?}: {e}", row.date)))?;
			let nav = decimal::parse_quantity(&row.nav)
				.ok_or_else(|| place(format!("nav: {:?}: a decimal above zero", row.nav)))?;
			let known = prices.insert((row.product.clone(), date.to_string()), nav);
			if known.is_some_and(|known| known != nav) {
				return Err(place(format!("nav: {:?} has two prices on {date}", row.product)));
			}
		}
		Ok(Prices(prices))
	}

	/// The same prices with those of `day` for the products of a daily desk, which no file has.
	pub fn of_day(&self, day: &str, daily: impl Fn(&str) -> bool, released: HashMap<String, Decimal>) -> Self {
		let of_file = self.0.iter().filter(|((product, of), _)| of == day && !daily(product));
		let mut prices: HashMap<_, _> = of_file.map(|(key, nav)| (key.clone(), *nav)).collect();
		prices.extend(
			released
				.into_iter()
				.map(|(product, nav)| ((product, day.to_string()), nav)),
		);
		Prices(prices)
	}

	/// All of them: product, day, price.
	pub fn iter(&self) -> impl Iterator<Item = (&str, &str, Decimal)> {
		self.0
			.iter()
			.map(|((product, day), nav)| (product.as_str(), day.as_str(), *nav))
	}

	/// The price of a product on a day.
	pub fn get(&self, product: &str, day: &str) -> Option<Decimal> {
		self.0.get(&(product.to_string(), day.to_string())).copied()
	}

	/// How many there are.
	pub fn len(&self) -> usize {
		self.0.len()
	}

	/// Whether there is none.
	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_price_is_for_a_day_and_a_broken_file_for_none() {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("nav.csv");
		let read = |text: &str| {
			std::fs::write(&path, text).unwrap();
			Prices::read(&path)
		};
		let prices = read("product,date,nav\nP1,2026-03-02,1.0500\nP1,2026-03-03,1.0510\n").unwrap();
		assert_eq!(prices.get("P1", "2026-03-03"), Some("1.0510".parse().unwrap()));
		assert_eq!(prices.get("P1", "2026-03-04"), None);
		for (bad, word) in [
			("P1,2026-02-30,1\n", "date"),
			("P1,2026-03-02,0\n", "above zero"),
			("P1,2026-03-02,1\nP1,2026-03-02,2\n", "two prices"),
			("P1,2026-03-02\n", "nav.csv:2"),
		] {
			let error = read(&format!("product,date,nav\n{bad}")).unwrap_err().to_string();
			assert!(error.contains(word), "{error}");
		}
	}
}
