// SPDX-License-Identifier: Apache-2.0

//! What Prometheus is told. Counted once per submission, packet or envelope, never per order.

use crate::store::LogStats;
use substrate_prometheus_endpoint::{
	prometheus::{HistogramOpts, Opts},
	register, Counter, CounterVec, Gauge, Histogram, PrometheusError, Registry, U64,
};

/// The metrics of a courier. Without a registry they are counted and shown to nobody.
#[derive(Clone)]
pub struct Metrics {
	/// Orders and registrations accepted from this node's business system.
	pub accepted: Counter<U64>,
	/// Lines refused, by what was submitted.
	pub refused: CounterVec<U64>,
	/// Answers accepted from this node's business system.
	pub answered: Counter<U64>,
	/// Packets acknowledged by partners.
	pub packets_delivered: Counter<U64>,
	/// Packets of partners stored.
	pub packets_received: Counter<U64>,
	/// Entries in them.
	pub entries_received: Counter<U64>,
	/// Bytes sent in envelopes.
	pub bytes_sent: Counter<U64>,
	/// Attempts to send an envelope that failed, by reason.
	pub send_failures: CounterVec<U64>,
	/// Envelopes of partners refused, by reason.
	pub envelopes_refused: CounterVec<U64>,
	/// What partners did wrong.
	pub misbehaviour: CounterVec<U64>,
	/// Requests of partners that found a budget used up, by budget.
	pub budget_exhausted: CounterVec<U64>,
	/// Entries rejected by this node itself.
	pub technical_rejections: Counter<U64>,
	/// Batches with different roots on the two sides.
	pub batches_disputed: Counter<U64>,
	/// How often a partner's answer showed that a log is older than what was sent: `own` or the `partner`'s.
	pub lanes_behind: CounterVec<U64>,
	/// Partners' nodes that spoke from another store: `taken_over`, or `doubled`.
	pub stores_changed: CounterVec<U64>,
	/// Packets that were allowed by the state of a block which the chain abandoned.
	pub packets_of_abandoned_blocks: Counter<U64>,
	/// Answers to packets that were never sent.
	pub unsent_answered: Counter<U64>,
	/// The log is read-only until the node starts again.
	pub log_frozen: Gauge<U64>,
	/// Records of the log that cannot be interpreted.
	pub log_quarantined: Gauge<U64>,
	/// Groups stored: as many `fdatasync` calls.
	pub log_groups: Gauge<U64>,
	/// Records stored.
	pub log_records: Gauge<U64>,
	/// Bytes stored.
	pub log_bytes: Gauge<U64>,
	/// Groups refused because the disk was full.
	pub log_refused: Gauge<U64>,
	/// Time spent in writes, in microseconds.
	pub log_write_us: Gauge<U64>,
	/// Time spent in `fdatasync`, in microseconds.
	pub log_sync_us: Gauge<U64>,
	/// Attestations that name a block on another branch than this node's final chain.
	pub branch_alarms: Counter<U64>,
	/// Delivered batches that the partner did not attest, by why.
	pub batches_unsigned: CounterVec<U64>,
	/// Batches that are not delivered or not final, and attested by a key of this node that ends within the hour.
	pub batches_of_ending_keys: Gauge<U64>,
	/// Attestations that were not anchored since their key does not count, by why: `stolen`, `ended`, `own_stolen`.
	pub halves_left_out: CounterVec<U64>,
	/// Anchors that are not final.
	pub anchors_open: Gauge<U64>,
	/// Packets whose time was far from this node's clock.
	pub clock_alarms: Counter<U64>,
	/// From submission to durable, in seconds.
	pub submit_seconds: Histogram,
	/// From sending an envelope to its receipt, in seconds.
	pub delivery_seconds: Histogram,
}

