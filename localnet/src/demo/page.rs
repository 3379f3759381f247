// SPDX-License-Identifier: Apache-2.0

//! What the demo leaves behind: one page for people about the order whose evidence was judged.

use super::Demo;
use crate::{
	error::{Error, Result},
	terminals::Args,
};
use std::path::{Path, PathBuf};

/// The page's name.
const NAME: &str = "evidence-report.html";

/// Where the page goes: into the folder that the caller named, else into one of its own, which stays when everything else is removed.
///
/// # Errors
/// No folder can be made.
pub fn place(dir: Option<&Path>) -> Result<PathBuf> {
	let folder = match dir {
		Some(dir) => dir.to_path_buf(),
		None => tempfile::Builder::new()
			.prefix("sealane-report-")
			.tempdir()
			.map_err(Error::io("cannot make a folder for the page"))?
			.keep(),
	};
	Ok(folder.join(NAME))
}

impl Demo {
	/// Writes the page of the order whose evidence was judged, and says where it is.
	pub(super) async fn write_page(&self, page: &Path) -> Result<()> {
		let write = Args::new("evidence report")
			.with(self.evidence())
			.option("--chain", self.consortium.chain_spec())
			.option("--output", page);
		self.terminals.json::<serde_json::Value>(write).await?;
		self.view.step(
			"M5",
			format!(
				"the same for people, in Chinese and English, for any browser: {}",
				page.display()
			),
		);
		Ok(())
	}
}
