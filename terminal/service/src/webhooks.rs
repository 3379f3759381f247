// SPDX-License-Identifier: Apache-2.0

//! What happens in a terminal, posted to others: signed, in order, and again until it was taken.
//!
//! Each receiver has a position in the events. One post is under way for each at a time; the position moves when it was answered with a
//! status of 2xx, so that a receiver may get the same events twice, never others in between. Who does not answer is tried again after
//! pauses that grow to five minutes, for ever, and stands among the alarms.
//!
//! Signature: `Sealane-Signature: t=<unix seconds>,v1=<HMAC-SHA256 over "<t>." and the body, hexadecimal>`, with the secret that was
//! given when the webhook was added. A receiver refuses a `t` that is old: a post that was overheard cannot be sent again later.

use crate::{core::Terminal, events::Event};
use hmac::{Hmac, Mac};
use sealane_terminal_core::{
	db::{now_ms, Db},
	from_row, Error, Result,
};
use serde::Serialize;
use sha2::Sha256;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::task::JoinHandle;
use utoipa::ToSchema;

/// Events of one post.
const EVENTS: u32 = 200;
/// How long a receiver may take to answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How often is looked for something to post.
const INTERVAL: Duration = Duration::from_millis(500);
/// Pause after the first post that failed; it doubles.
const FIRST_PAUSE_MS: i64 = 1_000;
/// Longest pause.
const LONGEST_PAUSE_MS: i64 = 5 * 60_000;
/// Posts in a row that failed, from which on it is an alarm.
const ALARM_TRIES: i64 = 5;
/// Most webhooks of a terminal.
const MAX_WEBHOOKS: usize = 32;
/// Longest name, in bytes.
const MAX_NAME: usize = 64;

/// A receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Webhook {
	/// Its name.
	pub name: String,
	/// Where it is posted to.
	pub url: String,
	/// The kinds of events that it gets, with blanks between them; empty: all.
	pub kinds: String,
	/// Up to where it has what happened.
	pub position: String,
	/// Posts in a row that failed.
	pub tries: i64,
	/// When the next is made, Unix ms.
	pub next_at: i64,
	/// What went wrong with the last; empty where it was taken.
	pub fault: String,
	/// Unix ms.
	pub created_at: i64,
	/// When a post was last taken, Unix ms; 0 before.
	pub delivered_at: i64,
	#[serde(skip)]
	#[schema(ignore)]
	secret: String,
}

from_row!(Webhook {
	name,
	url,
	kinds,
	position,
	tries,
	next_at,
	fault,
	created_at,
	delivered_at,
	secret,
});

const COLUMNS: &str = "name, url, kinds, position, tries, next_at, fault, created_at, delivered_at, secret";

/// What is posted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Delivery<'a> {
	/// The webhook's name.
	pub webhook: &'a str,
	/// What happened, oldest first.
	pub events: Vec<Event>,
}

/// The receivers of a database.
#[derive(Clone, Debug)]
pub struct Webhooks {
	db: Db,
}

impl Webhooks {
	/// Those of `db`.
	pub fn new(db: Db) -> Self {
		Webhooks { db }
	}

	/// All, by name.
	///
	/// # Errors
	/// The database fails.
	pub async fn list(&self) -> Result<Vec<Webhook>> {
		let statement = format!("SELECT {COLUMNS} FROM webhooks ORDER BY name");
		Ok(sqlx::query_as(&statement).fetch_all(self.db.pool()).await?)
	}

