// SPDX-License-Identifier: Apache-2.0

use super::*;
use axum::http::{
	header::{AUTHORIZATION, COOKIE},
	HeaderMap, HeaderValue, Method,
};

async fn users() -> (Users, tempfile::TempDir) {
	let dir = tempfile::tempdir().unwrap();
	let db = Db::open(&format!("sqlite:{}", dir.path().join("t.db").display()))
		.await
		.unwrap();
	(Users::new(db), dir)
}

fn roles(roles: &[Role]) -> Roles {
	roles.iter().copied().collect()
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
	let mut headers = HeaderMap::new();
	for (name, value) in pairs {
		headers.append(*name, HeaderValue::from_str(value).unwrap());
	}
	headers
}

async fn check(
	users: &Users,
	method: Method,
	headers: &HeaderMap,
	certificate: Option<[u8; 32]>,
	role: Role,
) -> Result<String, Refused> {
	let presented = Presented {
		method: &method,
		headers,
		certificate,
		tls: false,
		is_use: true,
	};
	users.check(presented, Some(role)).await.unwrap().map(|user| user.name)
}

#[tokio::test]
async fn a_token_is_shown_once_and_reaches_as_far_as_its_roles() {
	let (users, _dir) = users().await;
	users.add("core system", roles(&[Role::Trade])).await.unwrap();
	let first = users.new_token("core system").await.unwrap();
	let token = users.new_token("core system").await.unwrap();
	let sent = headers(&[(AUTHORIZATION.as_str(), &format!("Bearer {token}"))]);
	assert_eq!(
		check(&users, Method::POST, &sent, None, Role::Trade).await,
		Ok("core system".into())
	);
	assert!(matches!(
		check(&users, Method::GET, &sent, None, Role::Read).await,
		Err(Refused::Forbidden { .. })
	));
	let old = headers(&[(AUTHORIZATION.as_str(), &format!("Bearer {first}"))]);
	assert!(matches!(
		check(&users, Method::GET, &old, None, Role::Trade).await,
		Err(Refused::Unknown(_))
	));
	users.set_enabled("core system", false).await.unwrap();
	assert!(matches!(
		check(&users, Method::POST, &sent, None, Role::Trade).await,
		Err(Refused::Unknown(_))
	));
	assert!(
		users.add("core system", roles(&[Role::Read])).await.is_err(),
		"a name is used once"
	);
	let listed = serde_json::to_string(&users.list().await.unwrap()).unwrap();
	assert!(
		!listed.contains(&token) && !listed.contains(&digest(&token)),
		"{listed}"
	);
}

#[tokio::test]
async fn a_browser_that_is_led_to_a_request_does_not_make_it() {
	let (users, _dir) = users().await;
	let passwords = Passwords::new().unwrap();
	let link = users.invite_first().await.unwrap().unwrap();
	let again = users.invite_first().await.unwrap().unwrap();
	assert!(users.accept(&link, "x".into()).await.is_err(), "the newest link holds");
	let hashed = passwords.hash("a long enough one".into()).await.unwrap();
	assert_eq!(users.accept(&again, hashed.clone()).await.unwrap(), "admin");
	assert!(users.accept(&again, hashed).await.is_err(), "once");
	assert_eq!(users.invite_first().await.unwrap(), None);

	let (get, nothing) = (Method::GET, HeaderMap::new());
	let presented = Presented {
		method: &get,
		headers: &nothing,
		certificate: None,
		tls: false,
		is_use: true,
	};
	let wrong = users
		.log_in(&passwords, "admin", "a wrong long one".into(), presented)
		.await;
	assert!(wrong.unwrap().is_none());
	let right = users
		.log_in(&passwords, "admin", "a long enough one".into(), presented)
		.await;
	let (_, session) = right.unwrap().unwrap();
	let cookie = format!("other=1; sealane={}", session.cookie);
	let bare = headers(&[(COOKIE.as_str(), &cookie)]);
	let with_csrf = headers(&[(COOKIE.as_str(), &cookie), (access::CSRF_HEADER, &session.csrf)]);
	let led = headers(&[
		(COOKIE.as_str(), &cookie),
		(access::CSRF_HEADER, &session.csrf),
		("sec-fetch-site", "cross-site"),
	]);
	assert!(check(&users, Method::GET, &bare, None, Role::Read).await.is_ok());
	for refused in [&bare, &led] {
		let answer = check(&users, Method::POST, refused, None, Role::Decide).await;
		assert!(matches!(answer, Err(Refused::Forbidden { .. })), "{answer:?}");
	}
	assert!(check(&users, Method::POST, &with_csrf, None, Role::Decide)
		.await
		.is_ok());
	users.close_session(&session.cookie).await.unwrap();
	assert!(matches!(
		check(&users, Method::GET, &bare, None, Role::Read).await,
		Err(Refused::Unknown(_))
	));
}

