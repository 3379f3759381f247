// SPDX-License-Identifier: Apache-2.0

//! People and programs that may use a terminal's HTTP API. The commands write into its database; what they change holds at once.

use super::DbArgs;
use crate::{
	error::{Error, Result},
	output::{time_text, Output, Table},
};
use clap::{Args, Subcommand};
use sealane_service::{
	audit::{self, Row, Which},
	users::{Role, Roles, User, Users},
};
use sealane_terminal_core::db::Db;
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
	/// Add a person or a program
	Add(AddArgs),
	/// List those who may use the API
	List(DbArgs),
	/// Give other roles
	Roles(RolesArgs),
	/// Give a person a link by which it sets a password; it holds once and for a day
	Invite(NameArgs),
	/// Give a program a token, in the place of its old one
	Token(NameArgs),
	/// Bind a user to a client certificate, or take the binding away
	Certificate(CertificateArgs),
	/// Keep a user out: from its next request on, and its sessions end
	Disable(NameArgs),
	/// Let a user in again
	Enable(NameArgs),
}

#[derive(Debug, Args)]
pub struct AddArgs {
	/// A name that nobody has or had; stands in the audit log
	name: String,
	#[command(flatten)]
	db: DbArgs,
	/// What it may do; repeatable
	#[arg(long = "role", value_enum, required = true)]
	roles: Vec<Role>,
	/// A program: print its token instead of a link to set a password
	#[arg(long)]
	program: bool,
	/// The client certificate that it must show (PEM)
	#[arg(long)]
	certificate: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct RolesArgs {
	/// The user
	name: String,
	#[command(flatten)]
	db: DbArgs,
	/// What it may do from now on; repeatable
	#[arg(long = "role", value_enum, required = true)]
	roles: Vec<Role>,
}

#[derive(Debug, Args)]
pub struct NameArgs {
	/// The user
	name: String,
	#[command(flatten)]
	db: DbArgs,
}

#[derive(Debug, Args)]
pub struct CertificateArgs {
	/// The user
	name: String,
	#[command(flatten)]
	db: DbArgs,
	/// The client certificate that it must show (PEM)
	#[arg(long, required_unless_present = "none")]
	file: Option<PathBuf>,
	/// None any more
	#[arg(long, conflicts_with = "file")]
	none: bool,
}

/// Who did or saw what in a terminal's HTTP API.
#[derive(Debug, Args)]
pub struct AuditArgs {
	#[command(flatten)]
	db: DbArgs,
	/// Only what this user did or saw
	#[arg(long)]
	actor: Option<String>,
	/// Only rows before this number
	#[arg(long)]
	before: Option<i64>,
	/// At most so many, newest first
	#[arg(long, default_value_t = 50)]
	limit: u32,
}

/// A user, and the secret that is shown this once.
#[derive(Serialize)]
struct Made {
	#[serde(flatten)]
	user: User,
	#[serde(skip_serializing_if = "Option::is_none")]
	token: Option<String>,
	/// Behind the address of the API.
	#[serde(skip_serializing_if = "Option::is_none")]
	link: Option<String>,
}

impl UserCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			UserCommand::Add(args) => args.run(output).await,
			UserCommand::List(args) => {
				let users = Users::new(Db::open_existing(&args.db).await?);
				output.result(&users.list().await?, |users| list_text(users));
				Ok(())
			}
			UserCommand::Roles(args) => {
				let roles = args.roles.into_iter().collect::<Roles>();
				let desk = Desk::open(&args.db, &args.name, &format!("user roles {} {roles}", args.name)).await?;
				desk.users.set_roles(&args.name, roles).await?;
				desk.show(output, None, None).await
			}
			UserCommand::Invite(args) => {
				let desk = Desk::open(&args.db, &args.name, &format!("user invite {}", args.name)).await?;
				let invitation = desk.users.invite(&args.name).await?;
				desk.show(output, None, Some(invitation)).await
			}
			UserCommand::Token(args) => {
				let desk = Desk::open(&args.db, &args.name, &format!("user token {}", args.name)).await?;
				let token = desk.users.new_token(&args.name).await?;
				desk.show(output, Some(token), None).await
			}
			UserCommand::Certificate(args) => {
				let certificate = args.file.as_deref().map(fingerprint).transpose()?;
				let desk = Desk::open(&args.db, &args.name, &format!("user certificate {}", args.name)).await?;
				desk.users.set_certificate(&args.name, certificate).await?;
				desk.show(output, None, None).await
			}
			UserCommand::Disable(args) => enable(args, false, output).await,
			UserCommand::Enable(args) => enable(args, true, output).await,
		}
	}
}

