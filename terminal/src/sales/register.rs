// SPDX-License-Identifier: Apache-2.0

//! Registers customers with issuers.

use super::{
	submit::{body_of, key_of, submit},
	Follower,
};
use crate::{
	customers::{Customer, CustomerBook, DocumentKind},
	db::{insert_registrations, insert_submission, Db, RegistrationRow, Submission, SubmissionKind},
	error::{Error, Result},
	output::Output,
};
use sealane_primitives::clauses::{InvestorCategory, InvestorEntity};
use sealane_sdk::{
	types::{self as sdk, Channel, Side},
	Client,
};
use serde::Serialize;
use std::{
	collections::BTreeMap,
	time::{Duration, Instant},
};

/// Registrations of one request.
const CHUNK: usize = 2_000;

/// What to register.
#[derive(Clone, Debug, Default)]
pub struct RegisterConfig {
	/// Only with these issuers, by number; empty: with every issuer of an authorised channel.
	pub issuers: Vec<u32>,
	/// Whether to wait for the results.
	pub wait: bool,
	/// Longest time to wait.
	pub timeout: Option<Duration>,
}

/// How many registrations stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RegisterFigures {
	/// Customers in the book.
	pub customers: u64,
	/// Applications made in this run.
	pub applied: u64,
	/// All applications by state.
	pub states: BTreeMap<String, u64>,
}

/// Applies for every customer and issuer that has no application yet, and waits for the results.
///
/// # Errors
/// The node refuses us, the database fails, or the time is over.
pub async fn register(
	client: Client,
	db: Db,
	customers: &CustomerBook,
	config: &RegisterConfig,
	output: Output,
) -> Result<RegisterFigures> {
	for pending in db.pending_submissions(SubmissionKind::Registrations).await? {
		let entries = db
			.submission_entries(SubmissionKind::Registrations, pending.number)
			.await?;
		submit(&client, &db, SubmissionKind::Registrations, &pending, &entries).await?;
	}
	let channels: Vec<Channel> = client
		.channels()
		.await?
		.into_iter()
		.filter(|c| c.side == Side::Seller && c.authorised)
		.filter(|c| config.issuers.is_empty() || config.issuers.contains(&c.issuer))
		.collect();
	let known = db.applied().await?;
	let mut rows = Vec::new();
	for channel in &channels {
		for customer in customers.iter() {
			if !known.contains(&(customer.reference.clone(), channel.issuer)) {
				rows.push(application(customer, channel)?);
			}
		}
	}
	let applied = rows.len() as u64;
	let bar = output.progress("applied", applied);
	for chunk in rows.chunks_mut(CHUNK) {
		// The order in which the database hands them back: a repeat must have the same bytes.
		chunk.sort_by(|a, b| a.id.cmp(&b.id));
		let entries: Vec<_> = chunk.iter().map(|row| (row.id.clone(), row.text.clone())).collect();
		let key = key_of(&body_of(&entries));
		let mut tx = db.begin().await?;
		let number = insert_submission(&mut tx, SubmissionKind::Registrations, &key, entries.len()).await?;
		for row in chunk.iter_mut() {
			row.submission = number;
		}
		insert_registrations(&mut tx, chunk).await?;
		tx.commit().await?;
		submit(
			&client,
			&db,
			SubmissionKind::Registrations,
			&Submission { number, key },
			&entries,
		)
		.await?;
		bar.inc(chunk.len() as u64);
	}
	bar.finish_and_clear();
	if config.wait {
		wait_for_results(client, &db, config.timeout, output).await?;
	}
	Ok(RegisterFigures {
		customers: customers.len() as u64,
		applied,
		states: db.registration_states().await?.into_iter().collect(),
	})
}

async fn wait_for_results(client: Client, db: &Db, timeout: Option<Duration>, output: Output) -> Result<()> {
	let began = Instant::now();
	let mut follower = Follower::new(client, db.clone()).await?;
	let open = || async {
		let states = db.registration_states().await?;
		let waiting = states
			.iter()
			.filter(|(state, _)| state == "pending" || state == "accepted")
			.map(|(_, n)| n)
			.sum();
		Ok::<u64, Error>(waiting)
	};
	let total = open().await?;
	let bar = output.progress("settled", total);
	loop {
		let waiting = open().await?;
		bar.set_position(total.saturating_sub(waiting));
		if waiting == 0 {
			bar.finish_and_clear();
			return Ok(());
		}
		if let Some(limit) = timeout.filter(|limit| began.elapsed() >= *limit) {
			return Err(Error::TimedOut {
				what: format!("{waiting} registrations"),
				seconds: limit.as_secs(),
			});
		}
		follower.page(Duration::from_secs(1)).await?;
	}
}

/// The application of one customer to the issuer of one channel. Its id says which, so that it is made once.
fn application(customer: &Customer, channel: &Channel) -> Result<RegistrationRow> {
	let id = format!("R{}-{}", channel.issuer, customer.reference);
	if id.len() > crate::orders::MAX_ID_LEN {
		return Err(Error::invalid(
			"reference",
			customer.reference.as_str(),
			"at most 116 bytes, to be registered",
		));
	}
	let interface = channel.interfaces.first().ok_or_else(|| {
		Error::Node(format!(
			"issuer {} ({}) has no interface yet",
			channel.issuer, channel.partner.name
		))
	})?;
	let document = match customer.document.kind {
		DocumentKind::ResidentId => "resident_id",
		DocumentKind::Passport => "passport",
		DocumentKind::SocialCreditCode => "social_credit_code",
	};
	let category = match customer.investor_category {
		InvestorCategory::Ordinary => "ordinary",
		InvestorCategory::Professional => "professional",
	};
	let mut extra = sdk::Extra::new();
	let entity = match customer.investor_entity {
		InvestorEntity::Individual => "individual",
		InvestorEntity::Institution => "institution",
	};
	extra.insert("investor_entity".into(), entity.into());
	extra.insert("identity_verified".into(), customer.identity_verified.into());
	let person = sdk::Person {
		name: customer.name.clone(),
		latin_name: customer.name_latin.clone(),
		document: Some(sdk::IdentityDocument {
			kind: document.into(),
			number: customer.document.number.clone(),
			valid_until: None,
		}),
		birth_date: Some(customer.birth_date.to_string()),
		risk_class: Some(customer.risk_class.as_str().into()),
		risk_assessed_on: Some(customer.risk_assessed_on.to_string()),
		investor_type: Some(category.into()),
		region: Some(customer.region.as_str().into()),
		extra,
	};
	let registration = sdk::Registration::new(id.as_str(), interface.id.as_str(), customer.reference.as_str(), person);
	let text = serde_json::to_string(&registration)
		.map_err(|e| Error::invalid("customer", &customer.reference, e.to_string()))?;
	Ok(RegistrationRow {
		id,
		customer: customer.reference.clone(),
		issuer: channel.issuer,
		seller: channel.seller,
		text,
		submission: 0,
	})
}
