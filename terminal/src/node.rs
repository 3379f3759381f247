// SPDX-License-Identifier: Apache-2.0

//! The terminal's way to its node.

use crate::error::{Error, Result};
use sealane_sdk::{Client, ClientBuilder};
use std::path::{Path, PathBuf};

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
}

impl NodeArgs {
	/// A client.
	///
	/// # Errors
	/// The token, a certificate or the key cannot be read, others can read a secret, or the URL is none.
	pub fn client(&self) -> Result<Client> {
		let mut builder = match &self.token_file {
			// A terminal outlives restarts of its node: patient, because every request is idempotent.
			Some(file) => ClientBuilder::new(self.node.as_str(), read_secret(file)?.trim()).attempts(60),
			None if Path::new(&self.node).exists() => ClientBuilder::from_path(&self.node)?,
			None => {
				return Err(Error::invalid(
					"token-file",
					"",
					"given with a URL; or --node names the node's folder",
				))
			}
		};
		if let Some(file) = &self.ca_file {
			builder = builder.trust(std::fs::read(file).map_err(Error::file(file))?);
		}
		if let (Some(certificate), Some(key)) = (&self.client_cert, &self.client_key) {
			let certificate_pem = std::fs::read(certificate).map_err(Error::file(certificate))?;
			builder = builder.identify(certificate_pem, read_secret(key)?);
		}
		Ok(builder.build()?)
	}
}

/// Reads a file that only its owner may read.
///
/// # Errors
/// The file cannot be read, or its mode lets others in.
pub fn read_secret(path: &Path) -> Result<String> {
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		let mode = std::fs::metadata(path).map_err(Error::file(path))?.permissions().mode() & 0o777;
		if mode & 0o077 != 0 {
			return Err(Error::invalid(
				path.display().to_string(),
				format!("mode {mode:o}"),
				"a secret's file must be readable by its owner alone (mode 600)",
			));
		}
	}
	std::fs::read_to_string(path).map_err(Error::file(path))
}

impl From<sealane_sdk::Error> for Error {
	fn from(error: sealane_sdk::Error) -> Self {
		Error::Node(error.to_string())
	}
}

#[cfg(all(test, unix))]
mod tests {
	use super::*;
	use std::os::unix::fs::PermissionsExt;

	#[test]
	fn secrets_that_others_can_read_are_refused() {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("token");
		std::fs::write(&path, "t0ken\n").unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
		let error = read_secret(&path).unwrap_err().to_string();
		assert!(error.contains("mode 644") && !error.contains("t0ken"), "{error}");
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
		assert_eq!(read_secret(&path).unwrap(), "t0ken\n");
	}

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
