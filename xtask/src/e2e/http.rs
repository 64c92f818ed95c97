//! Plain questions to the entrance, one a connection: what a browser would send, without what it would put right.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// How long connecting, sending and each piece of the answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The value of a header, if it was sent.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let of_name =
            |line: &'_ str| line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name));
        self.head.lines().find(|line| of_name(line)).and_then(|line| Some(line.split_once(':')?.1.trim()))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// `GET` of a path. HTTP/1.0: the answer is in one piece, and the connection ends with it.
pub(super) fn get(address: SocketAddr, host: &str, path: &str) -> Result<Answer> {
    request(address, &format!("GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n"))
        .with_context(|| format!("GET {path} of {host} at {address}"))
}

/// Asks for a WebSocket, and for the status of the answer; then it is over.
pub(super) fn upgrade(address: SocketAddr, host: &str, path: &str) -> Result<u16> {
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )?;
    let mut line = String::new();
    BufReader::new(socket).read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.with_context(|| format!("a WebSocket of {host} at {address}: no status in {line:?}"))
}

fn request(address: SocketAddr, request: &str) -> Result<Answer> {
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer)?;
    parse(&answer)
}

fn parse(answer: &[u8]) -> Result<Answer> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("the answer has no head")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let body = answer[end + 4..].to_vec();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let answer = Answer { status: status.context("the answer has no status")?, head, body };
    if let Some(bytes) = answer.header("content-length") {
        ensure!(
            bytes == answer.body.len().to_string(),
            "{bytes} bytes were promised, {} came",
            answer.body.len()
        );
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let answer =
            parse(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok").unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
        assert_eq!((answer.header("content-type"), answer.header("vary")), (Some("text/html"), None));
    }

    #[test]
    fn an_answer_cut_short_is_none() {
        for bytes in
            [&b"HTTP/1.1 200 OK\r\n"[..], b"", b"\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"]
        {
            assert!(parse(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
