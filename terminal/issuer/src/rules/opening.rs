// SPDX-License-Identifier: Apache-2.0

//! What customers hold when the books begin.

use crate::{
	decimal,
	error::{Error, Result},
};
use rust_decimal::Decimal;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, path::Path};

/// What customers hold at the beginning, by the seller's name.
#[derive(Clone, Debug, Default)]
pub struct Opening {
	/// Hash of the file.
	pub source: String,
	/// Customer, product and units by the seller's name on the chain.
	pub by_seller: HashMap<String, Vec<(String, String, Decimal)>>,
}

impl Opening {
	/// Reads the CSV.
	///
	/// # Errors
	/// The file cannot be read, or line, field, value and rule of what is wrong.
	pub fn read(path: &Path) -> Result<Self> {
		#[derive(Deserialize)]
		struct Row {
			seller: String,
			customer: String,
			product: String,
			units: String,
		}
		let bytes = std::fs::read(path).map_err(Error::file(path))?;
		let mut opening = Opening {
			source: hex::encode(&Sha256::digest(&bytes)[..16]),
			by_seller: HashMap::new(),
		};
		let rows = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
		for (index, row) in csv::Reader::from_reader(rows).deserialize::<Row>().enumerate() {
			let place = |reason: String| Error::Format {
				path: path.into(),
				line: index as u64 + 2,
				reason,
			};
			let row = row.map_err(|e| place(e.to_string()))?;
			let units = decimal::parse(&row.units)
				.ok_or_else(|| place(format!("units: {:?}: a decimal that is not negative", row.units)))?;
			opening
				.by_seller
				.entry(row.seller)
				.or_default()
				.push((row.customer, row.product, units));
		}
		Ok(opening)
	}
}
