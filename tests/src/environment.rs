//! What tests are told by the environment.

/// A number.
///
/// # Panics
/// When the variable is there and is none.
pub fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}
