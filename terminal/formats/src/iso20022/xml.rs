// SPDX-License-Identifier: Apache-2.0

//! Elements, and documents one after another out of a file, each of bounded size.

use crate::fault::{Error, Fault};
use quick_xml::{
	escape::escape,
	events::{BytesStart, Event},
	XmlVersion,
};
use std::{
	io::{BufRead, Read},
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
};

/// Largest document in bytes: an order has about two thousand.
pub const MAX_DOCUMENT: u64 = 16 * 1024 * 1024;
/// Deepest element.
const MAX_DEPTH: usize = 64;

/// An element without its prefix. Text between elements that is not blank, comments and processing instructions are no part of the
/// messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
	/// Its local name.
	pub name: String,
	/// The namespace that it declares.
	pub namespace: Option<String>,
	/// Its attributes, without declarations of namespaces.
	pub attributes: Vec<(String, String)>,
	/// The elements in it.
	pub children: Vec<Element>,
	/// Its text, where no element is in it.
	pub value: String,
}

impl Element {
	/// An empty element.
	pub fn new(name: &str) -> Self {
		Element {
			name: name.into(),
			..Element::default()
		}
	}

	/// An element with a text.
	pub fn text(name: &str, value: &str) -> Self {
		Element {
			name: name.into(),
			value: value.into(),
			..Element::default()
		}
	}

	/// The same with one more element in it.
	pub fn with(mut self, child: Element) -> Self {
		self.children.push(child);
		self
	}

	/// The same with this element in it, if there is one.
	pub fn with_any(self, child: Option<Element>) -> Self {
		match child {
			Some(child) => self.with(child),
			None => self,
		}
	}

	/// The same with an attribute.
	pub fn attribute(mut self, name: &str, value: &str) -> Self {
		self.attributes.push((name.into(), value.into()));
		self
	}

	/// The value of an attribute.
	pub fn get(&self, name: &str) -> Option<&str> {
		self.attributes
			.iter()
			.find(|(known, _)| known == name)
			.map(|(_, value)| value.as_str())
	}

	/// The first element at a path of names, `MsgId/Id`.
	pub fn at(&self, path: &str) -> Option<&Element> {
		path.split('/').try_fold(self, |element, name| {
			element.children.iter().find(|child| child.name == name)
		})
	}

	/// The same to be changed.
	pub fn at_mut(&mut self, path: &str) -> Option<&mut Element> {
		path.split('/').try_fold(self, |element, name| {
			element.children.iter_mut().find(|child| child.name == name)
		})
	}

	/// The text of the first element at a path, without blanks around it; `None` where it is empty.
	pub fn text_at(&self, path: &str) -> Option<&str> {
		self.at(path)
			.map(|element| element.value.trim())
			.filter(|text| !text.is_empty())
	}

	/// The elements of this name.
	pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
		self.children.iter().filter(move |child| child.name == name)
	}

	/// The element as text of XML.
	pub fn to_xml(&self) -> String {
		let mut out = String::new();
		self.write(&mut out);
		out
	}

	fn write(&self, out: &mut String) {
		out.push('<');
		out.push_str(&self.name);
		let space = self.namespace.as_ref().map(|space| ("xmlns", space.as_str()));
		let own = self
			.attributes
			.iter()
			.map(|(name, value)| (name.as_str(), value.as_str()));
		for (name, value) in space.into_iter().chain(own) {
			out.push_str(&format!(" {name}=\"{}\"", escape(value)));
		}
		if self.children.is_empty() && self.value.is_empty() {
			out.push_str("/>");
			return;
		}
		out.push('>');
		out.push_str(&escape(self.value.as_str()));
		for child in &self.children {
			child.write(out);
		}
		out.push_str("</");
		out.push_str(&self.name);
		out.push('>');
	}
}

/// What may still be read of the present document.
struct Budget<R> {
	input: R,
	left: Arc<AtomicU64>,
}

impl<R: BufRead> Read for Budget<R> {
	fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
		let read = self.fill_buf()?.read(buffer)?;
		self.consume(read);
		Ok(read)
	}
}

impl<R: BufRead> BufRead for Budget<R> {
	fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
		let left = usize::try_from(self.left.load(Ordering::Relaxed)).unwrap_or(usize::MAX);
		let buffer = self.input.fill_buf()?;
		match left == 0 && !buffer.is_empty() {
			true => Err(std::io::Error::other(TOO_LARGE)),
			false => Ok(&buffer[..buffer.len().min(left)]),
		}
	}

	fn consume(&mut self, amount: usize) {
		self.left.fetch_sub(amount as u64, Ordering::Relaxed);
		self.input.consume(amount);
	}
}

