//! Time and size literals, and what else can be known of a value from its token alone.
//!
//! A literal is read only where it is a whole argument: `250ms`, `1.5s`, `64KiB`. Numbers without a unit, or with a suffix of
//! Rust's own, stay as they are.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use crate::message;
use crate::nearest::nearest;

/// What a value is, as far as its tokens tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// An expression, known to rustc only.
    Expression,
    /// An integer.
    Number(u128),
    Nanoseconds(u64),
    Bytes(usize),
    /// A literal that means nothing: the message says why.
    Wrong(String),
}

impl Reading {
    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Reading::Number(0) | Reading::Nanoseconds(0) | Reading::Bytes(0))
    }

    /// The value as a count or a size.
    pub(crate) fn count(&self) -> Option<u128> {
        match self {
            Reading::Number(n) => Some(*n),
            Reading::Bytes(n) => Some(*n as u128),
            _ => None,
        }
    }
}

enum Unit {
    /// So many nanoseconds.
    Time(u128),
    /// So many bytes.
    Size(u128),
}

const UNITS: &[(&str, Unit)] = &[
    ("ns", Unit::Time(1)),
    ("us", Unit::Time(1_000)),
    ("ms", Unit::Time(1_000_000)),
    ("s", Unit::Time(1_000_000_000)),
    ("m", Unit::Time(60_000_000_000)),
    ("h", Unit::Time(3_600_000_000_000)),
    ("B", Unit::Size(1)),
    ("KiB", Unit::Size(1 << 10)),
    ("MiB", Unit::Size(1 << 20)),
    ("GiB", Unit::Size(1 << 30)),
];

/// Suffixes of Rust's numbers.
const RUST: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f16", "f32", "f64", "f128",
];

/// Other spellings of the units.
const SPELLINGS: &[(&str, &str)] = &[
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("hour", "h"),
    ("hours", "h"),
    ("hr", "h"),
    ("msec", "ms"),
    ("millis", "ms"),
    ("usec", "us"),
    ("nanos", "ns"),
    ("micros", "us"),
    ("b", "B"),
    ("bytes", "B"),
    ("K", "KiB"),
    ("k", "KiB"),
    ("KB", "KiB"),
    ("kB", "KiB"),
    ("kb", "KiB"),
    ("M", "MiB"),
    ("MB", "MiB"),
    ("mb", "MiB"),
    ("G", "GiB"),
    ("GB", "GiB"),
    ("gb", "GiB"),
];

/// Reads a value.
pub(crate) fn read(tokens: &TokenStream) -> Reading {
    match only_literal(tokens) {
        Some(literal) => read_literal(&literal.to_string()),
        None => Reading::Expression,
    }
}

/// The literal that is all of `tokens`, also inside the invisible group of a `macro_rules!` fragment.
fn only_literal(tokens: &TokenStream) -> Option<proc_macro2::Literal> {
    let mut tokens = tokens.clone();
    for _ in 0..4 {
        let mut trees = tokens.into_iter();
        let (first, None) = (trees.next()?, trees.next()) else {
            return None;
        };
        match first {
            TokenTree::Literal(literal) => return Some(literal),
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => tokens = group.stream(),
            _ => return None,
        }
    }
    None
}

fn read_literal(text: &str) -> Reading {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return Reading::Expression;
    }
    if let Some(reading) = read_radix(text) {
        return reading;
    }
    let plain = text.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(plain);
    let number = number.replace('_', "");
    // `64_KiB`: the separator before a unit belongs to the number.
    if suffix.is_empty() || RUST.contains(&suffix) {
        return number.parse().map_or(Reading::Expression, Reading::Number);
    }
    if suffix.starts_with(['e', 'E']) && suffix.contains(|c: char| c.is_ascii_digit()) {
        let unit = suffix.trim_start_matches(|c: char| !c.is_ascii_alphabetic() || c == 'e' || c == 'E');
        return if unit.is_empty() || RUST.contains(&unit) {
            Reading::Expression
        } else {
            Reading::Wrong(message::literal_form(text))
        };
    }
    match UNITS.iter().find(|(unit, _)| *unit == suffix) {
        Some((_, unit)) => with_unit(text, &number, unit),
        None => Reading::Wrong(message::unknown_unit(text, suffix, suggest(suffix))),
    }
}

