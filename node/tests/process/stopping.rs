// SPDX-License-Identifier: Apache-2.0

//! SIGTERM: who was let in is answered, the log is closed; a second signal ends the wait.

use super::running::{Api, Node};
use std::{
	io::{Read, Write},
	net::TcpStream,
};

const ORDER: &[u8] = b"{\"id\":\"A\",\"kind\":\"purchase\",\"product\":\"P\",\"customer\":\"C\"}\n";

fn is_stopping(api: &Api) -> Option<()> {
	let answer = api.get("/readyz")?;
	(answer.starts_with("HTTP/1.1 503") && answer.contains("the node is stopping")).then_some(())
}

fn rest(mut stream: TcpStream) -> String {
	let mut answer = Vec::new();
	// Cut off is an end, too.
	let _ = stream.read_to_end(&mut answer);
	String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_request_that_was_let_in_is_answered_and_the_log_is_closed() {
	let folder = tempfile::tempdir().unwrap();
	let (mut node, api) = Node::start(folder.path(), &["--stop-timeout", "120"]);
	let mut early = api.begin(ORDER.len());
	node.signal("TERM");
	node.until("the node says that it stops", || is_stopping(&api));
	let late = api.get("/v1/status").unwrap();
	assert!(late.starts_with("HTTP/1.1 503") && late.contains("not_ready"), "{late}");

	early.write_all(ORDER).unwrap();
	let answer = rest(early);
	// The courier's own answer: nobody admitted this node to the chain.
	assert!(answer.contains("\"code\":\"not_a_member\""), "{answer}");
	assert!(node.ended().success(), "{}", node.output());
	let output = node.output();
	for line in [
		"SIGTERM: stopping",
		"waits up to 120000 ms for 1 under way",
		"all requests under way were answered",
		"Courier: stopped, its log is closed",
	] {
		assert!(output.contains(line), "`{line}` is missing:\n{output}");
	}
	assert!(!folder.path().join("gateway.json").exists());
}

#[test]
fn a_second_signal_ends_the_wait_for_requests_and_the_log_is_closed_all_the_same() {
	let folder = tempfile::tempdir().unwrap();
	let (mut node, api) = Node::start(folder.path(), &["--stop-timeout", "100000"]);
	let early = api.begin(ORDER.len());
	node.signal("INT");
	node.until("the node says that it stops", || is_stopping(&api));
	node.signal("TERM");
	assert_eq!(rest(early), "", "cut off");
	assert!(node.ended().success(), "{}", node.output());
	let output = node.output();
	for line in [
		"SIGINT: stopping",
		"SIGTERM: requests still under way are cut off",
		"Courier: stopped, its log is closed",
	] {
		assert!(output.contains(line), "`{line}` is missing:\n{output}");
	}
}

#[test]
fn the_wait_for_requests_ends_by_itself() {
	let folder = tempfile::tempdir().unwrap();
	let (mut node, api) = Node::start(folder.path(), &["--stop-timeout", "1"]);
	let early = api.begin(ORDER.len());
	node.signal("TERM");
	assert_eq!(rest(early), "", "cut off");
	assert!(node.ended().success(), "{}", node.output());
	let output = node.output();
	assert!(output.contains("1 requests under way are cut off"), "{output}");
	assert!(output.contains("Courier: stopped, its log is closed"), "{output}");
}
