//! Work that blocks, such as the store's, away from the threads that serve.

use crate::error::{Answer, Problem};

/// Runs `work` on a thread where it may block.
pub(crate) async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Answer<T>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.into()),
        Err(broken) => Err(Problem::internal(&broken)),
    }
}
