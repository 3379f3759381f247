// SPDX-License-Identifier: Apache-2.0

//! The fixed cast of samples, demos and test networks: two banks, three issuers, their interfaces and products. All
//! institutions are invented.

use sealane_primitives::{business::Currency, directory::ProductStatus};

/// A bank.
#[derive(Clone, Copy, Debug)]
pub struct Seller {
	/// Name of its folder and of its part in files.
	pub key: &'static str,
	/// Its name on the chain.
	pub name: &'static str,
	/// Its Chinese name.
	pub name_zh: &'static str,
	/// Prefix of its order ids and customer references.
	pub prefix: &'static str,
}

/// An issuer of products.
#[derive(Clone, Copy, Debug)]
pub struct Issuer {
	/// Name of its folder and of its part in files.
	pub key: &'static str,
	/// Its name on the chain.
	pub name: &'static str,
	/// Its Chinese name.
	pub name_zh: &'static str,
	/// How the ids of its interfaces and products begin.
	pub prefixes: &'static [&'static str],
	/// Its entry points.
	pub interfaces: &'static [&'static str],
	/// What it issues.
	pub products: &'static [Product],
}

/// A product.
#[derive(Clone, Copy, Debug)]
pub struct Product {
	/// Its identifier on the chain.
	pub id: &'static str,
	/// Its name.
	pub name: &'static str,
	/// Its Chinese name.
	pub name_zh: &'static str,
	/// Its type on the chain.
	pub product_type: &'static str,
	/// 1 (R1) to 5 (R5).
	pub risk: u8,
	/// ISO 4217.
	pub currency: &'static str,
	/// Where it stands.
	pub status: ProductStatus,
	/// The interface that takes its orders.
	pub interface: &'static str,
	/// Net asset value of one unit, a decimal.
	pub nav: &'static str,
	/// Least amount of one subscription or purchase, in whole currency units.
	pub min_amount: u64,
	/// Largest amount of one subscription or purchase, in whole currency units.
	pub max_amount: u64,
}

impl Product {
	/// Its currency as the chain keeps it.
	pub fn currency_code(&self) -> Currency {
		let mut code = [0; 3];
		code.copy_from_slice(&self.currency.as_bytes()[..3]);
		code
	}
}

/// The banks.
pub const SELLERS: [Seller; 2] = [
	Seller {
		key: "harbour-bank",
		name: "Harbour Commercial Bank",
		name_zh: "海港商业银行",
		prefix: "HCB",
	},
	Seller {
		key: "lotus-bank",
		name: "Lotus River Bank",
		name_zh: "莲江银行",
		prefix: "LRB",
	},
];

const NORTHWIND: [Product; 4] = [
	Product {
		id: "NW1001",
		name: "Northwind Daily Cash",
		name_zh: "北风日日金现金管理",
		product_type: "wealth.cash",
		risk: 1,
		currency: "CNY",
		status: ProductStatus::Open,
		interface: "northwind.cash",
		nav: "1.0000",
		min_amount: 100,
		max_amount: 500_000,
	},
	Product {
		id: "NW2001",
		name: "Northwind Steady 180 Days",
		name_zh: "北风稳健180天",
		product_type: "wealth.fixed",
		risk: 2,
		currency: "CNY",
		status: ProductStatus::Open,
		interface: "northwind.wealth",
		nav: "1.0276",
		min_amount: 1_000,
		max_amount: 2_000_000,
	},
	Product {
		id: "NW2002",
		name: "Northwind Steady 365 Days, 9th series",
		name_zh: "北风稳健365天第9期",
		product_type: "wealth.fixed",
		risk: 2,
		currency: "CNY",
		status: ProductStatus::Offering,
		interface: "northwind.wealth",
		nav: "1.0000",
		min_amount: 1_000,
		max_amount: 2_000_000,
	},
	Product {
		id: "NW3001",
		name: "Northwind Balanced",
		name_zh: "北风平衡配置",
		product_type: "wealth.mixed",
		risk: 3,
		currency: "CNY",
		status: ProductStatus::Open,
		interface: "northwind.wealth",
		nav: "1.1832",
		min_amount: 1_000,
		max_amount: 2_000_000,
	},
];