const TOO_LARGE: &str = "a document must have at most 16 MiB";

/// The documents of a file, one after another: the root itself, or what stands in it under the name `Document`.
pub struct Documents<R: BufRead> {
	reader: quick_xml::Reader<Budget<R>>,
	left: Arc<AtomicU64>,
	/// Open elements around the documents.
	around: Vec<String>,
	read: u64,
	ended: bool,
}

impl<R: BufRead> Documents<R> {
	/// Reads from `input`, which is UTF-8.
	pub fn new(input: R) -> Self {
		let left = Arc::new(AtomicU64::new(MAX_DOCUMENT));
		let mut reader = quick_xml::Reader::from_reader(Budget {
			input,
			left: left.clone(),
		});
		reader.config_mut().expand_empty_elements = true;
		Documents {
			reader,
			left,
			around: Vec::new(),
			read: 0,
			ended: false,
		}
	}

	/// Offset in the file.
	pub fn at(&self) -> u64 {
		self.reader.buffer_position()
	}

	/// The next document; `None` behind the last one.
	///
	/// # Errors
	/// What is no XML, or none of these files: with the byte where it stands. No document at all.
	pub fn next_document(&mut self) -> Result<Option<Element>, Error> {
		if self.ended {
			return Ok(None);
		}
		let found = self.advance();
		if !matches!(found, Ok(Some(_))) {
			self.ended = true;
		}
		found
	}

	fn advance(&mut self) -> Result<Option<Element>, Error> {
		let mut open: Vec<Element> = Vec::new();
		let mut buffer = Vec::new();
		loop {
			buffer.clear();
			let at = self.reader.buffer_position();
			let event = self
				.reader
				.read_event_into(&mut buffer)
				.map_err(|error| broken(&error, at))?;
			match event {
				Event::Start(start) => {
					let element = opened(&start).map_err(|fault| fault.at(at))?;
					if open.is_empty() && element.name != "Document" {
						self.around.push(element.name);
					} else {
						open.push(element);
					}
					if open.len() + self.around.len() > MAX_DEPTH {
						let rule = format!("at most {MAX_DEPTH} elements may stand inside each other");
						return Err(Fault::new("element", b"", rule).at(at).into());
					}
				}
				Event::End(_) => match open.pop() {
					None => drop(self.around.pop()),
					Some(done) => match (closed(done).map_err(|fault| fault.at(at))?, open.last_mut()) {
						(done, Some(parent)) => parent.children.push(done),
						(done, None) => {
							self.left.store(MAX_DOCUMENT, Ordering::Relaxed);
							self.read += 1;
							return Ok(Some(done));
						}
					},
				},
				Event::Text(text) => add(&mut open, &text.xml10_content()),
				Event::CData(text) => add(&mut open, &text.xml10_content()),
				Event::GeneralRef(reference) => {
					let text = resolved(&reference).map_err(|fault| fault.at(at))?;
					add(&mut open, &text);
				}
				Event::DocType(_) => {
					let rule = "a document type definition is not read: messages have none";
					return Err(Fault::new("DOCTYPE", b"", rule).at(at).into());
				}
				Event::Eof => return self.end(&open, at),
				Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
				// Expanded into a start and an end.
				Event::Empty(_) => {}
			}
		}
	}

	fn end(&self, open: &[Element], at: u64) -> Result<Option<Element>, Error> {
		let inside = open.last().map(|element| &element.name).or(self.around.last());
		let fault = match (inside, self.read) {
			(Some(name), _) => Fault::new(name, b"", "the file ends inside this element"),
			(None, 0) => Fault::new("Document", b"", "a file must have at least one"),
			(None, _) => return Ok(None),
		};
		Err(fault.at(at).into())
	}
}

/// Text of the innermost element. Text around the documents says nothing.
fn add(open: &mut [Element], text: &str) {
	if let Some(element) = open.last_mut() {
		element.value.push_str(text);
	}
}

/// An element that ended: blanks between the elements in it say nothing.
fn closed(mut done: Element) -> Result<Element, Fault> {
	if !done.children.is_empty() {
		if !done.value.trim().is_empty() {
			let rule = "an element has text or elements in it, not both";
			return Err(Fault::told(&done.name, done.value.trim(), rule));
		}
		done.value.clear();
	}
	Ok(done)
}

