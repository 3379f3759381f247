// SPDX-License-Identifier: Apache-2.0

//! 巨额赎回: a day on which more leaves a product than it must pay out at once.

use rust_decimal::Decimal;

/// Which share of the redemptions of a day is executed; `None`: all of them.
///
/// `limit`: the share of all units that may leave on a day, net of what comes. `outstanding`: all units before the day. `incoming`:
/// units that are bought on it. `outgoing`: units asked back and switched out of the product.
///
/// As much is executed as leaves exactly the limit, so never less than the limit itself: each order in proportion.
pub fn share_of(limit: Decimal, outstanding: Decimal, incoming: Decimal, outgoing: Decimal) -> Option<Decimal> {
	if limit.is_zero() || outgoing.is_zero() {
		return None;
	}
	let most = limit.checked_mul(outstanding)?.checked_add(incoming)?;
	if outgoing <= most {
		return None;
	}
	most.checked_div(outgoing)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::decimal::{round, Rounding};
	use proptest::prelude::*;

	fn decimal(text: &str) -> Decimal {
		text.parse().unwrap()
	}

	#[test]
	fn the_limit_is_of_what_leaves_net() {
		let share = |incoming: &str, outgoing: &str| {
			let share = share_of(
				decimal("0.10"),
				decimal("1000000"),
				decimal(incoming),
				decimal(outgoing),
			);
			share.map(|share| share.normalize().to_string())
		};
		assert_eq!(share("0", "100000"), None);
		assert_eq!(share("0", "200000"), Some("0.5".into()));
		assert_eq!(share("100000", "200000"), None);
		assert_eq!(share("100000", "400000"), Some("0.5".into()));
		assert_eq!(share_of(Decimal::ZERO, Decimal::ONE, Decimal::ZERO, Decimal::TEN), None);
	}

	proptest! {
		/// What is executed together never exceeds the limit, and falls short of it by what rounding down takes from each.
		#[test]
		fn all_together_stay_within_the_limit(
			asked in proptest::collection::vec(1u64..10_000_000_000, 1..40), limit in 1u32..50, outstanding in 1u64..1_000_000_000,
			incoming in 0u64..100_000_000,
		) {
			let asked: Vec<Decimal> = asked.into_iter().map(|units| Decimal::new(units as i64, 2)).collect();
			let limit = Decimal::new(i64::from(limit), 2);
			let (outstanding, incoming) = (Decimal::from(outstanding), Decimal::from(incoming));
			let outgoing: Decimal = asked.iter().sum();
			let most = limit * outstanding + incoming;
			match share_of(limit, outstanding, incoming, outgoing) {
				None => prop_assert!(outgoing <= most),
				Some(share) => {
					prop_assert!(share >= Decimal::ZERO && share < Decimal::ONE);
					let parts: Vec<_> = asked.iter().map(|units| round(units * share, 2, Rounding::Down)).collect();
					prop_assert!(parts.iter().zip(&asked).all(|(part, asked)| part <= asked));
					let executed: Decimal = parts.iter().sum();
					prop_assert!(executed <= most);
					let short = Decimal::new(asked.len() as i64, 2) + Decimal::new(1, 6);
					prop_assert!(executed + short >= most);
				}
			}
		}
	}
}
