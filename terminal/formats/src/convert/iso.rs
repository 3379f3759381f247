// SPDX-License-Identifier: Apache-2.0

//! Messages of ISO 20022 as items, and items as messages: one document in a file, or several inside a root element.

use super::{check_places, files::Pending, no_place, Item, Sink, Source};
use crate::{
	business::{text, Object},
	fault::{Error, Fault},
	ids::Serials,
	iso20022::{
		confirmations,
		orders::{self, Joiner, Read, Settings},
		xml::Documents,
		Message,
	},
};
use std::{
	collections::{HashMap, VecDeque},
	io::{BufRead, Write},
	path::PathBuf,
};

/// Most orders that are remembered for requests to cancel one of them.
const REMEMBERED: usize = 100_000;
/// Fields of an order that messages have a place for.
const ORDER_FIELDS: [&str; 11] = [
	"id",
	"kind",
	"product",
	"interface",
	"customer",
	"amount",
	"units",
	"currency",
	"placed_at",
	"cancels",
	"details",
];
/// What stands around several documents.
const ROOT: &str = "Messages";

/// Reads orders.
pub struct Messages<'a, R: BufRead> {
	documents: Documents<R>,
	settings: Settings,
	serials: Box<dyn Serials + 'a>,
	waiting: VecDeque<Read>,
	known: HashMap<String, Object>,
}

impl<'a, R: BufRead> Messages<'a, R> {
	/// Reads from `input`.
	pub fn new(input: R, settings: Settings, serials: Box<dyn Serials + 'a>) -> Self {
		Messages {
			documents: Documents::new(input),
			settings,
			serials,
			waiting: VecDeque::new(),
			known: HashMap::new(),
		}
	}

	/// What a request to cancel does not say.
	fn complete(&mut self, read: Read) -> Result<Object, Error> {
		match read {
			Read::Order(order) => {
				if let Some(id) = text(&order, "id").filter(|_| self.known.len() < REMEMBERED) {
					let kept = ["product", "customer", "interface"];
					let known = kept
						.iter()
						.filter_map(|name| Some(((*name).to_string(), order.get(*name)?.clone())));
					self.known.insert(id.into(), known.collect());
				}
				Ok(order)
			}
			Read::Cancellation(mut request) => {
				let cancels = text(&request, "cancels").unwrap_or_default().to_string();
				let order = self.known.get(&cancels).ok_or_else(|| {
					let rule = "the order must stand before its cancellation in the file: the request says neither product nor customer";
					Fault::told("OrdrRef", &cancels, rule)
				})?;
				orders::complete(&mut request, order);
				Ok(request)
			}
		}
	}
}

impl<R: BufRead> Source for Messages<'_, R> {
	fn next_item(&mut self) -> Result<Option<Item>, Error> {
		loop {
			if let Some(read) = self.waiting.pop_front() {
				return self.complete(read).map(|order| Some(Item::Order(order)));
			}
			let at = self.documents.at();
			let Some(document) = self.documents.next_document()? else {
				return Ok(None);
			};
			let found = Message::of(&document)
				.and_then(|message| orders::read(&message, &self.settings, &*self.serials))
				.map_err(|fault| fault.at(at))?;
			self.waiting = found.into();
		}
	}
}

/// Writes messages.
pub struct MessageWriter<'a> {
	output: Pending,
	settings: Settings,
	serials: Box<dyn Serials + 'a>,
	/// Fields of orders that may be left out.
	dropped: Vec<String>,
	/// What ids of messages begin with.
	prefix: String,
	created: String,
	number: u64,
	joiner: Joiner,
	/// The first document, until it is known whether it is the only one.
	first: Option<String>,
	several: bool,
}

impl<'a> MessageWriter<'a> {
	/// Writes to this file messages of this moment; their ids are the prefix and a number. Fields of orders without a place may be left
	/// out by name.
	///
	/// # Errors
	/// The file is there already, or cannot be made.
	pub fn create(
		path: PathBuf,
		prefix: &str,
		created: &str,
		settings: Settings,
		dropped: Vec<String>,
		serials: Box<dyn Serials + 'a>,
	) -> Result<Self, Error> {
		Ok(MessageWriter {
			output: Pending::create(path)?,
			settings,
			serials,
			dropped,
			prefix: prefix.into(),
			created: created.into(),
			number: 0,
			joiner: Joiner::default(),
			first: None,
			several: false,
		})
	}

	fn write(&mut self, message: &Message) -> Result<(), Error> {
		let text = message.to_xml();
		if self.first.is_none() && !self.several {
			self.first = Some(text);
			return Ok(());
		}
		if let Some(first) = self.first.take() {
			self.several = true;
			self.line(&format!("{DECLARATION}<{ROOT}>\n{first}"))?;
		}
		self.line(&text)
	}

	fn line(&mut self, text: &str) -> Result<(), Error> {
		writeln!(self.output, "{text}").map_err(Error::io("writing a message"))
	}
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

impl Sink for MessageWriter<'_> {
	fn put(&mut self, item: Item) -> Result<(), Error> {
		self.number += 1;
		let id = format!("{}{}", self.prefix, self.number);
		let done = match &item {
			Item::Order(order) => {
				check_places(order, &ORDER_FIELDS, &["iso"], &self.dropped)?;
				let message = orders::write(order, &id, &self.created, &self.settings, &mut *self.serials)?;
				self.joiner.push(message)
			}
			Item::Answer { order, confirmation } => {
				let serials = &mut *self.serials;
				Some(confirmations::write(order, confirmation, &id, &self.created, serials)?)
			}
			Item::Fields { .. } => return Err(no_place(&item, "only orders and confirmations have messages here")),
		};
		match done {
			Some(message) => self.write(&message),
			None => Ok(()),
		}
	}

	fn finish(mut self: Box<Self>) -> Result<Vec<PathBuf>, Error> {
		if let Some(message) = std::mem::take(&mut self.joiner).finish() {
			self.write(&message)?;
		}
		match (self.first.take(), self.several) {
			(Some(only), _) => self.line(&format!("{DECLARATION}{only}"))?,
			(None, true) => self.line(&format!("</{ROOT}>"))?,
			(None, false) => {
				let rule = "there is nothing to write: a file of messages has at least one";
				return Err(Fault::new("Document", b"", rule).into());
			}
		}
		Ok(vec![self.output.finish()?])
	}
}
