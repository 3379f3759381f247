// SPDX-License-Identifier: Apache-2.0

use super::{EntryRef, Extra};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What an order asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BusinessKind {
	/// 认购: subscription in the offering period.
	Subscription,
	/// 申购: purchase on an open day.
	Purchase,
	/// 赎回: redemption.
	Redemption,
	/// 份额转换: switch into another product.
	Switch,
	/// 非交易过户: non-trade transfer.
	NonTradeTransfer,
	/// 转托管: custody transfer.
	CustodyTransfer,
	/// 分红方式变更: dividend-method change.
	DividendMethod,
	/// 撤单: cancellation of an earlier order.
	Cancellation,
	/// A customer's registration with an issuer. Stands in grants and clauses; an order never has it.
	Registration,
}

impl BusinessKind {
	/// All kinds, in the order of their codes on the chain.
	pub const ALL: [BusinessKind; 9] = [
		BusinessKind::Subscription,
		BusinessKind::Purchase,
		BusinessKind::Redemption,
		BusinessKind::Switch,
		BusinessKind::NonTradeTransfer,
		BusinessKind::CustodyTransfer,
		BusinessKind::DividendMethod,
		BusinessKind::Cancellation,
		BusinessKind::Registration,
	];

	/// The name used in JSON.
	pub const fn as_str(self) -> &'static str {
		match self {
			BusinessKind::Subscription => "subscription",
			BusinessKind::Purchase => "purchase",
			BusinessKind::Redemption => "redemption",
			BusinessKind::Switch => "switch",
			BusinessKind::NonTradeTransfer => "non_trade_transfer",
			BusinessKind::CustodyTransfer => "custody_transfer",
			BusinessKind::DividendMethod => "dividend_method",
			BusinessKind::Cancellation => "cancellation",
			BusinessKind::Registration => "registration",
		}
	}
}

/// An order of one customer for one product. At most one of `amount` and `units` stands in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Order {
	/// The seller's reference, unique per seller for ever. 1 to 128 bytes.
	#[schema(min_length = 1, max_length = 128, example = "2026-000001")]
	pub id: String,
	/// What is asked for.
	pub kind: BusinessKind,
	/// The product, as the issuer registered it on chain.
	#[schema(min_length = 1, max_length = 32, example = "BOND-A")]
	pub product: String,
	/// The issuer's interface; that of the product where absent.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(max_length = 32)]
	pub interface: Option<String>,
	/// The seller's reference of the customer. Not a name, not a document number.
	#[schema(min_length = 1, max_length = 128, example = "C-17")]
	pub customer: String,
	/// Money, as a decimal text.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(pattern = r"^[0-9]+(\.[0-9]+)?$", example = "10000.00")]
	pub amount: Option<String>,
	/// Units of the product, as a decimal text.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(pattern = r"^[0-9]+(\.[0-9]+)?$", example = "9523.81")]
	pub units: Option<String>,
	/// ISO 4217 code of `amount`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(min_length = 3, max_length = 3, example = "CNY")]
	pub currency: Option<String>,
	/// When the customer placed it, RFC 3339 with offset.
	#[schema(format = DateTime, example = "2026-11-24T09:30:00+08:00")]
	pub placed_at: String,
	/// Until when the issuer's node takes it, RFC 3339 with offset; one that comes later is rejected with `technical.expired`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(format = DateTime, example = "2026-11-24T15:00:00+08:00")]
	pub valid_until: Option<String>,
	/// The id of the order that a cancellation takes back.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(max_length = 128)]
	pub cancels: Option<String>,
	/// What the clauses asked of the customer, so that the issuer's node can check the same clauses again.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(value_type = Option<Object>)]
	pub facts: Option<serde_json::Value>,
	/// The number of the agreement that the order was checked against; 0 where none was agreed.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub clause_version: Option<u32>,
	/// Any JSON of the two partners, carried untouched.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(value_type = Option<Object>)]
	pub details: Option<serde_json::Value>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

impl Order {
	/// An order with the fields that every order has.
	pub fn new(
		id: impl Into<String>,
		kind: BusinessKind,
		product: impl Into<String>,
		customer: impl Into<String>,
		placed_at: impl Into<String>,
	) -> Self {
		Order {
			id: id.into(),
			kind,
			product: product.into(),
			interface: None,
			customer: customer.into(),
			amount: None,
			units: None,
			currency: None,
			placed_at: placed_at.into(),
			valid_until: None,
			cancels: None,
			facts: None,
			clause_version: None,
			details: None,
			extra: Extra::new(),
		}
	}

	/// The order for this much money.
	pub fn with_amount(mut self, amount: impl Into<String>, currency: impl Into<String>) -> Self {
		self.amount = Some(amount.into());
		self.currency = Some(currency.into());
		self
	}

	/// The order for this many units.
	pub fn with_units(mut self, units: impl Into<String>) -> Self {
		self.units = Some(units.into());
		self
	}
}