	/// Adds one that gets what happens behind `position`; answers its secret, which is shown this once.
	///
	/// # Errors
	/// Name, URL or kinds break a rule, the name is taken, or the database fails.
	pub async fn add(&self, name: &str, url: &str, kinds: &[String], known: &[&str], position: &str) -> Result<String> {
		if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
			return Err(Error::invalid("name", name, "1 to 64 letters, digits and -"));
		}
		check_url(url)?;
		if let Some(kind) = kinds.iter().find(|kind| !known.contains(&kind.as_str())) {
			return Err(Error::invalid("kinds", kind, format!("among {}", known.join(", "))));
		}
		if self.list().await?.len() >= MAX_WEBHOOKS {
			return Err(Error::invalid("name", name, format!("at most {MAX_WEBHOOKS} webhooks")));
		}
		let secret = crate::users::secret();
		let mut tx = self.db.begin().await?;
		let done = sqlx::query(
			"INSERT INTO webhooks (name, url, secret, kinds, position, tries, next_at, fault, created_at, delivered_at) \
			 VALUES ($1, $2, $3, $4, $5, 0, 0, '', $6, 0) ON CONFLICT (name) DO NOTHING",
		)
		.bind(name)
		.bind(url)
		.bind(secret.as_str())
		.bind(kinds.join(" "))
		.bind(position)
		.bind(now_ms())
		.execute(&mut *tx)
		.await?;
		if done.rows_affected() == 0 {
			return Err(Error::invalid("name", name, "a name that no other webhook has"));
		}
		tx.commit().await?;
		Ok(secret)
	}

	/// Removes one.
	///
	/// # Errors
	/// There is none, or the database fails.
	pub async fn remove(&self, name: &str) -> Result<()> {
		let mut tx = self.db.begin().await?;
		let done = sqlx::query("DELETE FROM webhooks WHERE name = $1")
			.bind(name)
			.execute(&mut *tx)
			.await?;
		if done.rows_affected() == 0 {
			return Err(Error::NotFound {
				what: "webhook",
				name: name.into(),
			});
		}
		tx.commit().await?;
		Ok(())
	}

	/// Those that do not answer, for people.
	///
	/// # Errors
	/// The database fails.
	pub(crate) async fn faults(&self) -> Result<Vec<String>> {
		let failing = self.list().await?.into_iter().filter(|hook| hook.tries >= ALARM_TRIES);
		Ok(failing
			.map(|hook| format!("webhook {}: not taken {} times: {}", hook.name, hook.tries, hook.fault))
			.collect())
	}

	async fn taken(&self, name: &str, position: &str) -> Result<()> {
		let mut tx = self.db.begin().await?;
		sqlx::query(
			"UPDATE webhooks SET position = $1, tries = 0, next_at = 0, fault = '', delivered_at = $2 WHERE name = $3",
		)
		.bind(position)
		.bind(now_ms())
		.bind(name)
		.execute(&mut *tx)
		.await?;
		tx.commit().await?;
		Ok(())
	}

	async fn failed(&self, hook: &Webhook, fault: &str) -> Result<()> {
		let pause = (FIRST_PAUSE_MS << hook.tries.clamp(0, 10)).min(LONGEST_PAUSE_MS);
		tracing::warn!("webhook {}: {fault}; tried again in {} s", hook.name, pause / 1_000);
		let mut tx = self.db.begin().await?;
		sqlx::query("UPDATE webhooks SET tries = tries + 1, next_at = $1, fault = $2 WHERE name = $3")
			.bind(now_ms() + pause)
			.bind(fault)
			.bind(hook.name.as_str())
			.execute(&mut *tx)
			.await?;
		tx.commit().await?;
		Ok(())
	}
}

/// A token or an order must not cross a network in the clear.
fn check_url(url: &str) -> Result<()> {
	let parsed = reqwest::Url::parse(url).ok();
	let host = parsed.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
	let local = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
	match parsed.as_ref().map(|url| url.scheme()) {
		Some("https") => Ok(()),
		Some("http") if local => Ok(()),
		_ => Err(Error::invalid("url", url, "https://…, or http://… of this machine")),
	}
}