impl AddArgs {
	async fn run(self, output: Output) -> Result<()> {
		let certificate = self.certificate.as_deref().map(fingerprint).transpose()?;
		let roles = self.roles.into_iter().collect::<Roles>();
		// The first user may come before the terminal's first start.
		let users = Users::new(Db::open(&self.db.db).await?);
		users.add(&self.name, roles).await?;
		let desk = Desk::open(&self.db, &self.name, &format!("user add {} {roles}", self.name)).await?;
		if certificate.is_some() {
			desk.users.set_certificate(&self.name, certificate).await?;
		}
		if self.program {
			let token = desk.users.new_token(&self.name).await?;
			return desk.show(output, Some(token), None).await;
		}
		let invitation = desk.users.invite(&self.name).await?;
		desk.show(output, None, Some(invitation)).await
	}
}

async fn enable(args: NameArgs, enabled: bool, output: Output) -> Result<()> {
	let what = if enabled { "enable" } else { "disable" };
	let desk = Desk::open(&args.db, &args.name, &format!("user {what} {}", args.name)).await?;
	desk.users.set_enabled(&args.name, enabled).await?;
	desk.show(output, None, None).await
}

/// A user that is changed by a command, which is noted before it happens.
struct Desk {
	users: Users,
	name: String,
}

impl Desk {
	async fn open(args: &DbArgs, name: &str, command: &str) -> Result<Self> {
		let db = Db::open_existing(&args.db).await?;
		let users = Users::new(db.clone());
		users.get(name).await?;
		audit::note_command(&db, command).await?;
		Ok(Desk {
			users,
			name: name.into(),
		})
	}

	async fn show(&self, output: Output, token: Option<String>, invitation: Option<String>) -> Result<()> {
		let made = Made {
			user: self.users.get(&self.name).await?,
			token,
			link: invitation.map(|invitation| format!("/password#{invitation}")),
		};
		output.result(&made, |made| {
			let mut text = list_text(std::slice::from_ref(&made.user));
			if let Some(token) = &made.token {
				text.push_str(&format!("\n\ntoken, shown this once: {token}"));
			}
			if let Some(link) = &made.link {
				text.push_str(&format!(
					"\n\nlink to set the password, behind the address of the API, once and within a day: {link}"
				));
			}
			text
		});
		Ok(())
	}
}

fn fingerprint(path: &Path) -> Result<[u8; 32]> {
	let pem = std::fs::read(path).map_err(Error::file(path))?;
	sealane_service::users::fingerprint(&pem).ok_or_else(|| Error::Format {
		path: path.into(),
		line: 0,
		reason: "one certificate in PEM".into(),
	})
}

fn list_text(users: &[User]) -> String {
	let mut table = Table::new(&["user", "roles", "state", "logs in by", "since"]);
	for user in users {
		let mut ways = Vec::new();
		ways.extend(user.has_password.then_some("password"));
		ways.extend(user.has_token.then_some("token"));
		ways.extend((!user.certificate.is_empty()).then_some("certificate"));
		ways.extend((user.invited_until > 0).then_some("invited"));
		let state = if user.enabled { "enabled" } else { "disabled" };
		table.row([
			user.name.clone(),
			user.roles.to_string(),
			state.to_string(),
			ways.join(", "),
			time_text(user.created_at),
		]);
	}
	table.to_string()
}

impl AuditArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let db = Db::open_existing(&self.db.db).await?;
		let which = Which {
			actor: self.actor,
			before: self.before,
			from: None,
			limit: self.limit,
		};
		output.result(&audit::rows(&db, &which).await?, |rows| audit_text(rows));
		Ok(())
	}
}

fn audit_text(rows: &[Row]) -> String {
	let mut table = Table::new(&[
		">number", "at", "who", "roles", "from", "what", "", ">status", ">entries",
	]);
	for row in rows {
		let who = if row.actor.is_empty() { "strangers" } else { &row.actor };
		let entries = if row.entries < 0 {
			String::new()
		} else {
			row.entries.to_string()
		};
		table.row([
			row.number.to_string(),
			time_text(row.at),
			who.to_string(),
			row.roles.clone(),
			row.client.clone(),
			row.method.clone(),
			row.path.clone(),
			row.status.to_string(),
			entries,
		]);
	}
	table.to_string()
}
