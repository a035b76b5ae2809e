#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    aqueduct_macros::robust::tokens(bytes);
});
