//! See `flow_config` in `src/flow.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| beaconfire_fuzz::flow_config(data));
