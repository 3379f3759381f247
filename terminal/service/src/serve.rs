// SPDX-License-Identifier: Apache-2.0

//! Listening and stopping.

use crate::{
	audit::{self, Audit, DEFAULT_DAYS},
	core::{Core, Inner, Terminal},
	users::{Passwords, Users},
	webhooks::{self, Webhooks},
};
use axum::Router;
use sealane_http::{
	limits::{BodyBudget, Limits},
	local, tls, Server, TlsAcceptor, TlsFiles, Traffic, Watched,
};
use sealane_terminal_core::{db::Db, stop::Stop, Error, Result};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use utoipa::openapi::OpenApi;

/// How often old rows are looked for.
const CLEAN_EVERY: Duration = Duration::from_secs(3_600);

/// How a terminal's HTTP API runs.
#[derive(Clone, Debug, clap::Args)]
pub struct ServiceConfig {
	/// Serve the HTTP API here, e.g. 127.0.0.1:9966; without it there is none. Another address than of this machine needs --tls-cert
	#[arg(long, env = "SEALANE_LISTEN")]
	pub listen: Option<SocketAddr>,
	/// Certificate of the HTTP API (PEM), with those between it and an authority that clients know
	#[arg(long, env = "SEALANE_TLS_CERT", requires = "tls_key")]
	pub tls_cert: Option<PathBuf>,
	/// Private key of that certificate (PEM, mode 600)
	#[arg(long, env = "SEALANE_TLS_KEY", requires = "tls_cert")]
	pub tls_key: Option<PathBuf>,
	/// Authorities of clients' certificates (PEM): clients without a certificate of one of them get no connection
	#[arg(long, env = "SEALANE_TLS_CLIENT_CA", requires = "tls_cert")]
	pub tls_client_ca: Option<PathBuf>,
	/// Days for which the audit log is kept
	#[arg(long, default_value_t = DEFAULT_DAYS)]
	pub audit_days: u32,
}

impl Default for ServiceConfig {
	fn default() -> Self {
		ServiceConfig {
			listen: None,
			tls_cert: None,
			tls_key: None,
			tls_client_ca: None,
			audit_days: DEFAULT_DAYS,
		}
	}
}

impl ServiceConfig {
	fn tls(&self) -> Option<TlsFiles> {
		Some(TlsFiles {
			certificate: self.tls_cert.clone()?,
			key: self.tls_key.clone()?,
			client_ca: self.tls_client_ca.clone(),
		})
	}
}

/// An API that listens and does not answer yet.
pub struct Bound {
	listener: TcpListener,
	core: Core,
	url: String,
	audit_days: u32,
}

impl Bound {
	/// Listens where the configuration says, over the database of `db`; `None` where it says nothing.
	///
	/// # Errors
	/// The address cannot be had or is reachable from other machines without TLS; the files of TLS cannot be used; the database fails.
	pub async fn new(
		config: &ServiceConfig,
		db: &Db,
		terminal: Arc<dyn Terminal>,
		document: &OpenApi,
		stop: Stop,
	) -> Result<Option<Self>> {
		let Some(listen) = config.listen else { return Ok(None) };
		let files = config.tls();
		if files.is_none() && !listen.ip().is_loopback() {
			return Err(Error::invalid(
				"listen",
				listen.to_string(),
				"an address of this machine, or --tls-cert and --tls-key: passwords and orders must not cross a network in the clear",
			));
		}
		let tls = files.map(watch_tls).transpose()?;
		let listener = TcpListener::bind(listen).await;
		let listener = listener.map_err(|error| Error::invalid("listen", listen.to_string(), error.to_string()))?;
		let address = listener.local_addr().map_err(|error| Error::node(error.to_string()))?;
		let scheme = if tls.is_some() { "https" } else { "http" };
		let db = db.another().await?;
		let limits = Limits::default();
		let core = Core::new(Inner {
			users: Users::new(db.clone()),
			passwords: Passwords::new()?,
			audit: Audit::start(db.clone()),
			webhooks: Webhooks::new(db.clone()),
			traffic: Traffic::new("terminal", stop),
			bodies: BodyBudget::new(&limits),
			limits,
			terminal,
			counters: Default::default(),
			tls,
			// The document holds texts and numbers only: it can always be written.
			openapi: serde_json::to_vec(document).unwrap_or_default().into(),
			db,
		});
		Ok(Some(Bound {
			listener,
			core,
			url: format!("{scheme}://{}", local(address)),
			audit_days: config.audit_days,
		}))
	}

	/// What its handlers have.
	pub fn core(&self) -> &Core {
		&self.core
	}

	/// Where it is.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// Where nobody may come in yet: the link by which the first person sets a password, once and within a day.
	///
	/// # Errors
	/// The database fails.
	pub async fn first_link(&self) -> Result<Option<String>> {
		let invitation = self.core.users.invite_first().await?;
		Ok(invitation.map(|invitation| link(&self.url, &invitation)))
	}

	/// Serves until the terminal stops: streams and long polls end, what is under way is answered.
	pub async fn serve(self, router: Router) {
		tracing::info!("HTTP API at {}", self.url);
		let server = Server {
			listener: self.listener,
			tls: self.core.tls.clone(),
			router: crate::routes::closed(&self.core, router),
			limits: self.core.limits.clone(),
			traffic: self.core.traffic.clone(),
		};
		let posting = webhooks::run(self.core.webhooks.clone(), self.core.terminal.clone());
		let cleaning = clean(self.core.db.clone(), self.audit_days);
		let aside = async { futures::future::join(posting, cleaning).await };
		tokio::pin!(aside);
		let serving = server.run();
		tokio::pin!(serving);
		tokio::select! {
			() = &mut serving => {},
			// Webhooks that cannot be posted end nothing else.
			_ = &mut aside => serving.await,
		}
	}
}

/// The page on which a person sets its password; what stands behind # is sent to no server and stands in no log.
pub(crate) fn link(url: &str, invitation: &str) -> String {
	format!("{url}/password#{invitation}")
}

fn watch_tls(files: TlsFiles) -> Result<Arc<Watched<TlsAcceptor>>> {
	let load = {
		let files = files.clone();
		move || tls::acceptor(&files)
	};
	let watched = Watched::new("certificates of the HTTP API", files.paths(), load, |_| ());
	watched.map_err(|error| Error::invalid("tls-cert", error.path.display().to_string(), error.rule))
}

/// Removes rows that are too old, every hour.
async fn clean(db: Db, audit_days: u32) {
	loop {
		match audit::drop_old(&db, audit_days).await {
			Ok(0) => {}
			Ok(count) => tracing::info!("{count} rows of the audit log were older than {audit_days} days and are gone"),
			Err(error) => tracing::warn!("old rows of the audit log cannot be removed: {error}"),
		}
		tokio::time::sleep(CLEAN_EVERY).await;
	}
}
