// SPDX-License-Identifier: Apache-2.0

//! The terminal's way to its node.

pub use crate::files::read_secret;

use crate::{
	error::{Error, Result},
	outage::outlast,
	stop::Stop,
};
use sealane_sdk::{Client, ClientBuilder};
use std::path::PathBuf;

/// Where the node is and what lets us in.
#[derive(Clone, Debug, clap::Args)]
pub struct NodeArgs {
	/// URL of the node's API, e.g. http://127.0.0.1:9955, or the node's folder (its gateway.json is read)
	#[arg(long, env = "SEALANE_NODE", default_value = "http://127.0.0.1:9955")]
	pub node: String,
	/// File with the API token (mode 600); not needed where --node is a folder
	#[arg(long, env = "SEALANE_TOKEN_FILE")]
	pub token_file: Option<PathBuf>,
	/// Authorities of the node's certificate (PEM), for an https URL; those that browsers know unless told
	#[arg(long, env = "SEALANE_CA_FILE")]
	pub ca_file: Option<PathBuf>,
	/// Certificate of this client (PEM), for a node that wants one
	#[arg(long, env = "SEALANE_CLIENT_CERT", requires = "client_key")]
	pub client_cert: Option<PathBuf>,
	/// Private key of that certificate (PEM, mode 600)
	#[arg(long, env = "SEALANE_CLIENT_KEY", requires = "client_cert")]
	pub client_key: Option<PathBuf>,
	/// Take an http URL of another machine too: token and orders then travel in the clear
	#[arg(long)]
	pub plain_http: bool,
}

impl NodeArgs {
	/// A client for a command: it gives up after a few attempts, and says that it tries again.
	///
	/// # Errors
	/// The token, a certificate or the key cannot be read, others can read a secret, or the URL is none.
	pub fn client(&self) -> Result<Client> {
		let mut builder = match &self.token_file {
			Some(file) => ClientBuilder::new(self.node.as_str(), read_secret(file)?.trim()),
			None if self.node.contains("://") => {
				return Err(Error::invalid(
					"token-file",
					"",
					"given with a URL; or --node names the node's folder",
				))
			}
			None => ClientBuilder::from_path(&self.node)?,
		};
		if let Some(file) = &self.ca_file {
			builder = builder.trust(std::fs::read(file).map_err(Error::file(file))?);
		}
		if let (Some(certificate), Some(key)) = (&self.client_cert, &self.client_key) {
			let certificate_pem = std::fs::read(certificate).map_err(Error::file(certificate))?;
			builder = builder.identify(certificate_pem, read_secret(key)?);
		}
		if self.plain_http {
			builder = builder.plain_http();
		}
		builder = builder.on_retry(|retry| {
			// The first failures are over in no time.
			if retry.tried == 3 {
				tracing::info!("waits for the node: {}", retry.error);
			}
		});
		Ok(builder.build()?)
	}

	/// A client for a service: waits until the node has been there once, as long as it takes, and says so. `None` where the
	/// process is asked to stop first.
	///
	/// # Errors
	/// As [`NodeArgs::client`].
	pub async fn await_client(&self, stop: &Stop) -> Result<Option<Client>> {
		outlast("the terminal", stop, || async {
			let client = self.client()?;
			client.status().await?;
			Ok(client)
		})
		.await
	}
}

#[cfg(all(test, unix))]
mod tests {
	use super::*;
	use std::os::unix::fs::PermissionsExt;

	#[test]
	fn the_key_of_a_client_certificate_must_be_private_too() {
		let dir = tempfile::tempdir().unwrap();
		let file = |name: &str, mode| {
			let path = dir.path().join(name);
			std::fs::write(&path, "s3cret\n").unwrap();
			std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
			path
		};
		let args = |key| NodeArgs {
			node: "https://127.0.0.1:1".into(),
			token_file: Some(file("token", 0o600)),
			ca_file: None,
			client_cert: Some(file("cert.pem", 0o644)),
			client_key: Some(key),
			plain_http: false,
		};
		let error = args(file("open.key", 0o640)).client().unwrap_err().to_string();
		assert!(error.contains("mode 640"), "{error}");
		// It is read, and is no key.
		let error = args(file("own.key", 0o600)).client().unwrap_err().to_string();
		assert!(
			error.contains("client certificate") && !error.contains("s3cret"),
			"{error}"
		);
	}
}
