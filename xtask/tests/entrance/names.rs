//! A name server that knows one name, whatever is asked: where it points to changes as a test goes on.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

const HEAD_BYTES: usize = 12;
const TYPE_A: [u8; 2] = [0, 1];
/// A pointer to the name in the question; type A, class IN, one second to live, four bytes.
const ANSWER_HEAD: [u8; 12] = [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4];

/// A name server; it ends with the test.
pub(crate) struct Names {
    pub(crate) address: SocketAddr,
    points_to: Arc<Mutex<Vec<Ipv4Addr>>>,
    server: JoinHandle<()>,
}

impl Names {
    pub(crate) async fn start(points_to: &[Ipv4Addr]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let points_to = Arc::new(Mutex::new(points_to.to_vec()));
        let answers = Arc::clone(&points_to);
        let server = tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((bytes, from)) = socket.recv_from(&mut question).await {
                let answer = answer(&question[..bytes], &answers.lock().unwrap());
                let _ = socket.send_to(&answer, from).await;
            }
        });
        Self { address, points_to, server }
    }

    pub(crate) fn point_to(&self, addresses: &[Ipv4Addr]) {
        *self.points_to.lock().unwrap() = addresses.to_vec();
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// RFC 1035, of which this is what a resolver that asks for one address needs.
fn answer(question: &[u8], addresses: &[Ipv4Addr]) -> Vec<u8> {
    let name_bytes = question[HEAD_BYTES..].iter().position(|byte| *byte == 0).unwrap() + 1;
    let asked = &question[HEAD_BYTES..HEAD_BYTES + name_bytes + 4];
    let addresses = if asked[name_bytes..].starts_with(&TYPE_A) { addresses } else { &[] };
    let count = u8::try_from(addresses.len()).unwrap();
    let mut answer = vec![question[0], question[1], 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0];
    answer.extend_from_slice(asked);
    for address in addresses {
        answer.extend_from_slice(&ANSWER_HEAD);
        answer.extend_from_slice(&address.octets());
    }
    answer
}
