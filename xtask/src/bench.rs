//! `cargo xtask bench NAME`: what the platform does in a second, next to others in the same run.

pub mod cap;
pub mod detect;
pub mod river;

/// Prints whether a bar is held, with the figures that tell; answers it.
fn bar(held: bool, words: &str) -> bool {
    println!("{}  {words}", if held { "held  " } else { "MISSED" });
    held
}
