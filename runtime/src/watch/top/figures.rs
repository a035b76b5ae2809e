//! Numbers for people: short, and as wide as each other.

use std::time::Duration;

/// `999`, `12 345`, `1.23 M`.
pub(super) fn count(items: u64) -> String {
    match items {
        0..1_000 => items.to_string(),
        1_000..1_000_000 => format!("{} {:03}", items / 1_000, items % 1_000),
        _ => large(items as f64),
    }
}

/// How many in a second: `0`, `0.4`, `17`, `12.3 k`.
pub(super) fn rate(items: u64, time: Duration) -> String {
    if items == 0 || time.is_zero() {
        return "0".into();
    }
    let rate = items as f64 / time.as_secs_f64();
    if rate < 9.95 { format!("{rate:.1}") } else { large(rate) }
}

fn large(number: f64) -> String {
    match number {
        ..9_999.5 => format!("{number:.0}"),
        ..999_950.0 => format!("{:.1} k", number / 1e3),
        ..999_995_000.0 => format!("{:.2} M", number / 1e6),
        _ => format!("{:.2} G", number / 1e9),
    }
}

/// `0.8 s`, `3 min 05 s`, `2 h 05 min`.
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{}.{} s", seconds, time.subsec_millis() / 100),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60),
    }
}

/// How full a link is: `12 of 256 items`, `192 of 256 KiB`.
pub(super) fn level(len: usize, capacity: usize, unit: &str) -> String {
    if unit == "bytes" {
        for (size, unit) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
            if capacity >= size {
                let part = |bytes: usize| {
                    let text = format!("{:.1}", bytes as f64 / size as f64);
                    text.strip_suffix(".0").unwrap_or(&text).to_owned()
                };
                return format!("{} of {} {unit}", part(len), part(capacity));
            }
        }
    }
    format!("{len} of {capacity} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_exact_up_to_a_million() {
        assert_eq!([0, 999, 1_000, 12_005, 999_999].map(count), ["0", "999", "1 000", "12 005", "999 999"]);
        assert_eq!([1_000_000, 1_234_567_890].map(count), ["1.00 M", "1.23 G"]);
    }

    #[test]
    fn rates_are_per_second_and_never_wider_than_their_column() {
        let half = Duration::from_millis(500);
        assert_eq!(
            [0, 1, 6, 4_999, 5_000, 600_000].map(|items| rate(items, half)),
            ["0", "2.0", "12", "9998", "10.0 k", "1.20 M"]
        );
        assert_eq!(rate(1, Duration::ZERO), "0");
        assert_eq!(rate(1, Duration::from_secs(3)), "0.3");
        assert_eq!(
            [999_949, 999_950, 999_994_999, 999_995_000].map(|items| rate(items, half * 2)),
            ["999.9 k", "1.00 M", "999.99 M", "1.00 G"]
        );
    }

    #[test]
    fn times_lose_what_nobody_reads() {
        let times = [0, 59_949, 60_000, 185_000, 7_500_000].map(|millis| time(Duration::from_millis(millis)));
        assert_eq!(times, ["0.0 s", "59.9 s", "1 min 00 s", "3 min 05 s", "2 h 05 min"]);
    }

    #[test]
    fn levels_have_the_unit_of_the_capacity() {
        assert_eq!(level(12, 256, "items"), "12 of 256 items");
        assert_eq!(level(192 << 10, 256 << 10, "bytes"), "192 of 256 KiB");
        assert_eq!(level(300_000, 1 << 20, "bytes"), "0.3 of 1 MiB");
        assert_eq!(level(12, 1_000, "bytes"), "12 of 1000 bytes");
    }
}
