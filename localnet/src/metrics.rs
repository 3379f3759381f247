// SPDX-License-Identifier: Apache-2.0

//! Reads what a node tells Prometheus.

use crate::error::Result;

/// Everything that a node tells at one moment.
pub struct Page(String);

impl Page {
	/// Reads it from its address.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn read(url: &str) -> Result<Self> {
		let client = reqwest::Client::builder().no_proxy().build()?;
		Ok(Page(client.get(url).send().await?.error_for_status()?.text().await?))
	}

	/// The sum of all samples of `name` that carry every one of `labels` (written `name="value"`); 0 where there is none.
	pub fn sum(&self, name: &str, labels: &[&str]) -> f64 {
		let sample = |line: &str| {
			let rest = line.strip_prefix(name)?;
			// The name ends here, or another metric's name goes on.
			if !rest.starts_with(['{', ' ']) || !labels.iter().all(|label| rest.contains(label)) {
				return None;
			}
			rest.rsplit(' ').next()?.parse::<f64>().ok()
		};
		self.0.lines().filter_map(sample).sum()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn samples_are_told_apart_by_name_and_labels() {
		let page = Page(
			"# HELP a b\na_total{chain=\"x\",reason=\"one\"} 2\na_total{chain=\"x\",reason=\"two\"} 3\n\
			a_total_more{reason=\"one\"} 50\nb 7\n"
				.into(),
		);
		assert_eq!(page.sum("a_total", &[]), 5.0);
		assert_eq!(page.sum("a_total", &["reason=\"one\""]), 2.0);
		assert_eq!(page.sum("b", &[]), 7.0);
		assert_eq!(page.sum("c", &[]), 0.0);
	}
}
