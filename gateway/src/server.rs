// SPDX-License-Identifier: Apache-2.0

//! Listening, accepting and stopping.

use crate::{
	auth::Tokens,
	backend::Backend,
	connections::Server,
	files,
	limits::BodyBudget,
	routes,
	state::{AppState, Inner},
	tls, Config, StartError,
};
use sealane_sdk::types::GatewayFile;
use std::{
	future::Future,
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
	path::PathBuf,
	sync::Arc,
};
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
/// Writes `gateway.json` into the node's folder, so that local terminals find the API; it is removed at the stop. Must be
/// called inside a Tokio runtime. Fails when the address cannot be had or is reachable from other machines without TLS,
/// when the files of TLS cannot be used, and when the tokens cannot be had.
pub async fn serve(
	config: Config,
	backend: impl Backend,
	shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Gateway, StartError> {
	let tls = config.tls.as_ref().map(tls::acceptor).transpose()?;
	if tls.is_none() && !config.listen.ip().is_loopback() {
		return Err(StartError::NotLoopback(config.listen));
	}
	std::fs::create_dir_all(&config.folder).map_err(|source| StartError::File {
		path: config.folder.clone(),
		source,
	})?;
	let (tokens, token) = Tokens::load(&config.folder)?;
	let listen_failed = |source| StartError::Listen {
		address: config.listen,
		source,
	};
	let listener = TcpListener::bind(config.listen).await.map_err(listen_failed)?;
	let address = listener.local_addr().map_err(listen_failed)?;
	let url = format!("{}://{}", if tls.is_some() { "https" } else { "http" }, local(address));
	let gateway_file = match token {
		Some(token) => Some(announce(&config, &url, token)?),
		None => {
			log::warn!("no token has every scope: local terminals must be given one by hand");
			None
		}
	};

	let (stop, stopping) = watch::channel(false);
	let document = routes::router(None).1;
	let state = AppState::new(Inner {
		backend: Arc::new(backend),
		tokens,
		bodies: BodyBudget::new(&config.limits),
		version: config.version,
		chain: config.chain,
		stopping,
		under_way: Default::default(),
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
		state,
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
		if let Some(path) = gateway_file {
			let _ = std::fs::remove_file(path);
		}
	});
	Ok(Gateway {
		address,
		url,
		task: Some(task),
		_running: running,
	})
}

/// Where a program on this machine reaches what listens at `address`.
fn local(address: SocketAddr) -> SocketAddr {
	let ip = match address.ip() {
		IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
		IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
		ip => ip,
	};
	SocketAddr::new(ip, address.port())
}

/// Writes the file by which local terminals find the API.
fn announce(config: &Config, url: &str, token: String) -> Result<PathBuf, StartError> {
	let path = config.folder.join(sealane_sdk::client::GATEWAY_FILE);
	let file = GatewayFile { url: url.into(), token };
	let write = |file: &GatewayFile| {
		let mut text = serde_json::to_vec_pretty(file)?;
		text.push(b'\n');
		files::write_private(&path, &text)
	};
	write(&file).map_err(|source| StartError::File {
		path: path.clone(),
		source,
	})?;
	Ok(path)
}
