// SPDX-License-Identifier: Apache-2.0

//! Orders in messages of ISO 20022 (setr.010, setr.004, and requests to cancel them). A file is refused whole where one of its messages
//! is none.

use super::{
	parse_line,
	read::{cut, Line},
	text::Text,
	Declared, Defect,
};
use crate::error::{Error, Result};
use sealane_formats::{
	business::Object,
	fault::Error as FormatError,
	ids::PlainSerials,
	iso20022::{
		orders::{self, Read as Found, Settings},
		xml::Documents,
		Message,
	},
	profile::usual_zone,
};
use std::{collections::VecDeque, fs::File, io::BufReader, path::Path, sync::Arc};

/// What is known of an order that came before: a request to cancel it says neither its product nor its customer.
pub type Known = Arc<dyn Fn(&str) -> std::io::Result<Option<Object>> + Send + Sync>;

/// The orders of the messages of a file, one after another.
pub struct Messages {
	documents: Documents<BufReader<Text<File>>>,
	settings: Settings,
	declared: Declared,
	known: Option<Known>,
	waiting: VecDeque<Found>,
	number: u64,
}

/// Reads every message once, so that a file with a broken one is refused before its first order is taken.
///
/// # Errors
/// What is no message of orders, with the byte at which it stands.
pub fn check(text: Text<File>, path: &Path) -> Result<()> {
	let mut messages = Messages::new(text, &Declared::default(), None);
	loop {
		match messages.fill() {
			Ok(true) => messages.waiting.clear(),
			Ok(false) => return Ok(()),
			Err(FormatError::Io { source, .. }) => return Err(Error::file(path)(source)),
			Err(FormatError::Fault(fault)) => {
				return Err(Error::Format {
					path: path.into(),
					line: 0,
					reason: fault.to_string(),
				})
			}
		}
	}
}

impl Messages {
	/// Reads from a file's text.
	pub fn new(text: Text<File>, declared: &Declared, known: Option<Known>) -> Self {
		Messages {
			documents: Documents::new(BufReader::with_capacity(64 * 1024, text)),
			settings: Settings {
				interface: String::new(),
				zone: usual_zone(),
			},
			declared: declared.clone(),
			known,
			waiting: VecDeque::new(),
			number: 0,
		}
	}

	/// The orders of the next message; `false` at the end.
	fn fill(&mut self) -> Result<bool, FormatError> {
		let at = self.documents.at();
		let Some(document) = self.documents.next_document()? else {
			return Ok(false);
		};
		let found = Message::of(&document).and_then(|message| orders::read(&message, &self.settings, &PlainSerials));
		self.waiting = found.map_err(|fault| fault.at(at))?.into();
		Ok(true)
	}

	fn line(&mut self, found: Found) -> std::io::Result<Line> {
		self.number += 1;
		let mut order = match found {
			Found::Order(order) => Ok(order),
			Found::Cancellation(request) => self.completed(request)?,
		};
		let order = match &mut order {
			Ok(order) => parse_line(
				&serde_json::Value::Object(std::mem::take(order)).to_string(),
				&self.declared,
			),
			Err(defect) => Err(defect.clone()),
		};
		let text = match &order {
			Ok(_) => String::new(),
			Err(defect) => cut(&defect.value),
		};
		Ok(Line {
			number: self.number,
			order,
			text,
		})
	}

	fn completed(&self, mut request: Object) -> std::io::Result<Result<Object, Defect>> {
		let cancels = request.get("cancels").and_then(|id| id.as_str()).unwrap_or_default();
		let known = match &self.known {
			Some(known) => known(cancels)?,
			None => None,
		};
		let Some(order) = known else {
			let rule =
				"the order that it takes back is in no file before: the request says neither product nor customer";
			return Ok(Err(Defect::new("cancels", cancels, rule)));
		};
		orders::complete(&mut request, &order);
		Ok(Ok(request))
	}
}

impl Iterator for Messages {
	type Item = std::io::Result<Line>;

