// SPDX-License-Identifier: Apache-2.0

//! What shells and `man` know of the commands: made of the same definitions as the command line itself.

use super::Cli;
use crate::{
	error::{Error, Result},
	output::Output,
};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct CompletionsArgs {
	/// The shell
	shell: Shell,
}

#[derive(Debug, Args)]
pub struct ManArgs {
	/// The folder for the pages, one for each command
	folder: PathBuf,
}

impl CompletionsArgs {
	/// Prints the script for a shell.
	pub fn run(self) -> Result<()> {
		let mut script = Vec::new();
		clap_complete::generate(self.shell, &mut Cli::command(), "sealane", &mut script);
		crate::output::write_text(&String::from_utf8_lossy(&script));
		Ok(())
	}
}

impl ManArgs {
	/// Writes the pages.
	pub fn run(self, output: Output) -> Result<()> {
		std::fs::create_dir_all(&self.folder).map_err(Error::file(&self.folder))?;
		clap_mangen::generate_to(Cli::command(), &self.folder).map_err(Error::file(&self.folder))?;
		output.remark(format!(
			"pages are in {}: man -l {}/sealane.1",
			self.folder.display(),
			self.folder.display()
		));
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_command_line_is_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn every_shell_and_every_command_has_its_text() {
		for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
			let mut script = Vec::new();
			clap_complete::generate(shell, &mut Cli::command(), "sealane", &mut script);
			let script = String::from_utf8(script).unwrap();
			assert!(script.contains("convert") && script.contains("quarantine"), "{shell}");
		}
		let folder = tempfile::tempdir().unwrap();
		let args = ManArgs {
			folder: folder.path().join("man"),
		};
		args.run(Output::default()).unwrap();
		let page = std::fs::read_to_string(folder.path().join("man/sealane-formats-check.1")).unwrap();
		assert!(page.contains("profile"), "{page}");
		// What is hidden from --help has no page.
		assert!(!folder.path().join("man/sealane-countersign.1").exists());
	}
}