#[tokio::test]
async fn sessions_end_with_time_and_with_the_password() {
	let (users, _dir) = users().await;
	users.add("li", roles(&[Role::Read])).await.unwrap();
	let session = users.open_session("li", "").await.unwrap().unwrap();
	let sent = headers(&[(COOKIE.as_str(), &format!("sealane={}", session.cookie))]);
	assert!(check(&users, Method::GET, &sent, None, Role::Read).await.is_ok());
	sqlx::query("UPDATE sessions SET seen_at = seen_at - $1")
		.bind(IDLE_MS + 1)
		.execute(users.db.pool())
		.await
		.unwrap();
	assert!(
		check(&users, Method::GET, &sent, None, Role::Read).await.is_err(),
		"left alone"
	);
	let session = users.open_session("li", "").await.unwrap().unwrap();
	let sent = headers(&[(COOKIE.as_str(), &format!("sealane={}", session.cookie))]);
	assert!(!users.replace_password("li", "another", "$argon2id$").await.unwrap());
	assert!(users.replace_password("li", "", "$argon2id$").await.unwrap());
	assert!(check(&users, Method::GET, &sent, None, Role::Read).await.is_err());
	let late = users.open_session("li", "").await.unwrap();
	assert!(late.is_none(), "the password was changed while it was compared");
}

#[tokio::test]
async fn over_tls_a_cookie_that_another_host_can_set_counts_for_nothing() {
	let (users, _dir) = users().await;
	users.add("li", roles(&[Role::Read])).await.unwrap();
	let session = users.open_session("li", "").await.unwrap().unwrap();
	for (name, tls, lets_in) in [
		("sealane", false, true),
		("sealane", true, false),
		("__Host-sealane", true, true),
		("__Host-sealane", false, false),
	] {
		let sent = headers(&[(COOKIE.as_str(), &format!("{name}={}", session.cookie))]);
		let presented = Presented {
			method: &Method::GET,
			headers: &sent,
			certificate: None,
			tls,
			is_use: true,
		};
		let answer = users.check(presented, Some(Role::Read)).await.unwrap();
		assert_eq!(answer.is_ok(), lets_in, "{name}, TLS {tls}");
	}
}

#[tokio::test]
async fn what_let_somebody_in_is_asked_again_and_that_is_no_use_of_it() {
	let (users, _dir) = users().await;
	users.add("li", roles(&[Role::Read])).await.unwrap();
	let session = users.open_session("li", "").await.unwrap().unwrap();
	let sent = headers(&[(COOKIE.as_str(), &format!("sealane={}", session.cookie))]);
	let presented = Presented {
		method: &Method::GET,
		headers: &sent,
		certificate: None,
		tls: false,
		is_use: true,
	};
	let pass = presented.pass(Some(Role::Read));
	let seen = || async {
		let row = sqlx::query("SELECT seen_at FROM sessions")
			.fetch_one(users.db.pool())
			.await;
		row.unwrap().try_get::<i64, _>(0).unwrap()
	};
	sqlx::query("UPDATE sessions SET seen_at = seen_at - 120000")
		.execute(users.db.pool())
		.await
		.unwrap();
	let before = seen().await;
	assert!(users.still_lets_in(&pass).await.unwrap());
	assert_eq!(seen().await, before);
	assert!(users.check(presented, Some(Role::Read)).await.unwrap().is_ok());
	assert!(seen().await > before, "a request is");
	users.set_roles("li", roles(&[Role::Trade])).await.unwrap();
	assert!(!users.still_lets_in(&pass).await.unwrap(), "the role was taken");
	users.set_roles("li", roles(&[Role::Read])).await.unwrap();
	assert!(users.still_lets_in(&pass).await.unwrap());
	users.close_session(&session.cookie).await.unwrap();
	assert!(!users.still_lets_in(&pass).await.unwrap(), "the session ended");
}

#[tokio::test]
async fn a_certificate_lets_in_alone_or_beside_a_token() {
	let (users, _dir) = users().await;
	let certificate = Some([7; 32]);
	users.add("desk", roles(&[Role::Read])).await.unwrap();
	users.set_certificate("desk", certificate).await.unwrap();
	let nothing = HeaderMap::new();
	assert!(check(&users, Method::GET, &nothing, certificate, Role::Read)
		.await
		.is_ok());
	assert!(check(&users, Method::GET, &nothing, Some([8; 32]), Role::Read)
		.await
		.is_err());
	let token = users.new_token("desk").await.unwrap();
	let sent = headers(&[(AUTHORIZATION.as_str(), &format!("Bearer {token}"))]);
	assert!(
		check(&users, Method::GET, &nothing, certificate, Role::Read)
			.await
			.is_err(),
		"not alone"
	);
	assert!(
		check(&users, Method::GET, &sent, None, Role::Read).await.is_err(),
		"not without"
	);
	assert!(check(&users, Method::GET, &sent, certificate, Role::Read).await.is_ok());
	users.add("other", roles(&[Role::Read])).await.unwrap();
	assert!(users.set_certificate("other", certificate).await.is_err());
}

#[test]
fn roles_of_another_release_give_no_right() {
	assert_eq!(Roles::read("read wizard trade"), roles(&[Role::Read, Role::Trade]));
	assert_eq!(Roles::all().to_string().split(' ').count(), Role::ALL.len());
}
