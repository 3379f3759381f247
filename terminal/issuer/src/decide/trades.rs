// SPDX-License-Identifier: Apache-2.0

//! Subscriptions, purchases, redemptions and switches.

use super::*;
use crate::rules::BelowMinHolding;

impl Case<'_> {
	pub(super) fn buy(&self, product: &ProductRules, books: &mut Books) -> Result<Confirmation, No> {
		let order = self.order;
		ensure_trading(product)?;
		let wanted = if order.kind == BusinessKind::Subscription {
			ProductStatus::Offering
		} else {
			ProductStatus::Open
		};
		if product.status != wanted {
			let rule = "a subscription needs an offering period, a purchase an open product";
			return Err(No::Rejected(
				"KIND_NOT_NOW",
				format!("kind: {:?}: {rule}", order.kind.as_str()),
			));
		}
		let asked = quantity("amount", &order.amount)?;
		check_amount(product, order, asked)?;
		let nav = self.nav(&order.product, product)?;
		let key = (order.product.clone(), self.day.clone());
		let mut amount = asked;
		if !product.daily_limit.is_zero() {
			let left = product.daily_limit - books.daily.get(&key).copied().unwrap_or_default();
			if left < product.min_amount || left <= Decimal::ZERO {
				return Err(No::Rejected(
					"DAILY_LIMIT",
					format!("amount: {asked}: the day's limit is used up"),
				));
			}
			amount = amount.min(left);
		}
		let money = product.money_digits(self.rules);
		let (net, fee) = product
			.fee_on
			.split(amount, product.fee_rate, money, product.rounding)
			.ok_or_else(overflow("amount"))?;
		let units = net.checked_div(nav).ok_or_else(overflow("amount"))?;
		let units = round(units, product.unit_digits(self.rules), product.rounding);
		books.add_units(self.holding(&order.product), units);
		books.add_daily(key, amount);
		let mut confirmation = accepted();
		if amount < asked {
			confirmation.outcome = Outcome::Partial;
			confirmation.reason = Some(Reason {
				code: "DAILY_LIMIT".into(),
				text: format!("amount: {asked}: {amount} left of the day's limit"),
			});
		}
		confirmation.units = Some(units.to_string());
		confirmation.nav = Some(nav.to_string());
		confirmation.amount = Some(round(amount, money, Rounding::Down).to_string());
		confirmation.fee = Some(round(fee, money, Rounding::Down).to_string());
		Ok(confirmation)
	}

	pub(super) fn redeem(&self, product: &ProductRules, books: &mut Books) -> Result<Done, No> {
		let order = self.order;
		ensure_trading(product)?;
		let asked = quantity("units", &order.units)?;
		let nav = self.nav(&order.product, product)?;
		let key = self.holding(&order.product);
		let wanted = whole_holding(product, books.held(&key), asked)?;
		let units = self.part_of(wanted, product)?;
		let rest = wanted - units;
		let carry = if self.drops_rest() { Decimal::ZERO } else { rest };
		if units.is_zero() && carry.is_zero() {
			return Err(large_redemption(wanted, units).into());
		}
		let money = product.money_digits(self.rules);
		let gross = units.checked_mul(nav).ok_or_else(overflow("units"))?;
		let rate = product.redemption_fee_rate.unwrap_or(product.fee_rate);
		// The fee of a redemption is a part of what it brings, whatever that of a purchase is of.
		let fee = gross.checked_mul(rate).ok_or_else(overflow("units"))?;
		let fee = round(fee, money, product.rounding);
		// What goes to the next day cannot be redeemed a second time on this one.
		books.take_units(key, units + carry, self.rules.check_holdings)?;
		let mut confirmation = accepted();
		if !rest.is_zero() {
			let (code, text) = large_redemption(wanted, units);
			confirmation.outcome = Outcome::Partial;
			confirmation.reason = Some(Reason {
				code: code.into(),
				text,
			});
		}
		if wanted != asked {
			let all = serde_json::json!({ "asked_units": asked.to_string(), "all_units": wanted.to_string() });
			confirmation.details = Some(all);
		}
		confirmation.units = Some(units.to_string());
		confirmation.nav = Some(nav.to_string());
		confirmation.amount = Some(round(gross - fee, money, product.rounding).to_string());
		confirmation.fee = Some(fee.to_string());
		Ok(Done { confirmation, carry })
	}

	/// Whether what is not executed of a large redemption is dropped instead of carried to the next day.
	fn drops_rest(&self) -> bool {
		detail(self.order, "large_redemption") == Some("drop")
	}

	/// What of `units` is executed.
	fn part_of(&self, units: Decimal, product: &ProductRules) -> Result<Decimal, Rejection> {
		let Some(share) = self.share else { return Ok(units) };
		let part = units.checked_mul(share).ok_or_else(overflow("units"))?;
		Ok(round(part, product.unit_digits(self.rules), Rounding::Down))
	}

	pub(super) fn switch(&self, product: &ProductRules, books: &mut Books) -> Result<Confirmation, No> {
		let order = self.order;
		ensure_trading(product)?;
		let target = detail(order, "target_product").unwrap_or("");
		let into = self.target(product, target)?;
		let asked = quantity("units", &order.units)?;
		let nav = self.nav(&order.product, product)?;
		let nav_in = self.nav(target, into)?;
		// What is not executed of a switch is dropped: its price of the next day is another one, of two products.
		let units = self.part_of(asked, product)?;
		if units.is_zero() {
			return Err(large_redemption(asked, units).into());
		}
		let value = units.checked_mul(nav).ok_or_else(overflow("units"))?;
		let units_in = round(
			value.checked_div(nav_in).ok_or_else(overflow("units"))?,
			into.unit_digits(self.rules),
			into.rounding,
		);
		books.take_units(self.holding(&order.product), units, self.rules.check_holdings)?;
		books.add_units(self.holding(target), units_in);
		let mut confirmation = accepted();
		if units != asked {
			let (code, text) = large_redemption(asked, units);
			confirmation.outcome = Outcome::Partial;
			confirmation.reason = Some(Reason {
				code: code.into(),
				text,
			});
		}
		Ok(Confirmation {
			units: Some(units.to_string()),
			nav: Some(nav.to_string()),
			amount: Some(round(value, product.money_digits(self.rules), product.rounding).to_string()),
			details: Some(serde_json::json!({
				"target_product": target, "target_units": units_in.to_string(), "target_nav": nav_in.to_string(),
			})),
			..confirmation
		})
	}

	/// The product into which is switched.
	fn target(&self, product: &ProductRules, target: &str) -> Result<&ProductRules, Rejection> {
		let into = self
			.rules
			.products
			.get(target)
			.filter(|_| target != self.order.product)
			.ok_or_else(|| {
				(
					"TARGET_PRODUCT",
					format!("details.target_product: {target:?}: another product of this issuer"),
				)
			})?;
		ensure_trading(into)?;
		if into.currency != product.currency {
			return Err((
				"CURRENCY",
				format!("details.target_product: {target:?}: of the same currency"),
			));
		}
		Ok(into)
	}
}

