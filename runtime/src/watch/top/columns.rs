//! Where the columns stand: those that find no room have no width.

/// A column: its first cell, counted from the left edge, and how many it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) x: u16,
    pub(super) width: u16,
}

impl Column {
    /// From here to the end of `last`, which stands to the right, if that is there.
    pub(super) fn and(self, last: Self) -> Self {
        Self { x: self.x, width: (last.x + last.width).saturating_sub(self.x).max(self.width) }
    }
}

/// All columns, from the left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) name: Column,
    /// A stage's bar, a link's gauge.
    pub(super) bar: Column,
    pub(super) state: Column,
    pub(super) rate: Column,
    pub(super) count: Column,
    /// What is good to know where there is room for it.
    pub(super) note: Column,
}

const STATE: u16 = 7;
const FIGURE: u16 = 9;
const BAR: std::ops::RangeInclusive<u16> = 8..=32;
const NOTE: u16 = 12;

impl Columns {
    /// For a screen of that width, and names of which the longest has so many cells.
    pub(super) fn new(width: u16, longest: u16) -> Self {
        let most = (width / 5 * 2).max(12);
        let mut free = width;
        // What a column of that width, and the space before it, leave; `None` if there is no room.
        let mut take = |wanted: u16| {
            let taken = wanted + u16::from(free < width);
            let fits = wanted > 0 && taken <= free;
            free -= if fits { taken } else { 0 };
            if fits { wanted } else { 0 }
        };
        let name = take(longest.clamp(5, most).min(width));
        let [state, rate, bar, count] = [STATE, FIGURE, *BAR.start(), FIGURE].map(&mut take);
        let more = free.min(BAR.end() - BAR.start());
        let (bar, free) = if bar > 0 { (bar + more, free - more) } else { (0, free) };
        let note = free.saturating_sub(1);
        let note = if note >= NOTE { note } else { 0 };

        let mut x = 0;
        let mut place = |width: u16| {
            let column = Column { x, width };
            x += if width > 0 { width + 1 } else { 0 };
            column
        };
        let [name, bar, state, rate, count, note] = [name, bar, state, rate, count, note].map(&mut place);
        Self { name, bar, state, rate, count, note }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_beside_each_other_within_the_screen() {
        for width in 0..200 {
            for longest in [0, 3, 20, 90] {
                let Columns { name, bar, state, rate, count, note } = Columns::new(width, longest);
                let mut end = 0;
                for column in [name, bar, state, rate, count, note].iter().filter(|column| column.width > 0) {
                    assert!(column.x >= end, "{width}, {longest}");
                    end = column.x + column.width + 1;
                }
                assert!(end <= width + 1, "{width}, {longest}");
            }
        }
    }

    #[test]
    fn what_there_is_no_room_for_goes_first_where_it_is_missed_least() {
        let shown = |width| {
            let Columns { name, bar, state, rate, count, note } = Columns::new(width, 20);
            [name, bar, state, rate, count, note].map(|column| column.width)
        };
        assert_eq!(shown(120), [20, 32, 7, 9, 9, 38]);
        assert_eq!(shown(80), [20, 31, 7, 9, 9, 0]);
        assert_eq!(shown(40), [16, 0, 7, 9, 0, 0]);
        assert_eq!(shown(20), [12, 0, 7, 0, 0, 0]);
        assert_eq!(shown(3), [3, 0, 0, 0, 0, 0]);
    }
}
