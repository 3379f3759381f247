// SPDX-License-Identifier: Apache-2.0

//! What the chain would say: who is who, which channels, products, clauses and calendars there are.

use super::{Member, FIRST_ISSUER};
use axum::{
	extract::{Query, State},
	Json,
};
use codec::Encode;
use sealane_sample::catalogue;
use sealane_sdk::types::*;
use std::collections::HashMap;

fn name_of(member: u32) -> &'static str {
	match member.checked_sub(FIRST_ISSUER) {
		None => catalogue::SELLERS[member as usize].name,
		Some(issuer) => catalogue::ISSUERS[issuer as usize].name,
	}
}

fn status_name(product: &catalogue::Product) -> String {
	serde_json::to_value(product.status)
		.unwrap()
		.as_str()
		.unwrap()
		.to_string()
}

pub(super) async fn status(State(member): State<Member>) -> Json<Status> {
	Json(Status {
		version: "0".into(),
		genesis: "00".repeat(32),
		peer: String::new(),
		node: Some(member.number),
		member: Some(MemberRef {
			id: member.number,
			name: name_of(member.number).into(),
		}),
		ready: true,
		block: 1,
		log_end: Cursor::start(),
		log_bytes: 0,
		indexed: 0,
		store_full: false,
		batches_unanchored: 0,
		anchors_open: 0,
		keys: Vec::new(),
		keys_valid: true,
		alarms: Vec::new(),
		extra: Extra::new(),
	})
}

pub(super) async fn channels(State(member): State<Member>) -> Json<Channels> {
	let mut channels = Vec::new();
	for seller in 0..FIRST_ISSUER {
		for (index, issuer) in catalogue::ISSUERS.iter().enumerate() {
			let number = FIRST_ISSUER + index as u32;
			let side = if member.number == seller {
				Side::Seller
			} else if member.number == number {
				Side::Issuer
			} else {
				continue;
			};
			let partner = if side == Side::Seller { number } else { seller };
			channels.push(Channel {
				id: seller * 3 + index as u32,
				seller,
				issuer: number,
				side,
				partner: MemberRef {
					id: partner,
					name: name_of(partner).into(),
				},
				authorised: true,
				refusal: None,
				kinds: BusinessKind::ALL.to_vec(),
				valid_until_block: None,
				orders_per_minute: None,
				interfaces: issuer
					.interfaces
					.iter()
					.map(|id| Interface {
						id: (*id).into(),
						node: number,
					})
					.collect(),
				products: issuer
					.products
					.iter()
					.map(|p| Product {
						id: p.id.into(),
						product_type: p.product_type.into(),
						risk: p.risk,
						currency: p.currency.into(),
						status: status_name(p),
						interface: p.interface.into(),
						agreement: 1,
						extra: Extra::new(),
					})
					.collect(),
				agreements: Vec::new(),
				extra: Extra::new(),
			});
		}
	}
	Json(Channels { channels })
}

pub(super) async fn calendars(
	State(member): State<Member>,
	Query(query): Query<HashMap<String, String>>,
) -> Json<Calendars> {
	let inner = member.exchange.inner.lock().unwrap();
	Json(Calendars {
		issuer: query["issuer"].parse().unwrap(),
		in_force: query
			.get("product")
			.and_then(|product| inner.calendars.get(product))
			.cloned(),
		next: None,
	})
}

pub(super) async fn clauses_in_force(
	State(member): State<Member>,
	Query(query): Query<HashMap<String, String>>,
) -> Json<sealane_sdk::types::Clauses> {
	let asked = &query["product"];
	let (issuer, product) = catalogue::products().find(|(_, p)| p.id == asked).unwrap();
	let inner = member.exchange.inner.lock().unwrap();
	let (number, (scope, of, clauses)) = inner.agreement(product);
	let agreement = Agreement {
		id: number,
		scope: match scope.as_str() {
			"product" => Scope::Product(of.clone()),
			"product_type" => Scope::ProductType(of.clone()),
			_ => Scope::All,
		},
		version: 1,
		from_block: 1,
		clauses: Vec::new(),
		encoded: hex::encode(clauses.encode()),
		extra: Extra::new(),
	};
	Json(sealane_sdk::types::Clauses {
		clauses: vec![ClausesInForce {
			channel: member.number * 3 + issuer as u32,
			seller: member.number,
			issuer: FIRST_ISSUER + issuer as u32,
			at_block: 1,
			agreement: Some(agreement),
		}],
	})
}
