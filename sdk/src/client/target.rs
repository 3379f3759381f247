// SPDX-License-Identifier: Apache-2.0

//! Where the node is and what lets us in: given, or read from the file that the node writes.

use super::GATEWAY_FILE;
use crate::{types::GatewayFile, Error};
use reqwest::{header::HeaderValue, Url};
use std::{
	path::{Path, PathBuf},
	sync::{PoisonError, RwLock},
};

const URL_RULE: &str = "must be an http or https URL with a host";

/// Where the place is known from.
#[derive(Clone)]
pub(super) enum Source {
	/// From the caller.
	Given { url: String, token: String },
	/// From a node's folder, or its `gateway.json` itself.
	File(PathBuf),
}

impl std::fmt::Debug for Source {
	/// Leaves the token out.
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Source::Given { url, .. } => f.write_str(url),
			Source::File(path) => path.fmt(f),
		}
	}
}

#[derive(Clone, PartialEq)]
struct Place {
	base: Url,
	bearer: HeaderValue,
}

/// The place, as it is known now.
pub(super) struct Target {
	file: Option<PathBuf>,
	plain_http: bool,
	place: RwLock<Place>,
}

impl Target {
	pub fn new(source: Source, plain_http: bool) -> Result<Self, Error> {
		let (file, place) = match source {
			Source::Given { url, token } => (None, Place::new(&url, &token, plain_http)?),
			Source::File(path) => {
				let place = Place::of(&path, plain_http)?;
				(Some(path), place)
			}
		};
		Ok(Target {
			file,
			plain_http,
			place: RwLock::new(place),
		})
	}

	fn place(&self) -> Place {
		// A place is replaced as a whole: a panic elsewhere leaves none half-written.
		self.place.read().unwrap_or_else(PoisonError::into_inner).clone()
	}

	pub fn base(&self) -> Url {
		self.place().base
	}

	pub fn bearer(&self) -> HeaderValue {
		self.place().bearer
	}

	/// Reads the file again; says whether the node is elsewhere now or takes another token.
	pub fn look_again(&self) -> bool {
		let Some(path) = &self.file else { return false };
		let Ok(found) = Place::of(path, self.plain_http) else {
			return false;
		};
		let mut place = self.place.write().unwrap_or_else(PoisonError::into_inner);
		let moved = *place != found;
		*place = found;
		moved
	}

	/// The URL of `path`; each segment is escaped by itself.
	pub fn url_of(&self, path: &[&str]) -> Result<Url, Error> {
		let mut url = self.base();
		{
			// `Place::new` refused URLs that cannot be a base.
			let mut segments = url.path_segments_mut().map_err(|()| Error::Argument {
				name: "url",
				value: String::new(),
				rule: URL_RULE,
			})?;
			segments.pop_if_empty();
			for segment in path {
				// The URL standard resolves these two, escaped or not: they cannot name anything.
				if segment.is_empty() || *segment == "." || *segment == ".." {
					return Err(Error::Argument {
						name: "id",
						value: (*segment).into(),
						rule: "must be neither empty nor `.` nor `..`",
					});
				}
				segments.push(segment);
			}
		}
		Ok(url)
	}

	/// `url`, which was made for an earlier place, at the place of now.
	pub fn redirected(&self, url: &Url) -> Url {
		let base = self.base();
		let mut moved = url.clone();
		let done = moved
			.set_scheme(base.scheme())
			.and_then(|()| moved.set_host(base.host_str()).map_err(drop))
			.and_then(|()| moved.set_port(base.port()));
		if done.is_ok() {
			moved
		} else {
			url.clone()
		}
	}
}

impl Place {
	fn new(url: &str, token: &str, plain_http: bool) -> Result<Self, Error> {
		let wrong = |rule| Error::Argument {
			name: "url",
			value: url.into(),
			rule,
		};
		let base = Url::parse(url)
			.ok()
			.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
			.ok_or_else(|| wrong(URL_RULE))?;
		if base.scheme() == "http" && !plain_http && !is_this_machine(&base) {
			return Err(wrong(
				"must be https: over http the token and the orders would travel to another machine in the clear",
			));
		}
		let mut bearer = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| Error::Argument {
			name: "token",
			value: "(hidden)".into(),
			rule: "must be visible ASCII",
		})?;
		bearer.set_sensitive(true);
		Ok(Place { base, bearer })
	}

	fn of(path: &Path, plain_http: bool) -> Result<Self, Error> {
		let file = read_gateway_file(path)?;
		Place::new(&file.url, &file.token, plain_http)
	}
}

