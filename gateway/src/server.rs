// SPDX-License-Identifier: Apache-2.0

//! Listening, accepting and stopping.

use crate::{
	audit::{Audit, AUDIT_FOLDER},
	auth::{Tokens, TOKENS_FILE},
	backend::Courier,
	routes,
	state::{AppState, Inner},
	Config, StartError,
};
use sealane_http::{files, limits::BodyBudget, local, tls, Server, Traffic, Watched};
use sealane_sdk::{client::GATEWAY_FILE, types::GatewayFile};
use std::{future::Future, net::SocketAddr, path::Path, sync::Arc};
use tokio::{
	net::TcpListener,
	sync::{oneshot, watch},
	task::JoinHandle,
};

/// A gateway that runs. Dropping it stops it; dropping it while it stops cuts off what is still under way.
#[derive(Debug)]
pub struct Gateway {
	address: SocketAddr,
	url: String,
	/// `None` once it has ended.
	task: Option<JoinHandle<()>>,
	/// Ends the task when it goes.
	_running: oneshot::Sender<()>,
}

impl Gateway {
	/// Where it listens.
	pub fn address(&self) -> SocketAddr {
		self.address
	}

	/// Where its API is.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// Waits until it has ended: after its stop, or by a fault of its own.
	pub async fn ended(&mut self) {
		let Some(task) = &mut self.task else { return };
		let result = task.await;
		self.task = None;
		if let Err(error) = result {
			log::error!("the HTTP API ended early: {error}");
		}
	}

	/// Waits until it has stopped.
	pub async fn stopped(mut self) {
		self.ended().await;
	}
}

/// Starts the gateway of a node, and stops it when `shutdown` is done: new requests are refused, streams and long polls
/// end, the others are answered within [`Limits::stop_timeout_ms`](crate::Limits::stop_timeout_ms).
///
/// The courier may still read its log: until it runs, whatever needs it is answered with 503 `not_ready`.
///
/// Writes `gateway.json` into the node's folder, so that local terminals find the API; it is removed at the stop. Must be
/// called inside a Tokio runtime. Fails when the address cannot be had or is reachable from other machines without TLS,
/// when the files of TLS cannot be used, and when the tokens cannot be had.
pub async fn serve(
	config: Config,
	courier: impl Into<Courier>,
	shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Gateway, StartError> {
	let tls = match config.tls.clone() {
		None => None,
		Some(files) => {
			let load = {
				let files = files.clone();
				move || tls::acceptor(&files).map_err(StartError::from)
			};
			Some(Watched::new(
				"certificates of the HTTP API",
				files.paths(),
				load,
				|_| (),
			)?)
		}
	};
	if tls.is_none() && !config.listen.ip().is_loopback() {
		return Err(StartError::NotLoopback(config.listen));
	}
	std::fs::create_dir_all(&config.folder).map_err(|source| StartError::File {
		path: config.folder.clone(),
		source,
	})?;
	let listen_failed = |source| StartError::Listen {
		address: config.listen,
		source,
	};
	let listener = TcpListener::bind(config.listen).await.map_err(listen_failed)?;
	let address = listener.local_addr().map_err(listen_failed)?;
	let url = format!("{}://{}", if tls.is_some() { "https" } else { "http" }, local(address));
	let tokens = tokens(&config, &url)?;
	announce(&config.folder, &url, &tokens.get())?;
	let audit = Audit::open(&config.folder, config.audit_days).map_err(|source| StartError::File {
		path: config.folder.join(AUDIT_FOLDER),
		source,
	})?;

	let (stop, stopping) = watch::channel(false);
	let traffic = Traffic::new("node", stopping);
	let limits = config.limits.clone();
	let document = routes::router(None).1;
	let state = AppState::new(Inner {
		courier: courier.into(),
		tokens,
		tls: tls.clone(),
		audit: audit.clone(),
		bodies: BodyBudget::new(&config.limits),
		version: config.version,
		chain: config.chain,
		node_alarms: config.alarms,
		traffic: traffic.clone(),
		// The document holds texts and numbers only: it can always be written.
		openapi: serde_json::to_vec(&document).unwrap_or_default().into(),
		limits: config.limits,
	});
	let router = routes::router(Some(&state)).0.with_state(state.clone());

	log::info!("HTTP API at {url}");
	let server = Server {
		listener,
		tls,
		router,
		limits,
		traffic,
	};
	let (running, mut dropped) = oneshot::channel::<()>();
	let task = tokio::spawn(async move {
		let mut serving = tokio::spawn(server.run());
		let is_dropped = tokio::select! {
			_ = shutdown => false,
			_ = &mut dropped => true,
		};
		let _ = stop.send(true);
		let ended = tokio::select! {
			ended = &mut serving => ended,
			_ = dropped, if !is_dropped => {
				serving.abort();
				Ok(())
			}
		};
		if let Err(error) = ended {
			log::error!("accepting connections ended early: {error}");
		}
		audit.close().await;
		// It is not there where no token is for local terminals.
		let _ = std::fs::remove_file(config.folder.join(GATEWAY_FILE));
	});
	Ok(Gateway {
		address,
		url,
		task: Some(task),
		_running: running,
	})
}

/// The tokens, followed by `gateway.json`.
fn tokens(config: &Config, url: &str) -> Result<Arc<Watched<Tokens>>, StartError> {
	let load = {
		let folder = config.folder.clone();
		move || Tokens::load(&folder)
	};
	let (folder, url) = (config.folder.clone(), url.to_owned());
	let changed = move |tokens: &Tokens| {
		if let Err(error) = announce(&folder, &url, tokens) {
			log::error!("local terminals are not told of the new token: {error}");
		}
	};
	Watched::new(
		"tokens of the HTTP API",
		vec![config.folder.join(TOKENS_FILE)],
		load,
		changed,
	)
}

/// Writes the file by which local terminals find the API, or removes it where no token is for them.
fn announce(folder: &Path, url: &str, tokens: &Tokens) -> Result<(), StartError> {
	let path = folder.join(GATEWAY_FILE);
	let failed = |source| StartError::File {
		path: path.clone(),
		source,
	};
	let Some(token) = tokens.local() else {
		log::warn!("no token has every scope: local terminals must be given one by hand");
		return match std::fs::remove_file(&path) {
			Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
			_ => Ok(()),
		};
	};
	let file = GatewayFile {
		url: url.into(),
		token: token.into(),
	};
	let mut text = serde_json::to_vec_pretty(&file).map_err(|error| failed(error.into()))?;
	text.push(b'\n');
	files::write_private(&path, &text).map_err(failed)
}
