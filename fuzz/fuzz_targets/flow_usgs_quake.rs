//! See `flow_usgs_quake` in `src/flow.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| beaconfire_fuzz::flow_usgs_quake(data));
