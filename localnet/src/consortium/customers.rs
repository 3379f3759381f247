// SPDX-License-Identifier: Apache-2.0

//! Customers who are registered with an issuer, by the way that programs go: application, result, receipt on chain.

use super::Institution;
use crate::{
	wait::{until, Look},
	Error, Result,
};
use sealane_primitives::registration::{commitment, Stated};
use sealane_sdk::types::{Outcome, Person, Registration, RegistrationResult};
use std::time::Duration;

/// Longest time until a receipt is on chain.
const LIMIT: Duration = Duration::from_secs(240);

/// Registers a customer of `seller` over an interface of `issuer`, and waits until both nodes see the receipt on chain. Gives what orders
/// state of it.
///
/// # Errors
/// A node refuses or does not answer.
pub async fn register(seller: &Institution, issuer: &Institution, interface: &str, customer: &str) -> Result<Stated> {
	// Nothing is secret in a network of one machine; the salt differs from customer to customer all the same.
	let mut salt = [7; 32];
	for (byte, letter) in salt.iter_mut().zip(customer.bytes()) {
		*byte ^= letter;
	}
	let stated = Stated {
		commitment: commitment(&salt, issuer.member, seller.member, customer.as_bytes()),
		salt,
	};
	let id = format!("R-{customer}");
	let person: Person = serde_json::from_value(serde_json::json!({ "name": "王小明" }))
		.map_err(|error| Error::Unexpected(error.to_string()))?;
	let registration = Registration::new(&id, interface, customer, person);
	seller.client()?.submit_registrations(&[registration], &id).await?;
	until("the application is at the issuer", LIMIT, || async {
		let found = issuer.client()?.registration(&id, Some(seller.member)).await?;
		Ok(found.map_or_else(|| Look::NotYet("not yet".into()), |_| Look::Found(())))
	})
	.await?;
	let mut result = RegistrationResult::new(&id, Outcome::Accepted);
	result.seller = Some(seller.member);
	result.commitment = Some(hex::encode(stated.commitment));
	result.salt = Some(hex::encode(stated.salt));
	issuer.client()?.submit_registration_results(&[result], &id).await?;
	for who in [seller, issuer] {
		until("the receipt is on chain", LIMIT, || async {
			let answer = who
				.client()?
				.registrations_open(issuer.member, &[stated.commitment])
				.await?;
			Ok(match answer.open[..] {
				[true] => Look::Found(()),
				_ => Look::NotYet(format!("block {}", answer.at_block)),
			})
		})
		.await?;
	}
	Ok(stated)
}
