//! The developer's tasks behind `cargo xtask`, and the checks of the house that run as tests.
//!
//! Nothing here is part of the product and nothing here depends on its crates: the tasks drive
//! the built binary from outside, as an operator would.

pub mod agree;
pub mod bench;
pub mod bless;
pub mod crash;
pub mod dice;
pub mod fuzz;
pub mod house;
pub mod suite;
pub mod tidy;
