//! Several backends under one name, which come, go and move.

use std::net::{Ipv4Addr, SocketAddr};

use testkit::{TestClient, eventually, get};

use crate::gateway::gateway_at;
use crate::names::Names;
use crate::nginx::{Nginx, free_address};

const FIRST: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const SECOND: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

/// An entrance that asks `names` for its backend, on a port that both addresses have free.
async fn entrance(names: &Names) -> (Nginx, [SocketAddr; 2]) {
    let port = free_address().port();
    let (backend, resolver) = (format!("backend.test:{port}"), names.address.to_string());
    let settings = [
        ("ENTRANCE_BACKEND", backend.as_str()),
        ("ENTRANCE_RESOLVERS", &resolver),
        ("ENTRANCE_RESOLVER_OPTIONS", "valid=1s"),
    ];
    (Nginx::start(&settings).await, [(FIRST, port).into(), (SECOND, port).into()])
}

/// Who answers: the backends differ in how many symbols they have.
async fn symbols(entrance: &Nginx) -> Option<usize> {
    let answer = get(entrance.address, "/api/v1/instruments").await;
    (answer.status == 200).then(|| answer.json()["instruments"].as_array().unwrap().len())
}

fn with(symbols: &str) -> [(&'static str, &str); 1] {
    [("TICKWIRE_FEED__METRONOME__SYMBOLS", symbols)]
}

#[tokio::test]
async fn a_backend_that_moved_is_found() {
    let names = Names::start(&[FIRST]).await;
    let (entrance, [first, second]) = entrance(&names).await;
    let backend = gateway_at(first, &with("1")).await;
    assert_eq!(symbols(&entrance).await, Some(1));
    let mut client = TestClient::connect(entrance.address, "?subscribe=ticker:*").await;
    let _moved = gateway_at(second, &with("2")).await;
    names.point_to(&[SECOND]);
    eventually("the new address", async || (symbols(&entrance).await == Some(2)).then_some(())).await;
    client.next_events().await;
    client.assert_whole();
    backend.kill().await;
    assert_eq!(symbols(&entrance).await, Some(2));
}

#[tokio::test]
async fn replicas_take_turns_and_stand_in_for_each_other() {
    let names = Names::start(&[FIRST, SECOND]).await;
    let (entrance, [first, second]) = entrance(&names).await;
    let (one, _two) = (gateway_at(first, &with("1")).await, gateway_at(second, &with("2")).await);
    for wanted in [1, 2] {
        eventually(format!("replica {wanted}"), async || {
            (symbols(&entrance).await == Some(wanted)).then_some(())
        })
        .await;
    }
    one.kill().await;
    for _ in 0..20 {
        assert_eq!(symbols(&entrance).await, Some(2), "the name still points to both");
    }
}

#[tokio::test]
async fn a_name_that_is_unknown_is_said() {
    let names = Names::start(&[]).await;
    let (entrance, [first, _]) = entrance(&names).await;
    assert_eq!(get(entrance.address, "/api/v1/ticker").await.error(), (503, "unavailable".into()));
    assert_eq!(get(entrance.address, "/healthz").await.status, 200);
    let _backend = gateway_at(first, &with("1")).await;
    names.point_to(&[FIRST]);
    eventually("the backend", async || symbols(&entrance).await).await;
}
