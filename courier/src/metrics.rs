// SPDX-License-Identifier: Apache-2.0

//! What Prometheus is told. Counted once per submission, packet or envelope, never per order.

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
	/// Entries rejected by this node itself.
	pub technical_rejections: Counter<U64>,
	/// Batches with different roots on the two sides.
	pub batches_disputed: Counter<U64>,
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
			technical_rejections: counter("technical_rejections_total", "Orders rejected by the node itself")?,
			batches_disputed: counter(
				"batches_disputed_total",
				"Batches with different roots on the two sides",
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
}
