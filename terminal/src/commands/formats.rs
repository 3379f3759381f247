// SPDX-License-Identifier: Apache-2.0

use crate::{
	error::{Error, Result},
	output::{thousands, Output, Table},
};
use clap::{Args, Subcommand};
use sealane_formats::{
	check::{check, Report, What},
	fault::Error as FormatError,
	partners, Profile,
};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum FormatsCommand {
	/// Check files: frame, counts, names, every field; and that sets are whole
	Check(CheckArgs),
}

#[derive(Debug, Args)]
pub struct CheckArgs {
	/// A data file, an index, or a folder
	path: PathBuf,
	/// The partner's profile: a TOML file, or a shipped one by its name; without it the shipped one whose record length fits
	#[arg(long)]
	profile: Option<PathBuf>,
}

impl FormatsCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			FormatsCommand::Check(args) => blocking(move || args.run(output)).await,
		}
	}
}

/// Runs what reads and writes files for long beside the runtime's own threads.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
	let done = tokio::task::spawn_blocking(work).await;
	done.map_err(|panic| Error::node(panic.to_string()))?
}

/// The profile that an argument names.
pub fn profile(path: &Path) -> Result<Profile> {
	partners::profile(path).map_err(|rule| Error::invalid("profile", path.display().to_string(), rule))
}

/// What is wrong with a file, or why it cannot be read.
pub fn failed(path: &Path) -> impl Fn(FormatError) -> Error + '_ {
	move |error| match error {
		// Of another file than the one that is meant: what was tried names it.
		FormatError::Io { what, source } if !what.ends_with(&*path.to_string_lossy()) => {
			Error::file(path)(std::io::Error::new(source.kind(), format!("{what}: {source}")))
		}
		FormatError::Io { source, .. } => Error::file(path)(source),
		FormatError::Fault(fault) => Error::Format {
			path: path.into(),
			line: fault.record.unwrap_or_default(),
			reason: fault.to_string(),
		},
	}
}

impl CheckArgs {
	fn run(self, output: Output) -> Result<()> {
		let profile = self.profile.as_deref().map(profile).transpose()?;
		let bar = output.progress("records", 0);
		let reports = check(&self.path, profile.as_ref(), &mut |read| bar.set_position(read));
		bar.finish_and_clear();
		let reports = reports.map_err(failed(&self.path))?;
		output.result(&reports, |reports| reports_text(reports));
		let mut unsound = reports.iter().filter(|report| !report.is_sound());
		match unsound.next() {
			None => Ok(()),
			Some(first) => Err(Error::Format {
				path: self.path.clone(),
				line: 0,
				reason: format!(
					"{} of {} files have faults: {}",
					1 + unsound.count(),
					reports.len(),
					first.faults.first().map(ToString::to_string).unwrap_or_default()
				),
			}),
		}
	}
}

fn reports_text(reports: &[Report]) -> String {
	let mut table = Table::new(&["file", "what", "kind", "profile", ">records", ">faults", ">remarks"]);
	for report in reports {
		let what = match report.what {
			What::Data => "records",
			What::Index => "index",
			What::Unknown => "unknown",
		};
		table.row([
			report.file.clone(),
			what.into(),
			report.kind.clone().unwrap_or_default(),
			report.profile.clone(),
			thousands(report.records),
			report.faults.len().to_string(),
			report.remarks.len().to_string(),
		]);
	}
	let mut text = table.to_string();
	for (what, fault) in reports.iter().flat_map(|report| {
		let faults = report.faults.iter().map(|fault| ("fault", fault));
		faults.chain(report.remarks.iter().map(|remark| ("remark", remark)))
	}) {
		text.push_str(&format!("\n{what}: {}", crate::output::shown(&fault.to_string())));
	}
	text
}
