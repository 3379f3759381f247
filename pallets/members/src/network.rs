// SPDX-License-Identifier: Apache-2.0

//! How a node is named and dialled: PeerIds as bytes, multiaddresses as text, and what is wrong with either.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{
	net::{Ipv4Addr, Ipv6Addr},
	str::FromStr,
};
use frame_support::PalletError;
use scale_info::TypeInfo;
use sealane_primitives::ids::Addresses;

/// Length of a PeerId that carries an Ed25519 key.
pub const ED25519_PEER_ID_LEN: usize = 38;
/// What precedes the key: identity multihash (0x00) of 36 bytes (0x24), holding the protobuf of libp2p's `PublicKey`:
/// type (0x08) Ed25519 (0x01), data (0x12) of 32 bytes (0x20).
pub const ED25519_PEER_ID_PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// Longest host name, RFC 1035.
const MAX_HOST_LEN: usize = 253;
/// Longest part of a host name between two dots, RFC 1035.
const MAX_LABEL_LEN: usize = 63;

/// What is wrong with a PeerId.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum PeerFault {
	/// Not 38 bytes.
	Length,
	/// Not the identity multihash of an Ed25519 key.
	NotEd25519,
	/// The key in it is one of the few that everybody can sign for.
	WeakKey,
}

/// What is wrong with an address.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum AddressFault {
	/// No UTF-8, or no `/` in front.
	NotText,
	/// Does not begin with `/ip4`, `/ip6`, `/dns`, `/dns4` or `/dns6`.
	NoHost,
	/// The host is no IP address of that kind, an address nobody can be reached at, or no host name.
	InvalidHost,
	/// Neither `/tcp/<port>` nor `/udp/<port>/quic-v1` follows the host.
	NoTransport,
	/// The port is no number from 1 to 65535.
	InvalidPort,
	/// Names a PeerId (`/p2p`); it is registered by itself.
	NamesPeer,
	/// Something follows the transport that is neither `/ws` nor `/wss` nor `/tls/ws`.
	UnknownPart,
	/// The same address twice.
	Duplicate,
}

/// Checks the PeerId of a node: the multihash of an Ed25519 key, the only kind that nodes of this network have.
///
/// # Errors
/// [`PeerFault`] naming what is wrong.
pub fn validate_peer(peer: &[u8]) -> Result<(), PeerFault> {
	let (prefix, key) = peer.split_first_chunk::<6>().ok_or(PeerFault::Length)?;
	let key = <&[u8; 32]>::try_from(key).map_err(|_| PeerFault::Length)?;
	if prefix != &ED25519_PEER_ID_PREFIX {
		return Err(PeerFault::NotEd25519);
	}
	if crate::keyring::is_weak_signing_key(key) {
		return Err(PeerFault::WeakKey);
	}
	Ok(())
}

/// The PeerId that carries this Ed25519 public key.
pub fn peer_of_key(key: &[u8; 32]) -> sealane_primitives::ids::PeerIdBytes {
	let bytes = [ED25519_PEER_ID_PREFIX.as_slice(), key.as_slice()].concat();
	bytes.try_into().expect("38 bytes fit into 64; qed")
}

/// Checks all addresses of a node. None at all is fine: the node is not dialled then, it dials.
///
/// # Errors
/// [`AddressFault`] of the first address that does not hold.
pub fn validate_addresses(addresses: &Addresses) -> Result<(), AddressFault> {
	for (place, address) in addresses.iter().enumerate() {
		validate_address(address)?;
		if addresses[..place].contains(address) {
			return Err(AddressFault::Duplicate);
		}
	}
	Ok(())
}

