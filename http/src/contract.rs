// SPDX-License-Identifier: Apache-2.0

//! What the OpenAPI document of each service must keep; for their tests.

use serde_json::Value;
use std::{
	collections::{BTreeMap, BTreeSet},
	path::Path,
};
use utoipa::openapi::OpenApi;

/// Set in the environment, the documents in the repository are written anew.
const WRITE: &str = "SEALANE_WRITE_OPENAPI";

/// An OpenAPI document as it is served.
pub struct Contract(Value);

impl Contract {
	/// The document of this code.
	pub fn of(document: &OpenApi) -> Self {
		Contract(serde_json::to_value(document).expect("a document has no keys but texts"))
	}

	/// The document.
	pub fn document(&self) -> &Value {
		&self.0
	}

	/// Each operation, under its method and path: `POST /v1/orders`.
	pub fn operations(&self) -> BTreeMap<String, &Value> {
		let mut operations = BTreeMap::new();
		for (path, item) in self.0["paths"].as_object().into_iter().flatten() {
			for (method, operation) in item.as_object().into_iter().flatten() {
				operations.insert(format!("{} {path}", method.to_uppercase()), operation);
			}
		}
		operations
	}

	/// The operations that are open to everybody: how one gets in, and whether the service is there.
	pub fn open(&self) -> BTreeSet<String> {
		let operations = self.operations().into_iter();
		let open = operations.filter(|(_, operation)| operation["security"] == serde_json::json!([{}]));
		open.map(|(name, _)| name).collect()
	}

	/// Looks whether each operation is told from the others, described, and honest about its problems.
	///
	/// # Panics
	/// Two operations have one name, one has no summary, or one of `/v1` does not say what its problems look like.
	pub fn assert_described(&self) {
		let mut names = BTreeSet::new();
		for (of, operation) in self.operations() {
			let name = operation["operationId"].as_str().unwrap_or_default();
			assert!(
				!name.is_empty() && names.insert(name),
				"{of}: the name {name:?} is none of its own"
			);
			let summary = operation["summary"].as_str().unwrap_or_default();
			assert!(!summary.is_empty(), "{of} has no summary");
			if of.contains(" /v1/") {
				let problem = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"];
				assert_eq!(problem["$ref"], "#/components/schemas/Problem", "{of}");
			}
		}
	}

	/// Looks whether each operation says who may use it.
	///
	/// # Panics
	/// An operation does not say under `extension` what its caller needs although it is not open to everybody, or says it although it is.
	pub fn assert_guarded(&self, extension: &str) {
		let open = self.open();
		for (of, operation) in self.operations() {
			assert_eq!(
				operation[extension].is_string(),
				!open.contains(&of),
				"{of}: {extension}"
			);
		}
	}

	/// Looks whether each reference leads somewhere.
	///
	/// # Panics
	/// One leads nowhere.
	pub fn assert_references(&self) {
		let mut left = vec![&self.0];
		while let Some(value) = left.pop() {
			match value {
				Value::Object(map) => {
					if let Some(Value::String(reference)) = map.get("$ref") {
						let found = reference.strip_prefix('#').and_then(|pointer| self.0.pointer(pointer));
						assert!(found.is_some(), "{reference} leads nowhere");
					}
					left.extend(map.values());
				}
				Value::Array(list) => left.extend(list),
				_ => {}
			}
		}
	}
}

/// The document in the repository, at `path`, is that of the code: what changes in the contract is seen in a diff, and clients are made from
/// it. With `SEALANE_WRITE_OPENAPI=1` in the environment it is written.
///
/// # Panics
/// It is not, or cannot be written.
pub fn assert_kept(document: &OpenApi, path: &Path) {
	let text = serde_json::to_string_pretty(document).expect("a document has no keys but texts") + "\n";
	if std::env::var_os(WRITE).is_some() {
		std::fs::write(path, &text).expect("the document can be written");
	}
	let kept = std::fs::read_to_string(path).unwrap_or_default();
	let differs = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
	assert!(
		kept == text,
		"{} is not of this code, from line {:?} on: write it with {WRITE}=1",
		path.display(),
		differs.map(|line| line + 1)
	);
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	fn contract(operation: Value) -> Contract {
		Contract(json!({"paths": {"/v1/x": {"get": operation}}, "components": {"schemas": {"Problem": {}}}}))
	}

	fn sound() -> Value {
		json!({
			"operationId": "x", "summary": "X", "x-needs": "y",
			"responses": {"default": {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}},
		})
	}

	fn all(contract: &Contract) {
		contract.assert_described();
		contract.assert_guarded("x-needs");
		contract.assert_references();
	}

	#[test]
	fn a_sound_document_passes() {
		all(&contract(sound()));
		let mut open = sound();
		open["security"] = json!([{}]);
		open.as_object_mut().unwrap().remove("x-needs");
		let contract = contract(open);
		all(&contract);
		assert_eq!(contract.open(), BTreeSet::from(["GET /v1/x".to_string()]));
	}

	#[test]
	fn each_rule_is_looked_at() {
		let schema = "/responses/default/content/application~1problem+json/schema/$ref";
		for (pointer, value) in [
			("/operationId", json!("")),
			("/summary", json!("")),
			("/x-needs", json!(null)),
			(schema, json!("#/components/schemas/Other")),
		] {
			let mut operation = sound();
			*operation.pointer_mut(pointer).unwrap() = value;
			let contract = contract(operation);
			let found = std::panic::catch_unwind(|| all(&contract));
			assert!(found.is_err(), "{pointer}");
		}
		let mut lost = sound();
		lost["requestBody"] = json!([{"$ref": "#/components/schemas/Other"}]);
		let contract = contract(lost);
		contract.assert_described();
		assert!(std::panic::catch_unwind(|| contract.assert_references()).is_err());
	}
}
