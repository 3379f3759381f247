// SPDX-License-Identifier: Apache-2.0

//! Authorities, certificates and their files.

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa};
use sealane_gateway::TlsFiles;
use std::{
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
};

pub struct Authority(Certificate);

impl Authority {
	pub fn new(name: &str) -> Self {
		let mut params = CertificateParams::new(Vec::new());
		params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
		params.distinguished_name.push(DnType::CommonName, name);
		Authority(Certificate::from_params(params).unwrap())
	}

	pub fn pem(&self) -> String {
		self.0.serialize_pem().unwrap()
	}

	/// Certificate and key of a server at this address.
	pub fn server(&self, name: &str) -> (String, String) {
		self.issue(name, ExtendedKeyUsagePurpose::ServerAuth)
	}

	/// Certificate and key of a client.
	pub fn client(&self, name: &str) -> (String, String) {
		self.issue(name, ExtendedKeyUsagePurpose::ClientAuth)
	}

	fn issue(&self, name: &str, purpose: ExtendedKeyUsagePurpose) -> (String, String) {
		let mut params = CertificateParams::new(vec![name.to_string()]);
		params.distinguished_name.push(DnType::CommonName, name);
		params.extended_key_usages = vec![purpose];
		let certificate = Certificate::from_params(params).unwrap();
		(
			certificate.serialize_pem_with_signer(&self.0).unwrap(),
			certificate.serialize_private_key_pem(),
		)
	}
}

pub fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
	let path = folder.join(name);
	std::fs::write(&path, text).unwrap();
	std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
	path
}

/// The files of a node with this certificate and key.
pub fn files(folder: &Path, (certificate, key): &(String, String)) -> TlsFiles {
	TlsFiles {
		certificate: write(folder, "node.pem", certificate),
		key: write(folder, "node.key", key),
		client_ca: None,
	}
}
