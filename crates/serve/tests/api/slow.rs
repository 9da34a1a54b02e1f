//! Who asks too slowly holds no connection. A real socket, because that is what it is about.

use crate::support::Server;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn half_a_request_is_cut_off_and_others_are_served() {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(beaconfire_serve::serve(listener, server.router.clone(), async {
        // A sender that is gone means the same.
        let _ = stopped.await;
    }));
    let mut slow = TcpStream::connect(address).await.expect("it connects");
    slow.write_all(b"GET /health/live HTTP/1.1\r\nHost: loc").await.expect("it is sent");
    let mut quick = TcpStream::connect(address).await.expect("it connects");
    quick
        .write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .expect("sent");
    let mut answer = String::new();
    quick.read_to_string(&mut answer).await.expect("it is answered");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let mut rest = Vec::new();
    let cut = tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut rest)).await;
    cut.expect("it is cut off").expect("and closed");
    assert!(!rest.starts_with(b"HTTP/1.1 200"), "half a request is no request");
    stop.send(()).expect("it is told");
    serving.await.expect("it ends").expect("well");
}
