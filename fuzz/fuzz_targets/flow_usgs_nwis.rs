//! See `flow_usgs_nwis` in `src/flow.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| beaconfire_fuzz::flow_usgs_nwis(data));
