// SPDX-License-Identifier: Apache-2.0

use super::ApiState;
use crate::rules::{BelowMinHolding, FeeOn, InForce, Mode, ProductRules, Rules};
use axum::{extract::State, Json};
use rust_decimal::Decimal;
use sealane_primitives::calendar::{Calendar, NoDay};
use sealane_sdk::types::Problem;
use sealane_service::Failure;
use sealane_terminal_core::{db::now_ms, decimal::Rounding};
use serde::Serialize;
use utoipa::ToSchema;

/// Business days that are shown of a calendar.
const DAYS: usize = 10;

/// A product as the issuer's rules have it.
#[derive(Serialize, ToSchema)]
pub(super) struct Product {
	/// Its number.
	id: String,
	/// `offering` takes subscriptions, `open` purchases; both take the rest. `suspended` and `closed` take nothing.
	status: String,
	/// When its orders are decided.
	mode: Mode,
	/// ISO 4217.
	currency: String,
	/// The price of one unit, where it is the same on all days.
	#[serde(skip_serializing_if = "Option::is_none")]
	nav: Option<String>,
	/// The rate of the fee.
	fee_rate: String,
	/// What the rate is of.
	fee_on: FeeOn,
	/// The rate of a redemption's fee, of what the redemption brings.
	redemption_fee_rate: String,
	/// Digits after the point of money.
	money_digits: u32,
	/// Digits after the point of units.
	unit_digits: u32,
	/// How what does not fit the digits is rounded.
	rounding: Rounding,
	/// Least amount of a subscription or purchase.
	min_amount: String,
	/// Largest amount of a subscription or purchase; 0: no limit.
	max_amount: String,
	/// Most of all subscriptions and purchases of one day; 0: no limit.
	daily_limit: String,
	/// Least units that a customer may keep, but for none; 0: no limit.
	min_holding: String,
	/// What is done with a redemption that would leave less.
	below_min_holding: BelowMinHolding,
	/// The share of all units that may leave on a day; 0: no limit.
	redemption_limit: String,
	/// Its business days, with mode `daily`; absent where nobody announced any: its orders wait.
	#[serde(skip_serializing_if = "Option::is_none")]
	calendar: Option<ProductCalendar>,
}

/// Where a calendar comes from.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Source {
	/// Announced on chain: both partners have it.
	Chain,
	/// From a file of the issuer alone.
	File,
}

/// The calendar of a product.
#[derive(Serialize, ToSchema)]
struct ProductCalendar {
	/// Where it comes from.
	source: Source,
	/// Its version on chain.
	#[serde(skip_serializing_if = "Option::is_none")]
	version: Option<u32>,
	/// The first block in which that holds.
	#[serde(skip_serializing_if = "Option::is_none")]
	from_block: Option<u32>,
	/// All of it, in the form in which it is announced.
	#[schema(value_type = Object)]
	calendar: Calendar,
	/// The business day of an order that is received now; absent where the calendar does not say.
	#[serde(skip_serializing_if = "Option::is_none")]
	today: Option<String>,
	/// That one and those that follow.
	days: Vec<BusinessDay>,
}

/// A business day.
#[derive(Serialize, ToSchema)]
struct BusinessDay {
	/// YYYY-MM-DD.
	day: String,
	/// The first moment that is too late for an order of that day, Unix ms.
	order_until: i64,
	/// The first moment in which the node takes it no more, Unix ms.
	deliver_until: i64,
}

/// Products
///
/// The rules in force, and the business days of each product with a daily desk.
#[utoipa::path(
	get, path = "/v1/products", tag = "days", operation_id = "list_products",
	responses(
		(status = 200, description = "Products, by their number", body = Vec<Product>),
		(status = "default", description = "The user lacks the role", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(State(state): State<ApiState>) -> Result<Json<Vec<Product>>, Failure> {
	let rules = state.rules.borrow().clone();
	let products = rules.products.iter();
	Ok(Json(
		products
			.map(|(id, product)| Product::new(id, product, &rules))
			.collect(),
	))
}

impl Product {
	fn new(id: &str, product: &ProductRules, rules: &Rules) -> Self {
		let text = |value: Decimal| value.normalize().to_string();
		Product {
			id: id.into(),
			status: status_text(product),
			mode: product.mode,
			currency: product.currency.clone(),
			nav: product.nav.map(text),
			fee_rate: text(product.fee_rate),
			fee_on: product.fee_on,
			redemption_fee_rate: text(product.redemption_fee_rate.unwrap_or(product.fee_rate)),
			money_digits: product.money_digits(rules),
			unit_digits: product.unit_digits(rules),
			rounding: product.rounding,
			min_amount: text(product.min_amount),
			max_amount: text(product.max_amount),
			daily_limit: text(product.daily_limit),
			min_holding: text(product.min_holding),
			below_min_holding: product.below_min_holding,
			redemption_limit: text(product.redemption_limit),
			calendar: rules.calendar_in_force(id).map(ProductCalendar::new),
		}
	}
}

/// The name of a product's state in JSON.
fn status_text(product: &ProductRules) -> String {
	let value = serde_json::to_value(product.status).unwrap_or_default();
	value.as_str().unwrap_or_default().into()
}

impl ProductCalendar {
	fn new(in_force: InForce<'_>) -> Self {
		let calendar = in_force.calendar;
		let (version, from_block) = in_force.announced.unzip();
		let days = days(calendar).unwrap_or_default();
		ProductCalendar {
			source: if version.is_some() { Source::Chain } else { Source::File },
			version,
			from_block,
			calendar: calendar.clone(),
			today: days.first().map(|day| day.day.clone()),
			days,
		}
	}
}

/// The business day of now, and those that follow, as far as the calendar says.
fn days(calendar: &Calendar) -> Result<Vec<BusinessDay>, NoDay> {
	let mut date = calendar.business_day(u64::try_from(now_ms()).unwrap_or(0))?;
	let mut days = Vec::with_capacity(DAYS);
	while days.len() < DAYS {
		if let (Some(order_until), Some(deliver_until)) = (calendar.order_until(date)?, calendar.deliver_until(date)?) {
			let ms = |moment: u64| i64::try_from(moment).unwrap_or(i64::MAX);
			days.push(BusinessDay {
				day: date.to_string(),
				order_until: ms(order_until),
				deliver_until: ms(deliver_until),
			});
		}
		match calendar.next_open_day(date) {
			Ok(next) => date = next,
			Err(_) => break,
		}
	}
	Ok(days)
}
