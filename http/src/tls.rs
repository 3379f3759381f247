// SPDX-License-Identifier: Apache-2.0

//! TLS for clients on other machines: certificate, key and the authority of clients' certificates, from files.

use crate::files;
use rustls_pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer};
use std::{
	path::{Path, PathBuf},
	sync::Arc,
};
use tokio_rustls::{
	rustls::{crypto::ring, server::WebPkiClientVerifier, RootCertStore, ServerConfig},
	TlsAcceptor,
};

/// The files that TLS needs, all PEM. A changed file takes effect within seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
	/// The service's certificate, followed by those between it and an authority that clients know.
	pub certificate: PathBuf,
	/// Its private key, mode 600.
	pub key: PathBuf,
	/// Authorities of clients' certificates. With them, a client without a certificate of one of them gets no connection.
	pub client_ca: Option<PathBuf>,
}

impl TlsFiles {
	/// All of them.
	pub fn paths(&self) -> Vec<PathBuf> {
		let mut paths = vec![self.certificate.clone(), self.key.clone()];
		paths.extend(self.client_ca.clone());
		paths
	}
}

/// Why a file that TLS needs cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("TLS of the HTTP API: {}: {rule}", path.display())]
pub struct TlsError {
	/// The file.
	pub path: PathBuf,
	/// The rule that it breaks.
	pub rule: String,
}

/// What makes TLS of a connection: 1.3 or 1.2, HTTP/1.1 inside.
///
/// Fails when a file cannot be read or holds something else, when others than its owner may read the key, and when key
/// and certificate do not belong together.
pub fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, TlsError> {
	let provider = Arc::new(ring::default_provider());
	let chain = certificates(&files.certificate)?;
	let key = files::read_private(&files.key).map_err(|e| broken(&files.key, e))?;
	let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| {
		broken(
			&files.key,
			"it must hold one private key in PEM (PKCS#8, SEC 1 or PKCS#1)",
		)
	})?;

	let builder = ServerConfig::builder_with_provider(provider.clone())
		.with_safe_default_protocol_versions()
		.map_err(|e| broken(&files.certificate, e))?;
	let builder = match &files.client_ca {
		None => builder.with_no_client_auth(),
		Some(path) => {
			let mut authorities = RootCertStore::empty();
			for certificate in certificates(path)? {
				authorities.add(certificate).map_err(|e| broken(path, e))?;
			}
			let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider)
				.build()
				.map_err(|e| broken(path, e))?;
			builder.with_client_cert_verifier(verifier)
		}
	};
	let mut config = builder
		.with_single_cert(chain, key)
		.map_err(|e| broken(&files.certificate, e))?;
	config.alpn_protocols = vec![b"http/1.1".to_vec()];
	Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The certificates in a file; at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
	let bytes = std::fs::read(path).map_err(|e| broken(path, e))?;
	let certificates = CertificateDer::pem_slice_iter(&bytes)
		.collect::<Result<Vec<_>, _>>()
		.map_err(|e| broken(path, format!("it is no PEM: {e}")))?;
	if certificates.is_empty() {
		return Err(broken(path, "it must hold at least one certificate in PEM"));
	}
	Ok(certificates)
}

fn broken(path: &Path, rule: impl ToString) -> TlsError {
	TlsError {
		path: path.into(),
		rule: rule.to_string(),
	}
}