/// Checks one multiaddress in text form, e.g. `/ip4/192.0.2.7/tcp/30333` or `/dns/node.example.org/tcp/443/wss`.
///
/// # Errors
/// [`AddressFault`] naming what is wrong.
pub fn validate_address(address: &[u8]) -> Result<(), AddressFault> {
	let text = core::str::from_utf8(address).map_err(|_| AddressFault::NotText)?;
	let mut parts = text.strip_prefix('/').ok_or(AddressFault::NotText)?.split('/');
	if text.split('/').any(|part| part == "p2p" || part == "ipfs") {
		return Err(AddressFault::NamesPeer);
	}

	let kind = parts.next().unwrap_or_default();
	let host = parts.next().unwrap_or_default();
	match kind {
		"ip4" => validate_ip4(host),
		"ip6" => validate_ip6(host),
		"dns" | "dns4" | "dns6" => validate_host_name(host),
		_ => return Err(AddressFault::NoHost),
	}?;

	let transport = parts.next().unwrap_or_default();
	if transport != "tcp" && transport != "udp" {
		return Err(AddressFault::NoTransport);
	}
	validate_port(parts.next().unwrap_or_default())?;
	let rest = [parts.next(), parts.next(), parts.next()];
	match (transport, rest) {
		("tcp", [None, ..]) | ("tcp", [Some("ws" | "wss"), None, _]) | ("tcp", [Some("tls"), Some("ws"), None]) => {
			Ok(())
		}
		("udp", [Some("quic-v1"), None, _]) => Ok(()),
		("udp", [None, ..]) => Err(AddressFault::NoTransport),
		_ => Err(AddressFault::UnknownPart),
	}
}

fn validate_ip4(host: &str) -> Result<(), AddressFault> {
	let ip = Ipv4Addr::from_str(host).map_err(|_| AddressFault::InvalidHost)?;
	// Loopback and private networks stay allowed: consortia run over leased networks, and test networks on one machine.
	if ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast() {
		return Err(AddressFault::InvalidHost);
	}
	Ok(())
}

fn validate_ip6(host: &str) -> Result<(), AddressFault> {
	let ip = Ipv6Addr::from_str(host).map_err(|_| AddressFault::InvalidHost)?;
	if ip.is_unspecified() || ip.is_multicast() {
		return Err(AddressFault::InvalidHost);
	}
	Ok(())
}

fn validate_host_name(host: &str) -> Result<(), AddressFault> {
	let label_holds = |label: &str| {
		!label.is_empty()
			&& label.len() <= MAX_LABEL_LEN
			&& !label.starts_with('-')
			&& !label.ends_with('-')
			&& label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
	};
	if host.len() > MAX_HOST_LEN || !host.split('.').all(label_holds) {
		return Err(AddressFault::InvalidHost);
	}
	Ok(())
}