/// Whether what is sent to a URL stays on this machine, whatever the URL has before its host.
pub fn stays_here(url: &str) -> bool {
	Url::parse(url).is_ok_and(|url| is_this_machine(&url))
}

fn is_this_machine(url: &Url) -> bool {
	let host = url.host_str().unwrap_or_default();
	let address = host.trim_start_matches('[').trim_end_matches(']');
	host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Reads a `gateway.json`; `path` is the file or its folder. It holds a token: where others can read it, it is refused.
pub fn read_gateway_file(path: impl AsRef<Path>) -> Result<GatewayFile, Error> {
	let mut path = path.as_ref().to_path_buf();
	if path.is_dir() {
		path.push(GATEWAY_FILE);
	}
	let failed = |reason: String, missing| Error::GatewayFile {
		path: path.display().to_string(),
		reason,
		missing,
	};
	let read = || -> std::io::Result<Vec<u8>> {
		#[cfg(unix)]
		{
			use std::os::unix::fs::PermissionsExt;
			let mode = std::fs::metadata(&path)?.permissions().mode() & 0o777;
			if mode & 0o077 != 0 {
				return Err(std::io::Error::other(format!(
					"mode {mode:o}: a secret's file must be readable by its owner alone (mode 600)"
				)));
			}
		}
		std::fs::read(&path)
	};
	let bytes = read().map_err(|e| failed(e.to_string(), e.kind() == std::io::ErrorKind::NotFound))?;
	serde_json::from_slice(&bytes).map_err(|e| failed(e.to_string(), false))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn write(folder: &Path, url: &str, token: &str, mode: u32) {
		let path = folder.join(GATEWAY_FILE);
		std::fs::write(&path, serde_json::json!({ "url": url, "token": token }).to_string()).unwrap();
		#[cfg(unix)]
		{
			use std::os::unix::fs::PermissionsExt;
			std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
		}
	}

	#[test]
	fn a_node_that_was_started_again_is_found_again() {
		let folder = tempfile::tempdir().unwrap();
		write(folder.path(), "http://127.0.0.1:1", "old", 0o600);
		let target = Target::new(Source::File(folder.path().into()), false).unwrap();
		let made = target.url_of(&["v1", "orders", "a/b"]).unwrap();
		assert!(!target.look_again());
		write(folder.path(), "http://127.0.0.1:2", "new", 0o600);
		assert!(target.look_again());
		assert_eq!(target.redirected(&made).as_str(), "http://127.0.0.1:2/v1/orders/a%2Fb");
		assert_eq!(target.bearer(), "Bearer new");
		// Gone while the node is down: what was known stays.
		std::fs::remove_file(folder.path().join(GATEWAY_FILE)).unwrap();
		assert!(!target.look_again());
		assert_eq!(target.bearer(), "Bearer new");
	}

	#[cfg(unix)]
	#[test]
	fn a_file_that_others_can_read_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		write(folder.path(), "http://127.0.0.1:1", "t0ken", 0o644);
		let error = read_gateway_file(folder.path()).unwrap_err().to_string();
		assert!(error.contains("mode 644") && !error.contains("t0ken"), "{error}");
	}

	#[test]
	fn plain_http_stays_on_this_machine() {
		let place = |url: &str, plain| {
			Target::new(
				Source::Given {
					url: url.into(),
					token: "t".into(),
				},
				plain,
			)
			.map(drop)
		};
		for url in [
			"http://127.0.0.1:9955",
			"http://[::1]:9955",
			"http://localhost",
			"https://node.bank.example",
		] {
			assert!(place(url, false).is_ok(), "{url}");
		}
		for url in [
			"http://node.bank.example",
			"http://10.0.0.1:9955",
			"http://localhost.example",
		] {
			assert!(place(url, false).is_err(), "{url}");
			assert!(place(url, true).is_ok(), "{url}");
		}
	}
}