impl Metrics {
	/// Make the metrics and register them.
	pub fn new(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
		let hidden = Registry::new();
		let registry = registry.unwrap_or(&hidden);
		let counter =
			|name: &str, help: &str| register(Counter::new(format!("sealane_courier_{name}"), help)?, registry);
		let by = |name: &str, help: &str, label: &str| {
			register(
				CounterVec::new(Opts::new(format!("sealane_courier_{name}"), help), &[label])?,
				registry,
			)
		};
		let seconds = |name: &str, help: &str| {
			let buckets = vec![0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0];
			let options = HistogramOpts::new(format!("sealane_courier_{name}"), help).buckets(buckets);
			register(Histogram::with_opts(options)?, registry)
		};
		let gauge = |name: &str, help: &str| register(Gauge::new(format!("sealane_courier_{name}"), help)?, registry);
		Ok(Metrics {
			accepted: counter(
				"accepted_total",
				"Orders and registrations accepted from the business system",
			)?,
			refused: by("refused_lines_total", "Lines refused, by what was submitted", "what")?,
			answered: counter("answered_total", "Answers accepted from the business system")?,
			packets_delivered: counter("packets_delivered_total", "Packets acknowledged by partners")?,
			packets_received: counter("packets_received_total", "Packets of partners stored")?,
			entries_received: counter("entries_received_total", "Entries in packets of partners stored")?,
			bytes_sent: counter("bytes_sent_total", "Bytes sent in envelopes")?,
			send_failures: by(
				"send_failures_total",
				"Envelopes that did not get through, by reason",
				"reason",
			)?,
			envelopes_refused: by(
				"envelopes_refused_total",
				"Envelopes of partners refused, by reason",
				"reason",
			)?,
			misbehaviour: by("misbehaviour_total", "What partners did wrong", "what")?,
			budget_exhausted: by(
				"budget_exhausted_total",
				"Requests of partners that found their share used up, by what was used up",
				"what",
			)?,
			technical_rejections: counter("technical_rejections_total", "Orders rejected by the node itself")?,
			batches_disputed: counter(
				"batches_disputed_total",
				"Batches with different roots on the two sides",
			)?,
			lanes_behind: by(
				"lanes_behind_total",
				"Answers that show that a log is older than what was sent, by whose log it is",
				"log",
			)?,
			stores_changed: by(
				"stores_changed_total",
				"Partners' nodes that spoke from another store, by what that means",
				"what",
			)?,
			packets_of_abandoned_blocks: counter(
				"packets_of_abandoned_blocks_total",
				"Packets that were allowed by the state of a block which the chain abandoned",
			)?,
			unsent_answered: counter(
				"unsent_answered_total",
				"Packets of answers to packets that were never sent",
			)?,
			log_frozen: gauge(
				"log_frozen",
				"1 while the log is read-only until the node is started again",
			)?,
			log_quarantined: gauge("log_quarantined", "Records of the log that cannot be interpreted")?,
			log_groups: gauge(
				"log_groups_total",
				"Groups stored since the start, each with one fdatasync",
			)?,
			log_records: gauge("log_records_total", "Records stored since the start")?,
			log_bytes: gauge("log_bytes_total", "Bytes stored since the start")?,
			log_refused: gauge(
				"log_refused_total",
				"Groups refused since the start because the disk was full",
			)?,
			log_write_us: gauge("log_write_microseconds_total", "Time spent in writes since the start")?,
			log_sync_us: gauge("log_sync_microseconds_total", "Time spent in fdatasync since the start")?,
			branch_alarms: counter(
				"branch_alarms_total",
				"Attestations that name a block on another branch than the final chain",
			)?,
			batches_unsigned: by(
				"batches_unsigned_total",
				"Delivered batches without an attestation of the partner that holds, by why",
				"reason",
			)?,
			halves_left_out: by(
				"halves_left_out_total",
				"Attestations that were not anchored since their key does not count, by why",
				"why",
			)?,
			batches_of_ending_keys: register(
				Gauge::new(
					"sealane_courier_batches_of_ending_keys",
					"Batches not delivered or not final whose attestation is by a key that ends within the hour",
				)?,
				registry,
			)?,
			anchors_open: register(
				Gauge::new("sealane_courier_anchors_open", "Anchors that are not final")?,
				registry,
			)?,
			clock_alarms: counter("clock_alarms_total", "Packets whose time is far from this node's clock")?,
			submit_seconds: seconds("submit_seconds", "From submission to durable")?,
			delivery_seconds: seconds("delivery_seconds", "From sending an envelope to its receipt")?,
		})
	}

	/// Show what the log did.
	pub fn log(&self, stats: &LogStats, frozen: bool) {
		self.log_frozen.set(frozen.into());
		self.log_groups.set(stats.groups);
		self.log_records.set(stats.records);
		self.log_bytes.set(stats.bytes);
		self.log_refused.set(stats.refused);
		self.log_write_us.set(stats.write_time.as_micros() as u64);
		self.log_sync_us.set(stats.sync_time.as_micros() as u64);
	}
}
