// SPDX-License-Identifier: Apache-2.0

//! What is measured, and what cannot be.

/// The sets of benchmarks, each of which becomes one file of weights: this project's pallets, then those of the SDK.
pub const SUBJECTS: [&str; 23] = [
	"pallet_agreements",
	"pallet_anchors",
	"pallet_calendars",
	"pallet_channels",
	"pallet_members",
	"pallet_receipts",
	"pallet_validators",
	"frame_system",
	"frame_system_extensions",
	"pallet_timestamp",
	"pallet_transaction_payment",
	"pallet_session",
	"pallet_collective",
	"pallet_membership",
	"pallet_scheduler",
	"pallet_preimage",
	"pallet_whitelist",
	"pallet_safe_mode",
	"pallet_tx_pause",
	"pallet_migrations",
	"pallet_utility",
	"pallet_multisig",
	"pallet_proxy",
];

/// The file of what a block and an extrinsic take by themselves.
pub const BLOCK: &str = "block";

/// Benchmarks that want a currency, by the name of their pallet and their own. This chain has none: the calls end before they begin,
/// and weigh what the SDK measured.
const DEPOSITS: [(&str, &str); 7] = [
	("pallet_multisig", "poke_deposit"),
	("pallet_proxy", "poke_deposit"),
	("pallet_safe_mode", "enter"),
	("pallet_safe_mode", "extend"),
	("pallet_safe_mode", "release_deposit"),
	("pallet_safe_mode", "force_release_deposit"),
	("pallet_safe_mode", "force_slash_deposit"),
];

/// Whether a benchmark can be measured on this chain.
pub fn is_measurable(subject: &str, benchmark: &str) -> bool {
	!DEPOSITS.contains(&(subject, benchmark))
}

/// The trait that the weights of a subject implement.
pub fn weight_trait(subject: &str) -> String {
	match subject {
		// Beside the pallet's own.
		"frame_system_extensions" => "frame_system::ExtensionsWeightInfo".to_string(),
		pallet => format!("{pallet}::WeightInfo"),
	}
}
