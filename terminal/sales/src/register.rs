// SPDX-License-Identifier: Apache-2.0

//! Registers customers with issuers: only those who are named, or, where somebody says so, all of the book. What an issuer learns
//! of a customer it must need.

use crate::{
	customers::{Customer, CustomerBook, DocumentKind},
	db::{Application, RegistrationRow, SalesDb, ROLE},
	error::{Error, Result},
	output::Output,
	retry::insert_applications,
	submit::submit,
	Follower,
};
use sealane_primitives::clauses::{InvestorCategory, InvestorEntity};
use sealane_sdk::{
	types::{self as sdk, Channel, Side},
	Client,
};
use sealane_terminal_core::db::Lease;
use serde::Serialize;
use std::{
	collections::{BTreeMap, HashSet},
	time::{Duration, Instant},
};

/// Registrations of one request.
const CHUNK: usize = 2_000;
/// How often is looked whether a terminal beside this one has settled them.
const INTERVAL: Duration = Duration::from_millis(500);

/// Whom to register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Who {
	/// Everybody in the customer book.
	All,
	/// These, by reference.
	These(Vec<String>),
	/// Nobody anew: only what was begun is sent and awaited.
	#[default]
	Nobody,
}

/// Which applications to make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
	/// Of customers who have made none.
	#[default]
	New,
	/// Those too that the own node refused, with the data of now.
	Refused,
	/// Those that the issuer rejected, under a new id, with the data of now.
	Rejected,
}

/// What to register.
#[derive(Clone, Debug, Default)]
pub struct RegisterConfig {
	/// Whom.
	pub who: Who,
	/// Which applications.
	pub which: Which,
	/// Only with these issuers, by number; empty: with every issuer of an authorised channel.
	pub issuers: Vec<u32>,
	/// Whether to wait for the results.
	pub wait: bool,
	/// Longest time to wait.
	pub timeout: Option<Duration>,
	/// How long what the node refuses for the time being is tried again, in milliseconds.
	pub retry_for_ms: i64,
}

/// How many registrations stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RegisterFigures {
	/// Customers in the book.
	pub customers: u64,
	/// Applications made in this run.
	pub applied: u64,
	/// Customers who applied before, and to whose application this run changed nothing.
	pub applied_before: u64,
	/// Channels that are not open now: nobody was registered over them.
	pub closed_channels: u64,
	/// All applications by state.
	pub states: BTreeMap<String, u64>,
}

/// Applies for the customers and issuers that `config` names, and waits for the results. Beside a running sales terminal it only
/// writes the applications down: that terminal sends them.
///
/// # Errors
/// The node does not answer or refuses us, the database fails, a customer is not in the book, or the time is over.
pub async fn register(
	client: Client,
	db: SalesDb,
	customers: &CustomerBook,
	config: &RegisterConfig,
	output: Output,
) -> Result<RegisterFigures> {
	let mut figures = RegisterFigures {
		customers: customers.len() as u64,
		..RegisterFigures::default()
	};
	let rows = rows(&client, &db, customers, config, &mut figures).await?;
	figures.applied = rows.len() as u64;
	for chunk in rows.chunks(CHUNK) {
		let mut chunk = chunk.to_vec();
		// The order in which the database hands them back: a repeat must have the same bytes.
		chunk.sort_by(|a, b| a.id.cmp(&b.id));
		let mut tx = db.begin().await?;
		insert_applications(&mut tx, chunk).await?;
		tx.commit().await?;
	}
	let mut lease = db.lease_now(ROLE).await?;
	match &lease {
		Some(_) => send(&client, &db, config, output).await?,
		None => output.remark("the sales terminal that runs on this database sends them"),
	}
	if config.wait {
		lease = wait_for_results(client, &db, lease, config, output).await?;
	}
	figures.states = db.registration_states().await?.into_iter().collect();
	if let Some(lease) = lease {
		lease.release().await;
	}
	Ok(figures)
}

