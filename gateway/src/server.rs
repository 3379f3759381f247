// SPDX-License-Identifier: Apache-2.0

//! Listening, accepting and stopping.

use crate::{
	auth::Tokens,
	backend::Backend,
	files,
	limits::{BodyBudget, Limits},
	routes,
	state::{AppState, Inner},
	Config, StartError,
};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
	rt::{TokioIo, TokioTimer},
	service::TowerToHyperService,
};
use sealane_sdk::types::GatewayFile;
use std::{future::Future, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
	net::{TcpListener, TcpStream},
	sync::{oneshot, watch, Semaphore},
	task::{JoinHandle, JoinSet},
};

/// How long requests that are under way may take to end when the gateway stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Largest request line and headers together, in bytes.
const MAX_HEAD_BYTES: usize = 16 << 10;

/// A gateway that runs. Dropping it stops it.
#[derive(Debug)]
pub struct Gateway {
	address: SocketAddr,
	task: JoinHandle<()>,
	/// Ends the task when it goes.
	_running: oneshot::Sender<()>,
}

impl Gateway {
	/// Where it listens.
	pub fn address(&self) -> SocketAddr {
		self.address
	}

	/// Where its API is.
	pub fn url(&self) -> String {
		format!("http://{}", self.address)
	}

	/// Waits until it has stopped.
	pub async fn stopped(mut self) {
		if let Err(error) = (&mut self.task).await {
			log::error!("the HTTP API ended early: {error}");
		}
	}
}

/// Starts the gateway of a node, and stops it when `shutdown` is done: new requests are refused, streams and long polls
/// end, the others are answered.
///
/// Writes `gateway.json` into the node's folder, so that local terminals find the API; it is removed at the stop. Must be
/// called inside a Tokio runtime. Fails when the address cannot be had or is reachable from other machines, and when the
/// tokens cannot be had.
pub async fn serve(
	config: Config,
	backend: impl Backend,
	shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Gateway, StartError> {
	if !config.listen.ip().is_loopback() {
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
	let gateway_file = match token {
		Some(token) => Some(announce(&config, address, token)?),
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
		stopping: stopping.clone(),
		// The document holds texts and numbers only: it can always be written.
		openapi: serde_json::to_vec(&document).unwrap_or_default().into(),
		limits: config.limits.clone(),
	});
	let router = routes::router(Some(&state)).0.with_state(state);

	log::info!("HTTP API at http://{address}");
	let accepting = accept(listener, router, config.limits, stopping);
	let (running, dropped) = oneshot::channel::<()>();
	let task = tokio::spawn(async move {
		let accepting = tokio::spawn(accepting);
		tokio::select! {
			_ = shutdown => {},
			_ = dropped => {},
		}
		let _ = stop.send(true);
		if let Err(error) = accepting.await {
			log::error!("accepting connections ended early: {error}");
		}
		if let Some(path) = gateway_file {
			let _ = std::fs::remove_file(path);
		}
	});
	Ok(Gateway {
		address,
		task,
		_running: running,
	})
}

/// Writes the file by which local terminals find the API.
fn announce(config: &Config, address: SocketAddr, token: String) -> Result<PathBuf, StartError> {
	let path = config.folder.join(sealane_sdk::client::GATEWAY_FILE);
	let file = GatewayFile {
		url: format!("http://{address}"),
		token,
	};
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

/// Accepts connections until the gateway stops, then waits for those that are open.
///
/// `axum::serve` would do, but it has no deadline for headers that never come and no bound on connections.
async fn accept(listener: TcpListener, router: Router, limits: Limits, mut stopping: watch::Receiver<bool>) {
	let slots = Arc::new(Semaphore::new(limits.max_connections as usize));
	let mut connections = JoinSet::new();
	loop {
		// More connections than there are slots wait in the socket's backlog.
		let slot = tokio::select! {
			slot = slots.clone().acquire_owned() => slot,
			_ = stopped(&mut stopping) => break,
		};
		let accepted = tokio::select! {
			accepted = listener.accept() => accepted,
			_ = stopped(&mut stopping) => break,
		};
		while connections.try_join_next().is_some() {}
		match accepted {
			Ok((stream, _)) => {
				let serving = serve_connection(stream, router.clone(), limits.clone(), stopping.clone());
				connections.spawn(async move {
					serving.await;
					drop(slot);
				});
			}
			Err(error) => {
				// Out of file descriptors, or the client is gone already: neither ends the node.
				log::warn!("a connection could not be accepted: {error}");
				tokio::time::sleep(Duration::from_millis(100)).await;
			}
		}
	}
	drop(listener);
	let ended = async { while connections.join_next().await.is_some() {} };
	if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
		log::warn!(
			"requests were still under way {} s after the stop",
			STOP_TIMEOUT.as_secs()
		);
	}
}

/// Waits until the gateway stops. Its watch holds a lock while it is looked at, which must not live across a wait.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
	// An error means that the gateway itself is gone.
	let _ = stopping.wait_for(|stopping| *stopping).await;
}

async fn serve_connection(stream: TcpStream, router: Router, limits: Limits, mut stopping: watch::Receiver<bool>) {
	// Answers are small and wanted at once.
	let _ = stream.set_nodelay(true);
	let io = TokioIo::new(crate::deadline::WriteDeadline::new(
		stream,
		Duration::from_millis(limits.write_timeout_ms),
	));
	let connection = http1::Builder::new()
		.timer(TokioTimer::new())
		.header_read_timeout(Duration::from_millis(limits.header_timeout_ms))
		.max_header_size(MAX_HEAD_BYTES)
		.half_close(false)
		.serve_connection(io, TowerToHyperService::new(router));
	let mut connection = std::pin::pin!(connection);
	let ended = tokio::select! {
		result = connection.as_mut() => Some(result),
		_ = stopped(&mut stopping) => None,
	};
	let result = match ended {
		Some(result) => result,
		None => {
			connection.as_mut().graceful_shutdown();
			connection.await
		}
	};
	if let Err(error) = result {
		// A client that goes away, is too slow or speaks no HTTP.
		log::debug!("a connection ended: {error}");
	}
}
