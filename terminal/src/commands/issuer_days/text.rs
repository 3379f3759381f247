// SPDX-License-Identifier: Apache-2.0

//! Days as tables.

use super::DayReport;
use crate::output::{time_text, Table};
use sealane_issuer::day::{DayOrder, DayState, Listed, Nav};

pub(super) fn days_text(days: &[Listed]) -> String {
	let mut table = Table::new(&[
		"day",
		"product",
		"state",
		">orders",
		">open",
		">held",
		">by hand",
		">late",
		">nav",
		"released",
		">revision",
		"waits for",
	]);
	for listed in days {
		let day = &listed.day;
		table.row([
			day.key.day.clone(),
			day.key.product.clone(),
			match (day.state, day.executed) {
				(DayState::Confirmed, true) => "confirmed, sent".into(),
				(state, _) => state.as_str().to_string(),
			},
			listed.orders.to_string(),
			listed.open.to_string(),
			listed.held.to_string(),
			listed.by_hand.to_string(),
			listed.late.to_string(),
			listed.nav.clone(),
			listed.released_by.clone(),
			day.revision.to_string(),
			listed.next.text(),
		]);
	}
	table.to_string()
}

pub(super) fn report_text(report: &DayReport) -> String {
	let mut text = days_text(std::slice::from_ref(&report.day));
	let day = &report.day.day;
	if !day.share.is_empty() {
		text += &format!(
			"\n\nlarge redemptions: {} of each is executed, {} units are out",
			day.share, day.outstanding
		);
	}
	if let Some(price) = &report.price {
		text += &format!("\n\n{}", navs_text(std::slice::from_ref(price)));
	}
	let mut totals = Table::new(&[
		">seller",
		"kind",
		"outcome",
		">orders",
		">asked money",
		">asked units",
		">money",
		">units",
		">fee",
		">carried",
	]);
	for total in &report.totals {
		totals.row([
			total.seller.to_string(),
			total.kind.clone(),
			total.outcome.clone(),
			total.count.to_string(),
			total.asked_amount.to_string(),
			total.asked_units.to_string(),
			total.amount.to_string(),
			total.units.to_string(),
			total.fee.to_string(),
			total.carry.to_string(),
		]);
	}
	let mut acts = Table::new(&["done", "act", "who", "order", "note"]);
	for act in &report.history {
		acts.row([
			time_text(act.done_at),
			act.act.clone(),
			act.who.clone(),
			act.id.clone(),
			act.note.clone(),
		]);
	}
	format!("{text}\n\n{totals}\n\n{acts}")
}

pub(super) fn orders_text(orders: &[DayOrder]) -> String {
	let mut table = Table::new(&[
		">place", ">seller", "order", "kind", "customer", ">money", ">units", "state", "outcome", "reason", ">money",
		">units", ">fee", ">carried", "by hand", "late for",
	]);
	for order in orders {
		table.row([
			order.place.to_string(),
			order.seller.to_string(),
			order.id.clone(),
			order.kind.clone(),
			order.customer.clone(),
			order.asked_amount.clone(),
			order.asked_units.clone(),
			if order.held == 0 {
				order.state.clone()
			} else {
				format!("{}, held", order.state)
			},
			order.outcome.clone(),
			order.reason_code.clone(),
			order.amount.clone(),
			order.units.clone(),
			order.fee.clone(),
			order.carry.clone(),
			order.decided_by.clone(),
			order.late_for.clone(),
		]);
	}
	table.to_string()
}

pub(super) fn navs_text(navs: &[Nav]) -> String {
	let mut table = Table::new(&[
		"day",
		"product",
		">nav",
		"entered by",
		"entered",
		"released by",
		"released",
		"source",
	]);
	for nav in navs {
		table.row([
			nav.day.clone(),
			nav.product.clone(),
			nav.nav.clone(),
			nav.entered_by.clone(),
			time_text(nav.entered_at),
			nav.released_by.clone(),
			time_text(nav.released_at),
			nav.source.clone(),
		]);
	}
	table.to_string()
}