/// The value of the header `Sealane-Signature`.
pub fn signature(secret: &str, at_s: i64, body: &[u8]) -> String {
	// HMAC takes a key of any length.
	let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
		return String::new();
	};
	mac.update(format!("{at_s}.").as_bytes());
	mac.update(body);
	format!("t={at_s},v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// Posts until it is dropped: one task for each webhook that has something to say, so that none waits for another.
pub(crate) async fn run(webhooks: Webhooks, terminal: Arc<dyn Terminal>) {
	let client = reqwest::Client::builder()
		.timeout(TIMEOUT)
		.redirect(reqwest::redirect::Policy::none())
		.build();
	let client = match client {
		Ok(client) => client,
		Err(error) => {
			tracing::error!("ALARM: webhooks cannot be posted: {error}");
			return;
		}
	};
	let mut working: HashMap<String, Worker> = HashMap::new();
	loop {
		working.retain(|_, worker| !worker.0.is_finished());
		// A database that is away is waited for like everywhere.
		for hook in webhooks.list().await.unwrap_or_default() {
			if hook.next_at <= now_ms() && !working.contains_key(&hook.name) {
				let name = hook.name.clone();
				let (webhooks, terminal, client) = (webhooks.clone(), terminal.clone(), client.clone());
				let work = tokio::spawn(async move {
					if let Err(error) = deliver(&webhooks, &*terminal, &client, &hook).await {
						tracing::warn!("webhook {}: {error}", hook.name);
					}
				});
				working.insert(name, Worker(work));
			}
		}
		tokio::time::sleep(INTERVAL).await;
	}
}

/// A task that ends with whoever started it.
struct Worker(JoinHandle<()>);

impl Drop for Worker {
	fn drop(&mut self) {
		self.0.abort();
	}
}

/// Posts what is behind the webhook's position, once.
async fn deliver(webhooks: &Webhooks, terminal: &dyn Terminal, client: &reqwest::Client, hook: &Webhook) -> Result<()> {
	let after = Some(hook.position.as_str()).filter(|position| !position.is_empty());
	let page = terminal.events(after, EVENTS).await?;
	if page.events.is_empty() {
		return Ok(());
	}
	let wanted: Vec<&str> = hook.kinds.split(' ').filter(|kind| !kind.is_empty()).collect();
	let events: Vec<Event> = page
		.events
		.into_iter()
		.filter(|event| wanted.is_empty() || wanted.contains(&event.kind.as_str()))
		.collect();
	if events.is_empty() {
		return webhooks.taken(&hook.name, &page.next).await;
	}
	let delivery = Delivery {
		webhook: &hook.name,
		events,
	};
	let body = serde_json::to_vec(&delivery).map_err(|error| Error::node(error.to_string()))?;
	let sent = client
		.post(&hook.url)
		.header("content-type", "application/json")
		.header("sealane-signature", signature(&hook.secret, now_ms() / 1_000, &body))
		.body(body)
		.send()
		.await;
	match sent {
		Ok(answer) if answer.status().is_success() => webhooks.taken(&hook.name, &page.next).await,
		Ok(answer) => {
			webhooks
				.failed(hook, &format!("answered {}", answer.status().as_u16()))
				.await
		}
		// Without the URL: it may hold a secret of the receiver's.
		Err(error) => webhooks.failed(hook, &error.without_url().to_string()).await,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn signatures_are_those_of_the_documents() {
		// Computed with: printf '1764000000.{"a":1}' | openssl dgst -sha256 -hmac secret
		let signed = signature("secret", 1_764_000_000, br#"{"a":1}"#);
		assert!(signed.starts_with("t=1764000000,v1=") && signed.len() == "t=1764000000,v1=".len() + 64);
		assert_ne!(signed, signature("secret", 1_764_000_001, br#"{"a":1}"#));
		assert_ne!(signed, signature("Secret", 1_764_000_000, br#"{"a":1}"#));
		assert_eq!(signed, format!("t=1764000000,v1={}", EXPECTED));
	}

	const EXPECTED: &str = "112dc1736ad0328f094ebdad63c8bde5936ce7d0bb7ae467f9f8d481a26df51c";

	#[test]
	fn nothing_is_posted_in_the_clear() {
		for good in [
			"https://bank.example/hook",
			"http://127.0.0.1:9/x",
			"http://localhost/x",
			"http://[::1]:1/",
		] {
			assert!(check_url(good).is_ok(), "{good}");
		}
		for bad in [
			"http://bank.example/hook",
			"ftp://localhost/",
			"localhost",
			"",
			"http://127.0.0.1.example/",
		] {
			assert!(check_url(bad).is_err(), "{bad}");
		}
	}
}
