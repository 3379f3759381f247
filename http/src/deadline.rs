// SPDX-License-Identifier: Apache-2.0

//! A connection that fails when its client stops reading.

use std::{
	future::Future,
	io::{self, IoSlice},
	pin::Pin,
	task::{ready, Context, Poll},
	time::Duration,
};
use tokio::{
	io::{AsyncRead, AsyncWrite, ReadBuf},
	time::{Instant, Sleep},
};

/// A stream whose writes fail when they make no progress for a while. Reads have no deadline here.
pub(crate) struct WriteDeadline<S> {
	stream: S,
	timeout: Duration,
	/// Runs while a write waits.
	timer: Option<Pin<Box<Sleep>>>,
}

impl<S> WriteDeadline<S> {
	pub fn new(stream: S, timeout: Duration) -> Self {
		WriteDeadline {
			stream,
			timeout,
			timer: None,
		}
	}

	/// Passes on what a write came to; one that waits too long fails.
	fn watch<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
		if written.is_ready() {
			self.timer = None;
			return written;
		}
		let timeout = self.timeout;
		let timer = self
			.timer
			.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + timeout)));
		ready!(timer.as_mut().poll(cx));
		Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")))
	}
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteDeadline<S> {
	fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
		Pin::new(&mut self.stream).poll_read(cx, buf)
	}
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteDeadline<S> {
	fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
		let written = Pin::new(&mut self.stream).poll_write(cx, buf);
		self.watch(cx, written)
	}

	fn poll_write_vectored(
		mut self: Pin<&mut Self>,
		cx: &mut Context<'_>,
		bufs: &[IoSlice<'_>],
	) -> Poll<io::Result<usize>> {
		let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
		self.watch(cx, written)
	}

	fn is_write_vectored(&self) -> bool {
		self.stream.is_write_vectored()
	}

	fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
		let flushed = Pin::new(&mut self.stream).poll_flush(cx);
		self.watch(cx, flushed)
	}

	fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
		let closed = Pin::new(&mut self.stream).poll_shutdown(cx);
		self.watch(cx, closed)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use tokio::io::{AsyncReadExt, AsyncWriteExt};

	#[tokio::test]
	async fn a_client_that_does_not_read_is_given_up() {
		let (ours, _theirs) = tokio::io::duplex(16);
		let mut ours = WriteDeadline::new(ours, Duration::from_millis(20));
		let error = ours.write_all(&[0; 64]).await.unwrap_err();
		assert_eq!(error.kind(), io::ErrorKind::TimedOut);
	}

	#[tokio::test]
	async fn each_step_forward_begins_the_time_anew() {
		let (ours, mut theirs) = tokio::io::duplex(16);
		let mut ours = WriteDeadline::new(ours, Duration::from_secs(30));
		let writer = tokio::spawn(async move {
			ours.write_all(&[0; 64]).await.unwrap();
			ours.timer.is_none()
		});
		let mut buf = [0; 64];
		theirs.read_exact(&mut buf).await.unwrap();
		assert!(writer.await.unwrap(), "no timer is left behind");
	}
}
