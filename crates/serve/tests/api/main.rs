//! The server against a real river on a temporary folder, without a socket; one binary, since each
//! more would be linked anew.

mod check;
mod guarded;
mod held;
mod live;
mod pages;
mod public_feed;
mod road;
mod sink;
mod slow;
mod support;