	/// A file was read to its end before: a fault here is one of a file that has changed since.
	fn next(&mut self) -> Option<Self::Item> {
		loop {
			if let Some(found) = self.waiting.pop_front() {
				return Some(self.line(found));
			}
			match self.fill() {
				Ok(true) => {}
				Ok(false) => return None,
				Err(FormatError::Io { source, .. }) => return Some(Err(source)),
				Err(error) => {
					return Some(Err(std::io::Error::other(format!(
						"has changed while it was read: {error}"
					))))
				}
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::super::{open, Encoding, Exchange};
	use super::*;

	const SPACE: &str = "urn:iso:std:iso:20022:tech:xsd";

	fn order(reference: &str) -> String {
		format!(
			"<Document xmlns='{SPACE}:setr.010.001.04'><SbcptOrdr><MsgId><Id>M</Id><CreDtTm>2026-11-24T09:00:00Z</CreDtTm></MsgId>\
			 <MltplOrdrDtls><InvstmtAcctDtls><AcctId>C1</AcctId></InvstmtAcctDtls><IndvOrdrDtls><OrdrRef>{reference}</OrdrRef>\
			 <FinInstrmDtls><Id><ISIN>CNE100000000</ISIN></Id></FinInstrmDtls><AmtOrUnits><GrssAmt Ccy='CNY'>10.50</GrssAmt>\
			 </AmtOrUnits><PhysDlvryInd>false</PhysDlvryInd></IndvOrdrDtls></MltplOrdrDtls></SbcptOrdr></Document>"
		)
	}

	fn cancel(reference: &str) -> String {
		format!(
			"<Document xmlns='{SPACE}:setr.011.001.04'><SbcptOrdrCxlReq><MsgId><Id>M</Id><CreDtTm>2026-11-24T09:00:00Z</CreDtTm>\
			 </MsgId><OrdrRefs><OrdrRef>{reference}</OrdrRef><CxlRef>X-{reference}</CxlRef></OrdrRefs></SbcptOrdrCxlReq></Document>"
		)
	}

	fn lines(text: &str) -> Result<Vec<Line>> {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("orders.xml");
		std::fs::write(&path, text).unwrap();
		let known: Known = Arc::new(|id| {
			let order = serde_json::json!({"product": "P0", "customer": "C0"});
			Ok((id == "A-0").then(|| order.as_object().unwrap().clone()))
		});
		let exchange = Exchange {
			known: Some(known),
			..Exchange::default()
		};
		let (_, lines) = open(&path, Encoding::Auto, &Declared::default(), &exchange)?;
		Ok(lines.map(Result::unwrap).collect())
	}

	#[test]
	fn messages_are_read_as_orders_and_a_cancellation_takes_the_rest_from_its_order() {
		let text = format!(
			"<Box>{}{}{}{}</Box>",
			order("A-1"),
			cancel("A-0"),
			cancel("A-9"),
			order("A-2")
		);
		let lines = lines(&text).unwrap();
		assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
		let first = lines[0].order.as_ref().unwrap();
		assert_eq!(
			(&*first.id, &*first.product, &*first.currency),
			("A-1", "CNE100000000", "CNY")
		);
		let request = lines[1].order.as_ref().unwrap();
		assert_eq!((request.cancels.as_deref(), &*request.customer), (Some("A-0"), "C0"));
		assert_eq!(lines[2].order.as_ref().unwrap_err().value, "A-9");
		assert!(lines[3].order.is_ok());
	}

	#[test]
	fn a_file_with_a_broken_message_is_refused_whole() {
		for (text, named) in [
			(
				format!("<Box>{}<Document>", order("A-1")),
				"the file ends inside this element",
			),
			(format!("<Box>{}<Document/></Box>", order("A-1")), "namespace"),
			("<Box/>".to_string(), "at least one"),
			(order("A-1").replace("GrssAmt", "NetAmt"), "NetAmt"),
		] {
			let error = lines(&text).unwrap_err();
			assert!(error.to_string().contains(named), "{error}");
		}
	}
}