fn validate_port(port: &str) -> Result<(), AddressFault> {
	// `u16::from_str` takes a plus sign and leading zeros; a multiaddress does not.
	let plain = port.bytes().all(|b| b.is_ascii_digit()) && !port.starts_with('0');
	match u16::from_str(port) {
		Ok(_) if plain => Ok(()),
		_ => Err(AddressFault::InvalidPort),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::{vec, vec::Vec};
	use proptest::prelude::*;

	#[test]
	fn takes_what_nodes_listen_at() {
		for address in [
			"/ip4/127.0.0.1/tcp/30333",
			"/ip4/10.1.2.3/tcp/1/ws",
			"/ip6/2001:db8::7/tcp/65535",
			"/ip6/::1/tcp/30333/wss",
			"/dns/node-1.bank.example/tcp/443/wss",
			"/dns4/localhost/tcp/30333/tls/ws",
			"/dns6/a.b/udp/30333/quic-v1",
		] {
			assert_eq!(validate_address(address.as_bytes()), Ok(()), "{address}");
		}
	}

	#[test]
	fn fails_when_an_address_is_malformed() {
		for (address, fault) in [
			("", AddressFault::NotText),
			("ip4/127.0.0.1/tcp/1", AddressFault::NotText),
			("/", AddressFault::NoHost),
			("/unix/tmp/tcp/1", AddressFault::NoHost),
			("/IP4/127.0.0.1/tcp/1", AddressFault::NoHost),
			("/ip4", AddressFault::InvalidHost),
			("/ip4/127.0.0.256/tcp/1", AddressFault::InvalidHost),
			("/ip4/0.0.0.0/tcp/1", AddressFault::InvalidHost),
			("/ip4/255.255.255.255/tcp/1", AddressFault::InvalidHost),
			("/ip4/::1/tcp/1", AddressFault::InvalidHost),
			("/ip6/::/tcp/1", AddressFault::InvalidHost),
			("/ip6/ff02::1/tcp/1", AddressFault::InvalidHost),
			("/ip6/127.0.0.1/tcp/1", AddressFault::InvalidHost),
			("/dns/-a.example/tcp/1", AddressFault::InvalidHost),
			("/dns/a..b/tcp/1", AddressFault::InvalidHost),
			("/dns/银行/tcp/1", AddressFault::InvalidHost),
			("/ip4/127.0.0.1", AddressFault::NoTransport),
			("/ip4/127.0.0.1/sctp/1", AddressFault::NoTransport),
			("/ip4/127.0.0.1/udp/1", AddressFault::NoTransport),
			("/ip4/127.0.0.1/tcp/0", AddressFault::InvalidPort),
			("/ip4/127.0.0.1/tcp/+1", AddressFault::InvalidPort),
			("/ip4/127.0.0.1/tcp/030333", AddressFault::InvalidPort),
			("/ip4/127.0.0.1/tcp/65536", AddressFault::InvalidPort),
			("/ip4/127.0.0.1/tcp", AddressFault::InvalidPort),
			("/ip4/127.0.0.1/tcp/1/", AddressFault::UnknownPart),
			("/ip4/127.0.0.1/tcp/1/http", AddressFault::UnknownPart),
			("/ip4/127.0.0.1/tcp/1/ws/ws", AddressFault::UnknownPart),
			("/ip4/127.0.0.1/tcp/1/tls/ws/x", AddressFault::UnknownPart),
			("/ip4/127.0.0.1/udp/1/quic-v1/x", AddressFault::UnknownPart),
			("/ip4/127.0.0.1/tcp/1/p2p/12D3KooW", AddressFault::NamesPeer),
			("/p2p/12D3KooW", AddressFault::NamesPeer),
		] {
			assert_eq!(validate_address(address.as_bytes()), Err(fault), "{address}");
		}
		assert_eq!(validate_address(&[b'/', 0xff]), Err(AddressFault::NotText));
	}

	#[test]
	fn fails_when_an_address_repeats() {
		let address = b"/ip4/127.0.0.1/tcp/1".to_vec();
		let addresses: Addresses = vec![address.clone().try_into().unwrap(), address.try_into().unwrap()]
			.try_into()
			.unwrap();
		assert_eq!(validate_addresses(&addresses), Err(AddressFault::Duplicate));
		assert_eq!(validate_addresses(&Addresses::default()), Ok(()));
	}

	#[test]
	fn fails_when_a_peer_id_is_no_ed25519_multihash() {
		let good = peer_of_key(&[7; 32]);
		assert_eq!(validate_peer(&good), Ok(()));
		assert_eq!(validate_peer(&good[..37]), Err(PeerFault::Length));
		assert_eq!(validate_peer(&[]), Err(PeerFault::Length));
		assert_eq!(validate_peer(&[good.as_slice(), &[0]].concat()), Err(PeerFault::Length));
		// SHA-256 multihash, as an RSA PeerId has it, stretched to the same length.
		let mut rsa = good.to_vec();
		rsa[0] = 0x12;
		assert_eq!(validate_peer(&rsa), Err(PeerFault::NotEd25519));
		assert_eq!(validate_peer(&peer_of_key(&[0; 32])), Err(PeerFault::WeakKey));
	}

	proptest! {
		#[test]
		fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..128)) {
			let _ = validate_address(&bytes);
			let _ = validate_peer(&bytes);
		}

		#[test]
		fn no_address_like_text_panics(parts in prop::collection::vec(
			prop::sample::select(vec!["ip4", "ip6", "dns", "127.0.0.1", "::1", "a.b", "tcp", "udp", "1", "ws", "p2p", ""]),
			0..8,
		)) {
			let text: Vec<u8> = parts.iter().flat_map(|p| [b"/", p.as_bytes()].concat()).collect();
			if validate_address(&text).is_ok() {
				prop_assert!(!parts.contains(&"p2p"));
				prop_assert!(parts.len() >= 4);
			}
		}
	}
}