const JADE_PEAK: [Product; 4] = [
	Product {
		id: "JP1101",
		name: "Jade Peak Treasury Bond",
		name_zh: "玉峰国债债券",
		product_type: "fund.bond",
		risk: 2,
		currency: "CNY",
		status: ProductStatus::Open,
		interface: "jadepeak.funds",
		nav: "1.0914",
		min_amount: 100,
		max_amount: 5_000_000,
	},
	Product {
		id: "JP3102",
		name: "Jade Peak CSI 300 Index",
		name_zh: "玉峰沪深300指数",
		product_type: "fund.equity",
		risk: 4,
		currency: "CNY",
		status: ProductStatus::Open,
		interface: "jadepeak.funds",
		nav: "2.3168",
		min_amount: 100,
		max_amount: 1_000_000,
	},
	Product {
		id: "JP3103",
		name: "Jade Peak Green Energy",
		name_zh: "玉峰绿色能源股票",
		product_type: "fund.equity",
		risk: 4,
		currency: "CNY",
		status: ProductStatus::Offering,
		interface: "jadepeak.offering",
		nav: "1.0000",
		min_amount: 1_000,
		max_amount: 1_000_000,
	},
	Product {
		id: "JP5104",
		name: "Jade Peak Commodity Strategies",
		name_zh: "玉峰商品策略",
		product_type: "fund.alternative",
		risk: 5,
		currency: "CNY",
		status: ProductStatus::Open,
		interface: "jadepeak.funds",
		nav: "0.8745",
		min_amount: 10_000,
		max_amount: 1_000_000,
	},
];

const BLUE_DELTA: [Product; 4] = [
	Product {
		id: "BD1201",
		name: "Blue Delta Overnight",
		name_zh: "蓝湾隔夜理财",
		product_type: "wealth.cash",
		risk: 1,
		currency: "CNY",
		status: ProductStatus::Open,
		interface: "bluedelta.open",
		nav: "1.0000",
		min_amount: 100,
		max_amount: 500_000,
	},
	Product {
		id: "BD2202",
		name: "Blue Delta USD Short Term",
		name_zh: "蓝湾美元短期",
		product_type: "fund.bond",
		risk: 2,
		currency: "USD",
		status: ProductStatus::Open,
		interface: "bluedelta.fx",
		nav: "10.4410",
		min_amount: 100,
		max_amount: 300_000,
	},
	Product {
		id: "BD3203",
		name: "Blue Delta Multi Asset",
		name_zh: "蓝湾多元资产",
		product_type: "wealth.mixed",
		risk: 3,
		currency: "CNY",
		status: ProductStatus::Open,
		interface: "bluedelta.open",
		nav: "1.3307",
		min_amount: 1_000,
		max_amount: 2_000_000,
	},
	Product {
		id: "BD5204",
		name: "Blue Delta Pre-IPO, 2nd close",
		name_zh: "蓝湾拟上市股权第二期",
		product_type: "fund.alternative",
		risk: 5,
		currency: "CNY",
		status: ProductStatus::Offering,
		interface: "bluedelta.private",
		nav: "1.0000",
		min_amount: 10_000,
		max_amount: 3_000_000,
	},
];

/// The issuers.
pub const ISSUERS: [Issuer; 3] = [
	Issuer {
		key: "northwind",
		name: "Northwind Wealth Management",
		name_zh: "北风理财",
		prefixes: &["NW", "northwind."],
		interfaces: &["northwind.cash", "northwind.wealth"],
		products: &NORTHWIND,
	},
	Issuer {
		key: "jadepeak",
		name: "Jade Peak Fund Management",
		name_zh: "玉峰基金",
		prefixes: &["JP", "jadepeak."],
		interfaces: &["jadepeak.funds", "jadepeak.offering"],
		products: &JADE_PEAK,
	},
	Issuer {
		key: "bluedelta",
		name: "Blue Delta Wealth Management",
		name_zh: "蓝湾理财",
		prefixes: &["BD", "bluedelta."],
		interfaces: &["bluedelta.open", "bluedelta.fx", "bluedelta.private"],
		products: &BLUE_DELTA,
	},
];

/// Every product with the index of its issuer in [`ISSUERS`].
pub fn products() -> impl Iterator<Item = (usize, &'static Product)> {
	ISSUERS
		.iter()
		.enumerate()
		.flat_map(|(i, issuer)| issuer.products.iter().map(move |p| (i, p)))
}

#[cfg(test)]
mod tests {
	use super::*;
	use sealane_primitives::ids::MAX_NAME_LEN;
	use std::collections::BTreeSet;

	#[test]
	fn catalogue_is_consistent() {
		let ids: BTreeSet<_> = products().map(|(_, p)| p.id).collect();
		assert_eq!(ids.len(), 12);
		for risk in 1..=5 {
			assert!(products().any(|(_, p)| p.risk == risk), "no product of risk R{risk}");
		}
		for issuer in &ISSUERS {
			assert!(issuer.interfaces.len() > 1);
			assert!(issuer.products.iter().any(|p| p.status == ProductStatus::Offering));
			for product in issuer.products {
				assert!(issuer.interfaces.contains(&product.interface), "{}", product.id);
				assert!(product.min_amount < product.max_amount);
				assert!(product.nav.parse::<rust_decimal::Decimal>().is_ok());
				assert_eq!(product.currency.len(), 3);
				for name in [product.id, product.product_type, product.interface] {
					assert!(name.len() <= MAX_NAME_LEN as usize, "{name}");
				}
			}
			for interface in issuer.interfaces {
				assert!(
					issuer.products.iter().any(|p| p.interface == *interface),
					"{interface} serves nothing"
				);
			}
		}
	}
}