fn opened(start: &BytesStart<'_>) -> Result<Element, Fault> {
	let mut element = Element::new(start.local_name().as_ref());
	let own = start.name().prefix().map(|prefix| prefix.as_ref().to_string());
	for attribute in start.attributes() {
		let fault = |rule: String| Fault::new(&element.name, b"", rule);
		let attribute = attribute.map_err(|error| fault(error.to_string()))?;
		let value = attribute
			.normalized_value(XmlVersion::Implicit1_0)
			.map_err(|error| fault(error.to_string()))?
			.into_owned();
		let name = attribute.key.as_ref();
		match (name.strip_prefix("xmlns"), &own) {
			(Some(""), None) => element.namespace = Some(value),
			(Some(prefix), Some(own)) if prefix.strip_prefix(':') == Some(own) => element.namespace = Some(value),
			(Some(_), _) => {}
			(None, _) => element.attributes.push((name.into(), value)),
		}
	}
	Ok(element)
}

/// A character, or one of the five entities of XML. Others would need a document type definition.
fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> Result<String, Fault> {
	let name = reference.xml10_content();
	let fault = |rule: &str| Fault::told("reference", &name, rule);
	if let Some(char) = reference
		.resolve_char_ref()
		.map_err(|error| fault(&error.to_string()))?
	{
		return Ok(char.into());
	}
	quick_xml::escape::resolve_predefined_entity(&name)
		.map(Into::into)
		.ok_or_else(|| fault("only lt, gt, amp, quot and apos are known"))
}

fn broken(error: &quick_xml::Error, at: u64) -> Error {
	match error {
		quick_xml::Error::Io(source) if source.to_string() == TOO_LARGE => {
			Fault::new("Document", b"", TOO_LARGE).at(at).into()
		}
		quick_xml::Error::Io(source) => Error::Io {
			what: "reading a message".into(),
			source: std::io::Error::new(source.kind(), source.to_string()),
		},
		error => Fault::new("XML", b"", error.to_string()).at(at).into(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn read(text: &str) -> Result<Vec<Element>, Error> {
		let mut documents = Documents::new(text.as_bytes());
		let mut found = Vec::new();
		while let Some(document) = documents.next_document()? {
			found.push(document);
		}
		Ok(found)
	}

	#[test]
	fn documents_are_read_one_by_one_whatever_their_prefix() {
		let text = "<?xml version=\"1.0\"?><!-- x --><m:Box xmlns:m='m'><Head/>\n\
			<a:Document xmlns:a='urn:x' xmlns:b='urn:y'><a:M c='1&amp;2'> <a:T>&lt;理&#x8d22;<![CDATA[&]]></a:T>\n</a:M></a:Document>\
			<Document xmlns='urn:z'><M/></Document></m:Box>";
		let found = read(text).expect("two");
		assert_eq!(found.len(), 2);
		assert_eq!(found[0].namespace.as_deref(), Some("urn:x"));
		assert_eq!(found[0].text_at("M/T"), Some("<理财&"));
		assert_eq!(found[0].at("M").and_then(|m| m.get("c")), Some("1&2"));
		for document in &found {
			assert_eq!(&read(&document.to_xml()).expect("written")[0], document);
		}
	}

	#[test]
	fn what_is_broken_is_named_with_its_byte() {
		for (text, named) in [
			("", "at least one"),
			("<a/>", "at least one"),
			("<Document><a></Document>", "XML"),
			("<Document><a>", "the file ends inside this element"),
			("<Document><a>x<b/></a></Document>", "not both"),
			("<!DOCTYPE x [<!ENTITY e 'e'>]><Document/>", "DOCTYPE"),
			("<Document>&e;</Document>", "only lt"),
			("<Document a='1' a='2'/>", "Document"),
		] {
			let error = read(text).expect_err(text);
			assert!(error.to_string().contains(named), "{text}: {error}");
			assert!(error.fault().is_some_and(|fault| fault.byte.is_some()), "{text}");
		}
		let deep = "<a>".repeat(100);
		assert!(read(&format!("<Document>{deep}")).is_err());
		let error = read(&format!("<Document><a>{}", "x".repeat(MAX_DOCUMENT as usize))).expect_err("too large");
		assert!(error.to_string().contains("16 MiB"), "{error}");
	}

	proptest! {
		#[test]
		fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
			let mut documents = Documents::new(&bytes[..]);
			while let Ok(Some(_)) = documents.next_document() {}
		}

		#[test]
		fn text_is_read_as_it_was_written(value in "[ -~一-龥]{0,40}", attribute in "[ -~一-龥]{0,40}") {
			let document = Element::new("Document").with(Element::text("T", &value).attribute("a", &attribute));
			prop_assert_eq!(read(&document.to_xml()).expect("written"), vec![document]);
		}
	}
}
