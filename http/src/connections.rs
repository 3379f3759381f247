// SPDX-License-Identifier: Apache-2.0

//! Accepting connections, and letting them end when the service stops.
//!
//! `axum::serve` would do, but it has no deadline for headers that never come, no bound on connections, and none on its
//! stop.

use crate::{
	admission::{Admission, Place},
	deadline::WriteDeadline,
	limits::Limits,
	traffic::Traffic,
	watched::Watched,
};
use axum::Router;
use hyper::{
	body::Incoming,
	server::conn::http1,
	service::{service_fn, Service},
};
use hyper_util::{
	rt::{TokioIo, TokioTimer},
	service::TowerToHyperService,
};
use sha2::{Digest, Sha256};
use std::{
	future::Future,
	io,
	net::SocketAddr,
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::{
	io::{AsyncRead, AsyncWrite},
	net::{TcpListener, TcpStream},
	sync::watch,
	task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// Largest request line and headers together, in bytes.
const MAX_HEAD_BYTES: usize = 16 << 10;

/// Who is at the other end of a connection; in the extensions of each request.
#[derive(Clone, Copy, Debug)]
pub struct Client {
	/// Its address.
	pub address: SocketAddr,
	/// SHA-256 of the certificate that it showed.
	pub certificate: Option<[u8; 32]>,
}

/// What serves connections.
pub struct Server {
	/// Where it listens.
	pub listener: TcpListener,
	/// Makes TLS of each connection; plain HTTP without it.
	pub tls: Option<Arc<Watched<TlsAcceptor>>>,
	/// The resources.
	pub router: Router,
	/// Bounds on connections.
	pub limits: Limits,
	/// What is under way, and when to stop.
	pub traffic: Traffic,
}

impl Server {
	/// Accepts connections until the service stops. Then waits for the requests that are under way, at most
	/// [`Limits::stop_timeout_ms`], and meanwhile tells whoever asks for more that the service is stopping.
	pub async fn run(self) {
		let admission = Admission::new(self.limits.max_connections);
		let (close, closing) = watch::channel(false);
		let mut connections = JoinSet::new();
		tokio::select! {
			_ = self.accept(&admission, &mut connections, &closing) => (),
			_ = self.traffic.stopped() => (),
		}
		let (started, under_way) = (Instant::now(), self.traffic.under_way());
		let limit = Duration::from_millis(self.limits.stop_timeout_ms);
		log::info!(
			"HTTP API: takes no more requests, waits up to {} ms for {under_way} under way",
			limit.as_millis()
		);
		let ended = tokio::time::timeout(limit, async {
			tokio::select! {
				_ = self.accept(&admission, &mut connections, &closing) => (),
				_ = self.traffic.settled() => (),
			}
			// What is left are connections without a request, and answers on their last bytes.
			close.send_replace(true);
			while connections.join_next().await.is_some() {}
		});
		let in_time = ended.await.is_ok();
		let waited = started.elapsed().as_millis();
		match self.traffic.under_way() {
			0 if in_time => log::info!("HTTP API: stopped after {waited} ms; all requests under way were answered"),
			left => log::warn!("HTTP API: stopped after {waited} ms; {left} requests under way are cut off"),
		}
	}

	/// Accepts connections for ever. Each ends by itself, or gracefully once `closing` is true.
	async fn accept(&self, admission: &Arc<Admission>, connections: &mut JoinSet<()>, closing: &watch::Receiver<bool>) {
		loop {
			let accepted = self.listener.accept().await;
			while connections.try_join_next().is_some() {}
			match accepted {
				Ok((stream, address)) => {
					// Meanwhile others wait in the socket's backlog.
					let place = admission.place().await;
					let tls = self.tls.as_ref().map(|tls| tls.get());
					let (router, mut closing) = (self.router.clone(), closing.clone());
					let closed = async move {
						// An error means that the server itself is gone. The watch holds a lock while it is looked at, which
						// must not live across a wait.
						let _ = closing.wait_for(|closing| *closing).await;
					};
					let limits = self.limits.clone();
					connections.spawn(async move {
						tokio::select! {
							_ = serve(stream, address, tls, router, limits, &place, closed) => (),
							_ = place.connection.cut() => (),
						}
					});
				}
				Err(error) => {
					// Out of file descriptors, or the client is gone already: neither ends the service.
					log::warn!("a connection could not be accepted: {error}");
					tokio::time::sleep(Duration::from_millis(100)).await;
				}
			}
		}
	}
}

async fn serve(
	stream: TcpStream,
	address: SocketAddr,
	tls: Option<Arc<TlsAcceptor>>,
	router: Router,
	limits: Limits,
	place: &Place,
	ends: impl Future<Output = ()>,
) {
	// Answers are small and wanted at once.
	let _ = stream.set_nodelay(true);
	let stream = WriteDeadline::new(stream, Duration::from_millis(limits.write_timeout_ms));
	let mut ends = std::pin::pin!(ends);
	let Some(tls) = tls else {
		let client = Client {
			address,
			certificate: None,
		};
		return serve_http(stream, client, router, &limits, place, ends).await;
	};
	let limit = Duration::from_millis(limits.handshake_timeout_ms);
	let shaken = tokio::select! {
		shaken = tokio::time::timeout(limit, tls.accept(stream)) => shaken,
		_ = &mut ends => return,
	};
	match shaken.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut))) {
		Ok(stream) => {
			let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
			let client = Client {
				address,
				certificate: shown.map(|certificate| Sha256::digest(certificate).into()),
			};
			serve_http(stream, client, router, &limits, place, ends).await
		}
		// A client that trusts another authority, has no certificate, or speaks no TLS.
		Err(error) => log::debug!("a TLS handshake failed: {error}"),
	}
}

async fn serve_http(
	stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
	client: Client,
	router: Router,
	limits: &Limits,
	place: &Place,
	ends: impl Future<Output = ()>,
) {
	let (service, here) = (TowerToHyperService::new(router), place.connection.clone());
	let service = service_fn(move |mut request: hyper::Request<Incoming>| {
		request.extensions_mut().insert(here.clone());
		request.extensions_mut().insert(client);
		service.call(request)
	});
	let connection = http1::Builder::new()
		.timer(TokioTimer::new())
		.header_read_timeout(Duration::from_millis(limits.header_timeout_ms))
		.max_header_size(MAX_HEAD_BYTES)
		.half_close(false)
		.serve_connection(TokioIo::new(stream), service)
		// What becomes a WebSocket is a connection no more: whoever takes it over bounds it, and enters it as under way.
		.with_upgrades();
	let mut connection = std::pin::pin!(connection);
	let ended = tokio::select! {
		result = connection.as_mut() => Some(result),
		_ = ends => None,
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
