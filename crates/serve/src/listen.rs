//! Connections: how many, how slowly they may ask, and how they end.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service as _;

/// Connections at the same time; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 4096;
/// Of these from one address at most, a proxy's too: one who never reads answers shuts out nobody else.
const MAX_OF_ONE: usize = MAX_CONNECTIONS / 4;
/// How long a request's line and headers may take to arrive: who sends a byte a second holds nothing.
const HEADERS: Duration = Duration::from_secs(10);
/// How long requests under way may take after the end was asked for.
const GRACE: Duration = Duration::from_secs(3);
/// Pause after a failure to accept, such as too many open files.
const RECOVER: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is done; requests under way are finished, live streams are cut.
///
/// # Errors
/// A listener that cannot be used.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    // A listener without an address is none; all later failures to accept pass by themselves.
    listener.local_addr()?;
    let (graceful, slots) = (GracefulShutdown::new(), Arc::new(Semaphore::new(MAX_CONNECTIONS)));
    let peers = Peers::default();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        tokio::select! {
            (slot, accepted) = accepted => match accepted {
                Ok((stream, peer)) => {
                    // Dropped, so that it is closed at once.
                    let Some(place) = peers.enter(peer.ip()) else { continue };
                    let connection = graceful.watch(connection(stream, peer, router.clone()));
                    tokio::spawn(async move {
                        let _held = (slot, place);
                        if let Err(error) = connection.await {
                            tracing::debug!(%peer, %error, "a connection broke off");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(RECOVER).await;
                }
            },
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    // Streams never end by themselves; the rest has had time.
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}

/// Connections of each address.
#[derive(Clone, Default)]
struct Peers(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One of them, until it is dropped.
struct Place(Peers, IpAddr);

impl Peers {
    fn enter(&self, peer: IpAddr) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(peer).or_default();
        (*count < MAX_OF_ONE).then(|| {
            *count += 1;
            Place(self.clone(), peer)
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.1);
            }
        }
    }
}

/// One connection, whose requests know where they come from.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    // Small answers must not wait for more to be sent with them; without it they only come later.
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_all_places_and_gives_them_back() {
        let (peers, one, other) =
            (Peers::default(), IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let mut held: Vec<Place> = (0..MAX_OF_ONE).map_while(|_| peers.enter(one)).collect();
        assert_eq!(held.len(), MAX_OF_ONE);
        assert!(peers.enter(one).is_none());
        assert!(peers.enter(other).is_some(), "others are let in");
        held.pop();
        assert!(peers.enter(one).is_some());
        held.clear();
        assert!(peers.0.lock().expect("sound").is_empty(), "and nothing is remembered");
    }
}