/// How far an order has come. From `hashed` on, `outcome` still tells what the issuer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStage {
	/// On the disk of the seller's node.
	Accepted,
	/// On the disk of the issuer's node; its signed receipt is here.
	Delivered,
	/// Confirmed by the issuer.
	Confirmed,
	/// Executed in part.
	Partial,
	/// Rejected by the issuer's business system or, with a `technical.` or `clauses.` reason, by its node.
	Rejected,
	/// Its leaf is in a batch whose root both sides signed.
	Hashed,
	/// An anchor with that batch is in a block.
	Anchored,
	/// That block is final.
	Finalised,
	/// A stage of a later version.
	#[serde(other)]
	Unknown,
}

impl OrderStage {
	/// The name used in JSON.
	pub const fn as_str(self) -> &'static str {
		match self {
			OrderStage::Accepted => "accepted",
			OrderStage::Delivered => "delivered",
			OrderStage::Confirmed => "confirmed",
			OrderStage::Partial => "partial",
			OrderStage::Rejected => "rejected",
			OrderStage::Hashed => "hashed",
			OrderStage::Anchored => "anchored",
			OrderStage::Finalised => "finalised",
			OrderStage::Unknown => "unknown",
		}
	}

	/// Whether the issuer's answer is here.
	pub const fn is_answered(self) -> bool {
		!matches!(self, OrderStage::Accepted | OrderStage::Delivered | OrderStage::Unknown)
	}
}

/// One step of an order's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Step {
	/// What was reached.
	pub stage: OrderStage,
	/// Unix time at which this node learned it.
	pub at_ms: u64,
	/// The block, where the step is one on chain.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub block: Option<u32>,
}

/// The issuer's answer as the node keeps it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Answer {
	/// The outcome inside `body`.
	pub outcome: Outcome,
	/// The packet and entry that carry the answer.
	pub entry: EntryRef,
	/// Made by the issuer's node itself, without the issuer's business system.
	pub technical: bool,
	/// The confirmation or result, byte for byte as it came.
	#[schema(value_type = Object)]
	pub body: Box<RawValue>,
}

/// The batch that an order's leaf is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Batch {
	/// Root over the leaves: 64 hexadecimal digits.
	pub root: String,
	/// Number of leaves.
	pub count: u32,
	/// Index of the order's leaf, from 0.
	pub index: u32,
	/// Whether both sides signed the root.
	pub signed_by_both: bool,
	/// Whether the two sides computed different roots.
	pub disputed: bool,
}

/// The anchor that a batch is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Anchor {
	/// This node's number of the anchor.
	pub sequence: u64,
	/// Its root: 64 hexadecimal digits.
	pub root: String,
	/// The block in which it is, once it is in one.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub block: Option<u32>,
	/// Whether that block is final.
	pub finalised: bool,
}

/// What the issuer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
	/// Executed as asked.
	Accepted,
	/// Not executed; `reason` says why.
	Rejected,
	/// Executed in part.
	Partial,
}

/// An order and all that this node knows of it: the answer of `GET /v1/orders/{id}`, and of
/// `GET /v1/registrations/{id}` for a registration.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderStatus {
	/// The seller's reference.
	pub id: String,
	/// Its kind.
	pub kind: BusinessKind,
	/// How far it has come.
	pub stage: OrderStage,
	/// What the issuer decided, once it has.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub outcome: Option<Outcome>,
	/// Number of the seller.
	pub seller: u32,
	/// The issuer's interface that takes it.
	pub interface: String,
	/// The agreement that it is stamped with; 0 where none was agreed.
	pub clause_version: u32,
	/// The packet and entry that carry it.
	pub entry: EntryRef,
	/// What happened to it, oldest first.
	pub steps: Vec<Step>,
	/// The order or registration, byte for byte as it was accepted.
	#[schema(value_type = Object)]
	pub body: Box<RawValue>,
	/// The issuer's answer, once there is one.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub answer: Option<Answer>,
	/// The batch, once there is one.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub batch: Option<Batch>,
	/// The anchor of this node, once there is one.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub anchor: Option<Anchor>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

impl OrderStatus {
	/// The order inside, read.
	pub fn read_order(&self) -> serde_json::Result<Order> {
		serde_json::from_str(self.body.get())
	}

	/// The confirmation inside, read.
	pub fn read_confirmation(&self) -> Option<serde_json::Result<super::Confirmation>> {
		self.answer
			.as_ref()
			.map(|answer| serde_json::from_str(answer.body.get()))
	}

	/// The registration's result inside, read.
	pub fn read_result(&self) -> Option<serde_json::Result<super::RegistrationResult>> {
		self.answer
			.as_ref()
			.map(|answer| serde_json::from_str(answer.body.get()))
	}
}

/// The answer of `DELETE /v1/orders/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CancellationReport {
	/// The id of the order that asks for the cancellation; its confirmation tells whether the issuer agreed.
	#[schema(example = "2026-000001~cancel")]
	pub cancellation: String,
}