/// What is redeemed of a holding: what is asked, or all of it where too little would be left.
fn whole_holding(product: &ProductRules, held: Decimal, asked: Decimal) -> Result<Decimal, Rejection> {
	let left = held - asked;
	if left <= Decimal::ZERO || left >= product.min_holding {
		return Ok(asked);
	}
	match product.below_min_holding {
		BelowMinHolding::RedeemAll => Ok(held),
		BelowMinHolding::Reject => Err((
			"BELOW_MIN_HOLDING",
			format!(
				"units: {asked}: {left} would be left, at least {} or none",
				product.min_holding
			),
		)),
	}
}

fn large_redemption(asked: Decimal, executed: Decimal) -> Rejection {
	(
		"LARGE_REDEMPTION",
		format!("units: {asked}: {executed} are executed of a day with large redemptions"),
	)
}

fn check_amount(product: &ProductRules, order: &Order, asked: Decimal) -> Result<(), Rejection> {
	let currency = order.currency.as_deref().unwrap_or("");
	if currency != product.currency {
		return Err(("CURRENCY", format!("currency: {currency:?}: {}", product.currency)));
	}
	if asked < product.min_amount {
		return Err((
			"BELOW_MINIMUM",
			format!("amount: {asked}: at least {}", product.min_amount),
		));
	}
	if !product.max_amount.is_zero() && asked > product.max_amount {
		return Err((
			"ABOVE_MAXIMUM",
			format!("amount: {asked}: at most {}", product.max_amount),
		));
	}
	Ok(())
}
