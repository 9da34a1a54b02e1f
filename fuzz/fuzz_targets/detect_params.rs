//! See `detect_params` in `src/lib.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| beaconfire_fuzz::detect_params(data));
