// SPDX-License-Identifier: Apache-2.0

//! The client: one method per call of the HTTP API.
//!
//! Every call may be repeated without harm: reads change nothing, and what is submitted is recognised by its ids and by
//! the idempotency key. So the client itself repeats a call that could not reach the node or found it busy, as often
//! and as long as [`ClientBuilder`] allows, and hands anything else to the caller.

mod calls;
mod events;
mod target;

pub use events::EventStream;
pub use target::{read_gateway_file, stays_here};

use crate::{types::Problem, Error};
use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use reqwest::{
	header::{HeaderName, HeaderValue, AUTHORIZATION, CONTENT_TYPE},
	Method, Response, StatusCode, Url,
};
use serde::de::DeserializeOwned;
use std::{path::Path, sync::Arc, time::Duration};
use target::{Source, Target};

/// Name of the file in a node's folder that says where its API is.
pub const GATEWAY_FILE: &str = "gateway.json";

/// Content type of newline-delimited JSON.
pub const NDJSON: &str = "application/x-ndjson";

/// Pause before the second attempt.
const MIN_PAUSE: Duration = Duration::from_millis(100);

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A call that failed for a reason that may pass, and is made again.
#[derive(Debug)]
pub struct Retry<'a> {
	/// How often it was tried.
	pub tried: u32,
	/// Why it failed.
	pub error: &'a Error,
	/// How long it waits before the next attempt.
	pub pause: Duration,
}

/// Told of each failed attempt that is followed by another one.
type OnRetry = Arc<dyn Fn(&Retry<'_>) + Send + Sync>;

/// How a [`Client`] behaves.
#[derive(Clone)]
pub struct ClientBuilder {
	source: Source,
	timeout: Duration,
	attempts: u32,
	max_pause: Duration,
	plain_http: bool,
	on_retry: Option<OnRetry>,
	tls: Tls,
}

impl std::fmt::Debug for ClientBuilder {
	/// Leaves the token out.
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("ClientBuilder")
			.field("source", &self.source)
			.field("attempts", &self.attempts)
			.field("tls", &self.tls)
			.finish_non_exhaustive()
	}
}

/// What a client knows about TLS, all in PEM.
#[derive(Clone, Default)]
struct Tls {
	authorities: Option<Vec<u8>>,
	identity: Option<Vec<u8>>,
}

impl std::fmt::Debug for Tls {
	/// Leaves the private key out.
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Tls")
			.field("authorities", &self.authorities.is_some())
			.field("identity", &self.identity.is_some())
			.finish()
	}
}

impl ClientBuilder {
	/// A builder for the node at `url` (`http://127.0.0.1:9955`, `https://node.bank.example:9955`) with this bearer token.
	pub fn new(url: impl Into<String>, token: impl Into<String>) -> Self {
		ClientBuilder::from_source(Source::Given {
			url: url.into(),
			token: token.into(),
		})
	}

	/// A builder for the node on this machine whose folder, or whose `gateway.json` itself, is at `path`. The file is read again
	/// whenever the node cannot be reached or does not know the token: a node that was started again may be elsewhere.
	///
	/// Fails when the file cannot be read (the node has not started yet, or belongs to another user) or others can read it.
	pub fn from_path(path: impl AsRef<Path>) -> Result<Self, Error> {
		read_gateway_file(&path)?;
		Ok(ClientBuilder::from_source(Source::File(path.as_ref().to_path_buf())))
	}

	fn from_source(source: Source) -> Self {
		ClientBuilder {
			source,
			timeout: Duration::from_secs(60),
			attempts: 5,
			max_pause: Duration::from_secs(10),
			plain_http: false,
			on_retry: None,
			tls: Tls::default(),
		}
	}

	/// Authorities, certificates in PEM: the node's certificate must come from one of them, and from no other. Without
	/// this, those that browsers know are taken.
	pub fn trust(mut self, authorities: impl Into<Vec<u8>>) -> Self {
		self.tls.authorities = Some(authorities.into());
		self
	}

	/// Certificate and private key of this client, both in PEM, for a node that wants one.
	pub fn identify(mut self, certificate: impl Into<Vec<u8>>, key: impl AsRef<[u8]>) -> Self {
		let mut pem = certificate.into();
		pem.push(b'\n');
		pem.extend_from_slice(key.as_ref());
		self.tls.identity = Some(pem);
		self
	}

