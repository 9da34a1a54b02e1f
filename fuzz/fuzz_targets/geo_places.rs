//! See `geo_places` in `src/lib.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| beaconfire_fuzz::geo_places(data));