/// The applications to make.
async fn rows(
	client: &Client,
	db: &SalesDb,
	customers: &CustomerBook,
	config: &RegisterConfig,
	figures: &mut RegisterFigures,
) -> Result<Vec<RegistrationRow>> {
	let named: Vec<&Customer> = match &config.who {
		Who::All => customers.iter().collect(),
		Who::These(references) => references
			.iter()
			.map(|reference| {
				customers.get(reference).ok_or_else(|| Error::NotFound {
					what: "customer",
					name: reference.clone(),
				})
			})
			.collect::<Result<_>>()?,
		Who::Nobody => return Ok(Vec::new()),
	};
	let channels = client.channels().await?;
	let known = db.applications().await?;
	let mut rows = Vec::new();
	let mut issuers = HashSet::new();
	for channel in channels.iter().filter(|c| c.side == Side::Seller) {
		if !config.issuers.is_empty() && !config.issuers.contains(&channel.issuer) {
			continue;
		}
		if !channel.authorised {
			figures.closed_channels += 1;
			continue;
		}
		if !issuers.insert(channel.issuer) {
			continue;
		}
		for customer in &named {
			let last = known.get(&(customer.reference.clone(), channel.issuer));
			let next = match (last.map(|last| last.state.as_str()), config.which) {
				(None, Which::New | Which::Refused) => Next::SameId,
				(Some("refused"), Which::New | Which::Refused) => Next::SameId,
				(Some("rejected" | "closed"), Which::Rejected) => Next::NewId,
				_ => {
					figures.applied_before += 1;
					continue;
				}
			};
			rows.push(application(customer, channel, last, next)?);
		}
	}
	Ok(rows)
}

/// Sends what stands in the database.
async fn send(client: &Client, db: &SalesDb, config: &RegisterConfig, output: Output) -> Result<()> {
	let bar = output.progress("requests sent", db.open_submissions().await?);
	while let Some(submission) = db.pending_submission().await? {
		submit(client, db, &submission, config.retry_for_ms).await?;
		bar.inc(1);
	}
	bar.finish_and_clear();
	Ok(())
}

/// Waits until nothing is open, doing the work of a terminal with the lease; gives it back.
async fn wait_for_results(
	client: Client,
	db: &SalesDb,
	mut lease: Option<Lease>,
	config: &RegisterConfig,
	output: Output,
) -> Result<Option<Lease>> {
	let began = Instant::now();
	let mut follower = match &lease {
		Some(_) => Some(Follower::new(client.clone(), db.clone()).await?),
		None => None,
	};
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
			return Ok(lease);
		}
		if let Some(limit) = config.timeout.filter(|limit| began.elapsed() >= *limit) {
			return Err(Error::TimedOut {
				what: format!("{waiting} registrations"),
				seconds: limit.as_secs(),
			});
		}
		match &mut follower {
			Some(follower) => {
				follower.page(Duration::from_secs(1)).await?;
			}
			None => {
				tokio::time::sleep(INTERVAL).await;
				// The terminal beside this one has ended, or had been killed before the database noticed: its work is ours.
				lease = db.lease_now(ROLE).await?;
				if lease.is_some() {
					send(&client, db, config, output).await?;
					follower = Some(Follower::new(client.clone(), db.clone()).await?);
				}
			}
		}
	}
}

/// Under which id a customer applies who has applied before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
	/// The same: the issuer never had it.
	SameId,
	/// A new one: the issuer rejected the one of before.
	NewId,
}

/// The application of one customer to the issuer of one channel. Its id says which, so that it is made once.
pub(crate) fn application(
	customer: &Customer,
	channel: &Channel,
	last: Option<&Application>,
	next: Next,
) -> Result<RegistrationRow> {
	let first = format!("R{}-{}", channel.issuer, customer.reference);
	let id = match (last, next) {
		(None, _) => first,
		(Some(last), Next::SameId) => last.id.clone(),
		(Some(last), Next::NewId) => following(&last.id),
	};
	if id.len() > crate::orders::MAX_ID_LEN {
		return Err(Error::invalid(
			"reference",
			customer.reference.as_str(),
			"at most 112 bytes, to be registered",
		));
	}
	let interface = channel.interfaces.first().ok_or_else(|| {
		Error::node(format!(
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

/// `R2-C1`, `R2-C1~r2`, `R2-C1~r3`, …
fn following(id: &str) -> String {
	match id
		.rsplit_once("~r")
		.and_then(|(stem, n)| Some((stem, n.parse::<u32>().ok()?)))
	{
		Some((stem, n)) => format!("{stem}~r{}", n.saturating_add(1)),
		None => format!("{id}~r2"),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn each_application_after_a_rejection_has_an_id_of_its_own() {
		assert_eq!(following("R2-C1"), "R2-C1~r2");
		assert_eq!(following("R2-C1~r2"), "R2-C1~r3");
		assert_eq!(following("R2-C~rx"), "R2-C~rx~r2");
	}
}