	/// How long one attempt may take, the time that the node waits in a long poll not counted. 60 s unless told.
	pub fn timeout(mut self, timeout: Duration) -> Self {
		self.timeout = timeout;
		self
	}

	/// How often a call is tried when the node is not reachable or busy. 5 unless told, at least 1.
	pub fn attempts(mut self, attempts: u32) -> Self {
		self.attempts = attempts.max(1);
		self
	}

	/// Longest pause between two attempts. 10 s unless told.
	pub fn max_pause(mut self, max_pause: Duration) -> Self {
		self.max_pause = max_pause;
		self
	}

	/// Told of each failed attempt that is followed by another one, so that nobody waits without knowing for what.
	pub fn on_retry(mut self, told: impl Fn(&Retry<'_>) + Send + Sync + 'static) -> Self {
		self.on_retry = Some(Arc::new(told));
		self
	}

	/// Takes `http` URLs of other machines too. The token, and whatever is sent, then travels in the clear.
	pub fn plain_http(mut self) -> Self {
		self.plain_http = true;
		self
	}

	/// The client.
	///
	/// Fails when the URL cannot be read, or is `http` and of another machine, the token is not visible ASCII, or what TLS needs
	/// is no PEM.
	pub fn build(self) -> Result<Client, Error> {
		let target = Target::new(self.source, self.plain_http)?;
		let http = self
			.tls
			.apply(reqwest::Client::builder())?
			.connect_timeout(Duration::from_secs(5))
			// The node closes idle connections after a minute; a client that does it first never meets a closed one.
			.pool_idle_timeout(Duration::from_secs(30))
			.tcp_nodelay(true)
			// A token for a node must not travel to a proxy that the environment happens to name, nor where an answer points.
			.no_proxy()
			.redirect(reqwest::redirect::Policy::none())
			.user_agent(concat!("sealane-sdk/", env!("CARGO_PKG_VERSION")))
			.build()?;
		Ok(Client {
			http,
			target: Arc::new(target),
			timeout: self.timeout,
			attempts: self.attempts,
			max_pause: self.max_pause,
			on_retry: self.on_retry,
		})
	}
}

impl Tls {
	fn apply(&self, mut builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
		let broken = |name, rule| Error::Argument {
			name,
			value: "(PEM)".into(),
			rule,
		};
		if let Some(pem) = &self.authorities {
			let authorities = reqwest::Certificate::from_pem_bundle(pem)
				.ok()
				.filter(|authorities| !authorities.is_empty())
				.ok_or_else(|| broken("authorities", "must be at least one certificate in PEM"))?;
			builder = builder.tls_built_in_root_certs(false);
			for authority in authorities {
				builder = builder.add_root_certificate(authority);
			}
		}
		if let Some(pem) = &self.identity {
			let identity = reqwest::Identity::from_pem(pem).map_err(|_| {
				broken(
					"client certificate",
					"must be a certificate and its private key, both in PEM",
				)
			})?;
			builder = builder.identity(identity);
		}
		Ok(builder)
	}
}

/// A client of one node. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
	http: reqwest::Client,
	target: Arc<Target>,
	timeout: Duration,
	attempts: u32,
	max_pause: Duration,
	on_retry: Option<OnRetry>,
}

impl std::fmt::Debug for Client {
	/// Leaves the token out.
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Client")
			.field("url", &self.url())
			.finish_non_exhaustive()
	}
}

/// One call, before it is sent; kept so that it can be sent again.
struct Call {
	method: Method,
	url: Url,
	body: Option<(Bytes, &'static str)>,
	idempotency_key: Option<HeaderValue>,
	/// Time on top of the client's timeout: how long the node was asked to wait.
	wait: Duration,
}

impl Client {
	/// A client for the node at `url` with this bearer token. See [`ClientBuilder`] for more.
	pub fn new(url: impl Into<String>, token: impl Into<String>) -> Result<Self, Error> {
		ClientBuilder::new(url, token).build()
	}

	/// A client for the node on this machine whose folder, or whose `gateway.json` itself, is at `path`.
	///
	/// Fails when the file cannot be read: the node has not started yet, or belongs to another user.
	pub fn from_path(path: impl AsRef<Path>) -> Result<Self, Error> {
		ClientBuilder::from_path(path)?.build()
	}

