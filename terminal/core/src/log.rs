// SPDX-License-Identifier: Apache-2.0

//! The journal: what a terminal that runs says about itself, on stderr. Ids, counts, places and rules; never a customer's data, and
//! never the value of a field that broke a rule.

use sealane_primitives::clauses::{Timestamp, UtcOffset};
use std::{fmt, time::SystemTime};
use tracing::{
	field::{Field, Visit},
	Event, Subscriber,
};
use tracing_subscriber::{
	fmt::{format::Writer, FmtContext, FormatEvent, FormatFields},
	registry::LookupSpan,
	EnvFilter,
};

/// How the journal is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
	/// A line for people
	#[default]
	Text,
	/// A JSON object per line
	Json,
}

/// Starts the journal. `filter` is `error`, `warn`, `info`, `debug`, or by module as `tracing-subscriber` reads it.
///
/// Called once, by the process itself; a second call changes nothing.
pub fn start(format: LogFormat, filter: &str) {
	let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
	let journal = tracing_subscriber::fmt()
		.with_env_filter(filter)
		.with_writer(std::io::stderr)
		.with_ansi(false);
	// Whoever started one before keeps it.
	let _ = match format {
		LogFormat::Text => journal.with_target(false).event_format(Line { json: false }).try_init(),
		LogFormat::Json => journal.event_format(Line { json: true }).try_init(),
	};
}

/// One line per event, whatever its texts hold: control characters are escaped.
struct Line {
	json: bool,
}

#[derive(Default)]
struct Fields {
	message: String,
	others: serde_json::Map<String, serde_json::Value>,
}

impl Visit for Fields {
	fn record_str(&mut self, field: &Field, value: &str) {
		match field.name() {
			"message" => self.message = value.into(),
			name => drop(self.others.insert(name.into(), value.into())),
		}
	}

	fn record_i64(&mut self, field: &Field, value: i64) {
		self.others.insert(field.name().into(), value.into());
	}

	fn record_u64(&mut self, field: &Field, value: u64) {
		self.others.insert(field.name().into(), value.into());
	}

	fn record_bool(&mut self, field: &Field, value: bool) {
		self.others.insert(field.name().into(), value.into());
	}

	fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
		self.record_str(field, &format!("{value:?}"));
	}
}

impl<S, N> FormatEvent<S, N> for Line
where
	S: Subscriber + for<'a> LookupSpan<'a>,
	N: for<'a> FormatFields<'a> + 'static,
{
	fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
		let mut fields = Fields::default();
		event.record(&mut fields);
		let level = event.metadata().level().as_str();
		let time = now();
		if self.json {
			let mut object = serde_json::Map::new();
			object.insert("time".into(), time.into());
			object.insert("level".into(), level.to_lowercase().into());
			object.insert("message".into(), fields.message.into());
			object.extend(fields.others.into_iter().filter(|(name, _)| !name.starts_with("log.")));
			return writeln!(out, "{}", serde_json::Value::Object(object));
		}
		write!(out, "{time} {level:<5} {}", crate::output::shown(&fields.message))?;
		for (name, value) in fields.others.iter().filter(|(name, _)| !name.starts_with("log.")) {
			write!(out, " {name}={value}")?;
		}
		writeln!(out)
	}
}

fn now() -> String {
	let since = SystemTime::now()
		.duration_since(SystemTime::UNIX_EPOCH)
		.unwrap_or_default();
	let ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
	Timestamp::new(ms, UtcOffset::UTC).map_or_else(|_| ms.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::sync::{Arc, Mutex};
	use tracing_subscriber::fmt::MakeWriter;

	#[derive(Clone, Default)]
	struct Memory(Arc<Mutex<Vec<u8>>>);

	impl std::io::Write for Memory {
		fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
			self.0.lock().unwrap().extend_from_slice(bytes);
			Ok(bytes.len())
		}

		fn flush(&mut self) -> std::io::Result<()> {
			Ok(())
		}
	}

	impl<'a> MakeWriter<'a> for Memory {
		type Writer = Memory;

		fn make_writer(&'a self) -> Memory {
			self.clone()
		}
	}

	fn said(json: bool) -> String {
		let memory = Memory::default();
		let journal = tracing_subscriber::fmt()
			.with_writer(memory.clone())
			.event_format(Line { json })
			.finish();
		tracing::subscriber::with_default(journal, || {
			tracing::warn!(line = 7u64, "a partner says \u{1b}[31m\nWARN all is well");
		});
		let bytes = memory.0.lock().unwrap().clone();
		String::from_utf8(bytes).unwrap()
	}

	#[test]
	fn one_line_each_whatever_a_partner_says() {
		let text = said(false);
		assert_eq!(text.lines().count(), 1, "{text:?}");
		assert!(!text.contains('\u{1b}') && text.ends_with("line=7\n"), "{text:?}");
		let json: serde_json::Value = serde_json::from_str(&said(true)).unwrap();
		assert_eq!((json["level"].as_str(), json["line"].as_u64()), (Some("warn"), Some(7)));
		assert!(json["message"].as_str().unwrap().contains("all is well"));
	}
}