/// Hexadecimal, octal and binary numbers take no unit.
fn read_radix(text: &str) -> Option<Reading> {
    let radix = match text.get(..2)? {
        "0x" => 16,
        "0o" => 8,
        "0b" => 2,
        _ => return None,
    };
    let digits = text.get(2..)?.replace('_', "");
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at(end);
    if !suffix.is_empty() && !RUST.contains(&suffix) {
        return Some(Reading::Wrong(message::literal_form(text)));
    }
    Some(u128::from_str_radix(digits, radix).map_or(Reading::Expression, Reading::Number))
}

fn with_unit(text: &str, number: &str, unit: &Unit) -> Reading {
    let (Unit::Time(scale) | Unit::Size(scale)) = unit;
    match (scaled(number, *scale), unit) {
        (Err(Unfit::Fraction), Unit::Time(_)) => Reading::Wrong(message::fraction(text, "nanoseconds")),
        (Err(Unfit::Fraction), Unit::Size(_)) => Reading::Wrong(message::fraction(text, "bytes")),
        (Err(Unfit::Large), _) => Reading::Wrong(message::too_large(text)),
        (Ok(n), Unit::Time(_)) => {
            u64::try_from(n).map_or_else(|_| Reading::Wrong(message::too_large(text)), Reading::Nanoseconds)
        }
        // The host that expands may be wider than the target: refuse what a 32-bit host could not count only there.
        (Ok(n), Unit::Size(_)) => {
            usize::try_from(n).map_or_else(|_| Reading::Wrong(message::too_large(text)), Reading::Bytes)
        }
    }
}

enum Unfit {
    Fraction,
    Large,
}

/// `number * scale`, exactly.
fn scaled(number: &str, scale: u128) -> Result<u128, Unfit> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let part = part.trim_end_matches('0');
    let whole: u128 = whole.parse().map_err(|_| Unfit::Large)?;
    let mut total = whole.checked_mul(scale).ok_or(Unfit::Large)?;
    if !part.is_empty() {
        let places = u32::try_from(part.len()).ok().filter(|places| *places <= 20).ok_or(Unfit::Fraction)?;
        let below = 10_u128.pow(places);
        let part: u128 = part.parse().map_err(|_| Unfit::Fraction)?;
        let part = part.checked_mul(scale).ok_or(Unfit::Large)?;
        if part % below != 0 {
            return Err(Unfit::Fraction);
        }
        total = total.checked_add(part / below).ok_or(Unfit::Large)?;
    }
    Ok(total)
}

fn suggest(suffix: &str) -> Option<&'static str> {
    let spelling = SPELLINGS.iter().find(|(other, _)| *other == suffix).map(|(_, unit)| *unit);
    spelling.or_else(|| nearest(suffix, UNITS.iter().map(|(unit, _)| *unit)))
}

/// The place of a value's first token.
pub(crate) fn span_of(tokens: &TokenStream, otherwise: Span) -> Span {
    tokens.clone().into_iter().next().map_or(otherwise, |token| token.span())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Reading {
        read(&text.parse().unwrap())
    }

    #[test]
    fn units() {
        crate::time_limit::begin();
        assert_eq!(of("250ms"), Reading::Nanoseconds(250_000_000));
        assert_eq!(of("1.5s"), Reading::Nanoseconds(1_500_000_000));
        assert_eq!(of("1_000ms"), Reading::Nanoseconds(1_000_000_000));
        assert_eq!(of("2h"), Reading::Nanoseconds(7_200_000_000_000));
        assert_eq!(of("64KiB"), Reading::Bytes(65_536));
        assert_eq!(of("64_KiB"), Reading::Bytes(65_536));
        assert_eq!(of("0.5KiB"), Reading::Bytes(512));
        assert!(of("0.0s").is_zero() && of("0B").is_zero() && of("0x0").is_zero() && of("0_0usize").is_zero());
    }

    #[test]
    fn numbers_of_rust_stay() {
        crate::time_limit::begin();
        assert_eq!(of("12"), Reading::Number(12));
        assert_eq!(of("0x1B"), Reading::Number(27));
        assert_eq!(of("7usize"), Reading::Number(7));
        for text in ["1.5", "1e3", "1e3f64", "\"1s\"", "x", "1s..2s", "1s.max(2s)", "'a'", "-1"] {
            assert_eq!(of(text), Reading::Expression, "{text}");
        }
    }

    #[test]
    fn wrong_forms() {
        crate::time_limit::begin();
        for text in [
            "0x1s",
            "1e3s",
            "1sec",
            "64KB",
            "1.5ns",
            "0.3B",
            "99999999999h",
            "99999999999999999999999999999999999999999s",
        ] {
            assert!(matches!(of(text), Reading::Wrong(_)), "{text}: {:?}", of(text));
        }
    }
}
