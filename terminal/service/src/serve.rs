// SPDX-License-Identifier: Apache-2.0

//! Listening and stopping.

use crate::{
	audit::{self, Audit, DEFAULT_DAYS},
	console::Console,
	core::{Core, Inner, Terminal},
	users::{Passwords, Users},
	webhooks::{self, Webhooks},
};
use axum::Router;
use sealane_http::{
	files::write_private,
	limits::{BodyBudget, Limits},
	local, tls, Server, TlsAcceptor, TlsFiles, Traffic, Watched,
};
use sealane_terminal_core::{db::Db, output::Output, stop::Stop, Error, Result};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use utoipa::openapi::OpenApi;

/// How often old rows are looked for.
const CLEAN_EVERY: Duration = Duration::from_secs(3_600);

/// Zone in which times are read unless told.
const DEFAULT_ZONE: &str = "Asia/Shanghai";

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
	/// Archive of the console's pages (tar); sealane-console.tar beside the program unless given
	#[arg(long, env = "SEALANE_CONSOLE")]
	pub console: Option<PathBuf>,
	/// File for the link by which the first user sets a password, where nobody looks at the terminal; beside the database unless given
	#[arg(long)]
	pub first_link_file: Option<PathBuf>,
	/// Zone in which the institution's people read times, by its name in the IANA database
	#[arg(long, env = "SEALANE_ZONE", default_value = DEFAULT_ZONE)]
	pub zone: String,
}

impl Default for ServiceConfig {
	fn default() -> Self {
		ServiceConfig {
			listen: None,
			tls_cert: None,
			tls_key: None,
			tls_client_ca: None,
			audit_days: DEFAULT_DAYS,
			console: None,
			first_link_file: None,
			zone: DEFAULT_ZONE.into(),
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

	/// The zone, which browsers look up: only its form can be checked here.
	fn checked_zone(&self) -> Result<String> {
		let is_segment = |segment: &str| {
			segment.starts_with(|first: char| first.is_ascii_alphabetic())
				&& segment
					.bytes()
					.all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
		};
		if self.zone.len() <= 64 && self.zone.split('/').all(is_segment) {
			return Ok(self.zone.clone());
		}
		let rule = "the name of a zone in the IANA database, as Asia/Shanghai or UTC";
		Err(Error::invalid("zone", self.zone.as_str(), rule))
	}
}

/// An API that listens and does not answer yet.
pub struct Bound {
	listener: TcpListener,
	core: Core,
	url: String,
	audit_days: u32,
	first_link_file: Option<PathBuf>,
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
		let (zone, console) = (config.checked_zone()?, Console::find(config.console.as_deref())?);
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
			attempts: Default::default(),
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
			zone,
			console,
			db,
		});
		Ok(Some(Bound {
			listener,
			core,
			url: format!("{scheme}://{}", local(address)),
			audit_days: config.audit_days,
			first_link_file: config.first_link_file.clone(),
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

	/// Where nobody may come in yet: gives the link by which the first person sets a password, once and within a day, to whoever looks at
	/// the terminal, else to a file that only its owner may read: what is in a journal many can read, and for long.
	///
	/// # Errors
	/// The database fails, or the file cannot be written.
	pub async fn announce(&self, output: Output) -> Result<()> {
		let Some(invitation) = self.core.users.invite_first().await? else {
			return Ok(());
		};
		let link = link(&self.url, &invitation);
		let whose = "the user `admin`, who may do everything; others: sealane user add";
		if output.is_read_by_a_person() {
			output.remark(format!(
				"{}: nobody can log in yet. Within a day, once, this link sets the password of {whose}\n{link}",
				self.url
			));
			return Ok(());
		}
		match self.first_link_file() {
			Some(file) => {
				write_private(&file, format!("{link}\n").as_bytes()).map_err(Error::file(&file))?;
				tracing::warn!(
					"{}: nobody can log in yet. Within a day, once, the link in {} sets the password of {whose}",
					self.url,
					file.display()
				);
			}
			None => tracing::warn!(
				"{}: nobody can log in yet. `sealane user invite admin` gives a link that sets the password of {whose}",
				self.url
			),
		}
		Ok(())
	}

	/// Where the first link is written to: as the configuration says, else beside a database that is a file.
	fn first_link_file(&self) -> Option<PathBuf> {
		let beside = || {
			let mut path = self.core.db.file()?.as_os_str().to_owned();
			path.push(".first-link");
			Some(PathBuf::from(path))
		};
		self.first_link_file.clone().or_else(beside)
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