	/// Where the node's API is.
	pub fn url(&self) -> String {
		self.target.base().to_string()
	}

	/// The URL of `path`; each segment is escaped by itself.
	fn url_of(&self, path: &[&str]) -> Result<Url, Error> {
		self.target.url_of(path)
	}

	fn bearer(&self) -> HeaderValue {
		self.target.bearer()
	}

	/// Reads where the node is again, where a file says so.
	fn look_again(&self) {
		self.target.look_again();
	}

	fn tell(&self, tried: u32, error: &Error, pause: Duration) {
		if let Some(told) = &self.on_retry {
			told(&Retry { tried, error, pause });
		}
	}

	fn get(&self, path: &[&str]) -> Result<Call, Error> {
		Ok(Call {
			method: Method::GET,
			url: self.url_of(path)?,
			body: None,
			idempotency_key: None,
			wait: Duration::ZERO,
		})
	}

	fn post(&self, path: &[&str], body: Bytes, content_type: &'static str, key: Option<&str>) -> Result<Call, Error> {
		let idempotency_key = key
			.map(|key| {
				HeaderValue::from_str(key).map_err(|_| Error::Argument {
					name: "idempotency key",
					value: key.into(),
					rule: "must be visible ASCII",
				})
			})
			.transpose()?;
		Ok(Call {
			method: Method::POST,
			url: self.url_of(path)?,
			body: Some((body, content_type)),
			idempotency_key,
			wait: Duration::ZERO,
		})
	}

	/// One attempt.
	async fn attempt(&self, call: &Call) -> Result<Response, Error> {
		let mut request = self
			.http
			.request(call.method.clone(), self.target.redirected(&call.url))
			.header(AUTHORIZATION, self.bearer())
			.timeout(self.timeout + call.wait);
		if let Some((body, content_type)) = &call.body {
			request = request.header(CONTENT_TYPE, *content_type).body(body.clone());
		}
		if let Some(key) = &call.idempotency_key {
			request = request.header(IDEMPOTENCY_KEY, key.clone());
		}
		check(request.send().await?).await
	}

	/// Sends the call until it is answered, and reads the whole answer.
	async fn send(&self, call: Call) -> Result<Bytes, Error> {
		let backoff = ExponentialBuilder::new()
			.with_min_delay(MIN_PAUSE)
			.with_max_delay(self.max_pause)
			.with_max_times(self.attempts.saturating_sub(1) as usize)
			.with_jitter();
		let mut tried = 0;
		let attempt = || async {
			let result = match self.attempt(&call).await {
				Ok(response) => response.bytes().await.map_err(Error::from),
				Err(error) => Err(error),
			};
			if result.as_ref().is_err_and(Error::may_have_moved) && self.target.look_again() {
				// The node was started again: at once, with what it says now.
				return match self.attempt(&call).await {
					Ok(response) => response.bytes().await.map_err(Error::from),
					Err(error) => Err(error),
				};
			}
			result
		};
		attempt
			.retry(backoff)
			.sleep(tokio::time::sleep)
			.when(Error::is_transient)
			.adjust(|error, pause| pause.map(|pause| error.asked_pause().unwrap_or(pause).min(self.max_pause)))
			.notify(|error, pause| {
				tried += 1;
				self.tell(tried, error, pause);
			})
			.await
	}

	/// How long to wait after the attempt with this number (from 1): what the node asked for, else 100 ms doubled with
	/// each attempt; at most `max_pause`.
	fn pause(&self, tried: u32, error: &Error) -> Duration {
		error
			.asked_pause()
			.unwrap_or_else(|| MIN_PAUSE * (1 << tried.saturating_sub(1).min(10)))
			.min(self.max_pause)
	}

	async fn fetch<T: DeserializeOwned>(&self, what: &'static str, call: Call) -> Result<T, Error> {
		decode(what, &self.send(call).await?)
	}
}

fn decode<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, Error> {
	serde_json::from_slice(bytes).map_err(|source| Error::Decode { what, source })
}

/// Turns an answer that is no success into its error.
async fn check(response: Response) -> Result<Response, Error> {
	let status = response.status();
	if status.is_success() {
		return Ok(response);
	}
	let retry_after_ms = retry_after_ms(&response);
	let body = response.bytes().await?;
	Err(problem_of(status, retry_after_ms, &body))
}

/// The `Retry-After` of an answer, where it is a number of seconds.
fn retry_after_ms(response: &Response) -> Option<u64> {
	let seconds: u64 = response
		.headers()
		.get(reqwest::header::RETRY_AFTER)?
		.to_str()
		.ok()?
		.parse()
		.ok()?;
	seconds.checked_mul(1000)
}

fn problem_of(status: StatusCode, retry_after_ms: Option<u64>, body: &[u8]) -> Error {
	match serde_json::from_slice::<Problem>(body) {
		Ok(mut problem) => {
			problem.retry_after_ms = problem.retry_after_ms.or(retry_after_ms);
			Error::Problem(Box::new(problem))
		}
		Err(_) => Error::Status {
			status: status.as_u16(),
			body: String::from_utf8_lossy(&body[..body.len().min(256)]).into_owned(),
		},
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::types::ProblemCode;

	#[test]
	fn ids_are_escaped_by_segment() {
		let client = Client::new("http://127.0.0.1:9955/", "t").unwrap();
		let url = client.url_of(&["v1", "orders", "a/b?c#d 王~cancel", "trace"]).unwrap();
		assert_eq!(
			url.as_str(),
			"http://127.0.0.1:9955/v1/orders/a%2Fb%3Fc%23d%20%E7%8E%8B~cancel/trace"
		);
	}

	#[test]
	fn ids_that_a_path_cannot_carry_are_refused() {
		let client = Client::new("http://127.0.0.1:9955", "t").unwrap();
		for id in ["", ".", ".."] {
			assert!(
				matches!(
					client.url_of(&["v1", "orders", id]),
					Err(Error::Argument { name: "id", .. })
				),
				"{id:?}"
			);
		}
	}

	#[test]
	fn wrong_urls_and_tokens_are_refused() {
		assert!(matches!(
			Client::new("not a url", "t"),
			Err(Error::Argument { name: "url", .. })
		));
		assert!(matches!(
			Client::new("mailto:a@b", "t"),
			Err(Error::Argument { name: "url", .. })
		));
		let error = Client::new("http://127.0.0.1:1", "se\ncret").unwrap_err();
		assert!(!error.to_string().contains("cret"), "the token must not be in {error}");
	}

	#[test]
	fn what_is_no_certificate_is_refused_and_keys_are_not_shown() {
		for pem in [
			"",
			"nonsense",
			"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
		] {
			let builder = ClientBuilder::new("https://127.0.0.1:1", "t");
			assert!(
				matches!(
					builder.clone().trust(pem).build(),
					Err(Error::Argument {
						name: "authorities",
						..
					})
				),
				"{pem:?}"
			);
			let builder = builder.identify(pem, "s3cret key");
			assert!(!format!("{builder:?}").contains("s3cret"));
			let error = builder.build().unwrap_err();
			assert!(
				matches!(
					&error,
					Error::Argument {
						name: "client certificate",
						..
					}
				),
				"{pem:?}"
			);
			assert!(!error.to_string().contains("s3cret"), "{error}");
		}
	}

	#[test]
	fn an_answer_without_a_problem_document_is_cut() {
		let error = problem_of(StatusCode::BAD_GATEWAY, None, &[b'x'; 1000]);
		assert!(matches!(&error, Error::Status { status: 502, body } if body.len() == 256));
		assert!(error.is_transient());
	}

	#[test]
	fn pauses_follow_the_node_and_stay_bounded() {
		let client = ClientBuilder::new("http://127.0.0.1:1", "t")
			.max_pause(Duration::from_secs(2))
			.build()
			.unwrap();
		let busy = |ms| Error::Problem(Box::new(Problem::new(ProblemCode::Busy, "").with_retry_after_ms(ms)));
		assert_eq!(client.pause(1, &busy(30)), Duration::from_millis(30));
		assert_eq!(client.pause(1, &busy(30_000)), Duration::from_secs(2));
		let unknown = Error::Status {
			status: 503,
			body: String::new(),
		};
		assert_eq!(client.pause(1, &unknown), Duration::from_millis(100));
		assert_eq!(client.pause(3, &unknown), Duration::from_millis(400));
		assert_eq!(client.pause(u32::MAX, &unknown), Duration::from_secs(2));
	}
}
