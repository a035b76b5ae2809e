//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "diamond zip.2" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> broadcast as s2;
        zip(
            a -> queue(k.cap(3), overflow = drop_newest) as s3 -> map(k.map(4)) as s4,
            b -> queue(k.cap(5), overflow = drop_oldest) as s5 -> map(k.map(6)) as s6,
        ) as s7 -> map(k.left(7)) as j7 -> map(k.seen(8)) as s8 -> first()
    }
    "diamond zip.3" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> broadcast as s2;
        zip(
            a -> skip(1) as s3 -> map(k.map(4)) as s4 -> queue(k.cap(5), low = k.low(5)) as s5 -> map(k.map(6)) as
                s6 -> then(k.then_tried(7))? as s7,
            b -> queue(7, low = 3) as s8 -> map(k.map(9)) as s9 -> queue(k.cap(10), low = k.low(10)) as s10 ->
                map(k.map(11)) as s11 -> queue(k.cap(12)) as s12 -> then(k.then(13)) as s13,
        ) as s14 -> map(k.join(14)) as j14 -> map_async_unordered(k.n(15), k.then(15)) as s15 -> queue(k.cap(16)) as
            s16 -> then(k.then(17)) as s17 -> map(k.seen(18)) as s18 -> collect::<Vec<u64>>()
    }
    "diamond zip/match" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> inspect(k.inspect(2)) as s2 -> map(k.map(3)) as s3 -> broadcast as s4;
        zip(
            a -> queue(k.cap(5), overflow = drop_oldest) as s5 -> map(k.map(6)) as s6 -> map(k.map(7)) as s7 ->
                map(k.map(8)) as s8 -> match {
                x if x.goes(9, 0, 2) => x -> queue(k.cap(10), overflow = drop_newest) as s10 -> map(k.tried(11))? as
                    s11 -> flat_map(k.flat(12)) as s12,
                x => x -> map(k.map(13)) as s13 -> map(k.tried(14))? as s14,
            } as s9,
            b -> queue(k.cap(15), overflow = drop_oldest) as s15 -> map(k.map(16)) as s16,
        ) as s17 -> map(k.left(17)) as j17 -> map_async(k.n(18), k.then_tried(18))? as s18 -> map_async(k.n(19),
            k.then(19)) as s19 -> queue(k.cap(20), overflow = drop_newest) as s20 -> then(k.then(21)) as s21 ->
            map(k.seen(22)) as s22 -> count()
    }
    "diamond zip/broadcast" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> map(k.map(2)) as s2 -> queue(k.cap(3)) as s3 -> map(k.map(4)) as s4 ->
            broadcast as s5;
        zip(
            a -> queue(k.cap(6), overflow = drop_oldest) as s6 -> map(k.map(7)) as s7 -> broadcast {
                then(k.then(9)) as s9 -> chunks(k.n(10)) as s10 -> flatten(),
                map(k.map(11)) as s11,
                queue(k.cap(12), overflow = drop_newest) as s12 -> then(k.then(13)) as s13 -> queue(k.cap(14),
                    overflow = drop_oldest) as s14 -> map(k.map(15)) as s15 -> for_each_async(k.n(16),
                    k.sink_async_tried(16))? as s16,
            } as s8,
            b -> queue(k.cap(17), overflow = fail) as s17 -> map(k.map(18)) as s18 -> queue(k.cap(19), low =
                k.low(19)) as s19 -> then(k.then(20)) as s20,
        ) as s21 -> map(k.left(21)) as j21 -> inspect(k.inspect(22)) as s22 -> for_each(k.sink(23)) as s23
    }
    "diamond zip/tap" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> chunks(k.n(2)) as s2 -> flatten() -> map_async(k.n(3), k.then(3)) as
            s3 -> broadcast as s4;
        zip(
            a -> queue(k.cap(5), overflow = drop_oldest) as s5 -> map(k.map(6)) as s6 -> tap {
                queue(k.cap(8), overflow = drop_oldest) as s8 -> map(k.tried(9))? as s9 -> delay(k.period(10)) as
                    s10 -> map(k.seen(11)) as s11 -> collect::<Vec<u64>>()
            } as s7,
            b -> queue(k.cap(12), overflow = drop_oldest) as s12 -> map(k.map(13)) as s13 -> take(k.take(14)) as s14
                -> queue(k.cap(15), overflow = drop_oldest) as s15 -> then(k.then(16)) as s16,
        ) as s17 -> map(k.left(17)) as j17 -> take(k.take(18)) as s18 -> for_each_async(k.n(19), k.sink_async(19))
            as s19
    }
    "diamond zip/parallel" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> filter_async(k.filter_async(2)) as s2 -> queue(k.cap(3), low =
            k.low(3)) as s3 -> then(k.then(4)) as s4 -> broadcast as s5;
        zip(
            a -> queue(k.cap(6), overflow = drop_newest) as s6 -> map(k.map(7)) as s7 -> map_async(k.n(8),
                k.then(8)) as s8 -> queue(k.cap(9)) as s9 -> map(k.map(10)) as s10 -> parallel(k.n(11)) {
                map(k.map(12)) as s12
            } as s11,
            b -> queue(k.cap(13), overflow = drop_oldest) as s13 -> map(k.map(14)) as s14 -> flat_map(k.flat(15)) as
                s15,
        ) as s16 -> map(k.left(16)) as j16 -> filter_async(k.filter_async(17)) as s17 -> map_async(k.n(18),
            k.then(18)) as s18 -> map(k.seen(19)) as s19 -> count()
    }
    "interleave.0" => {
        #![queue = k.cap(0)]
        interleave(
            iter(k.iter(2)) as s2 -> take(k.take(3)) as s3 -> queue(k.cap(4), overflow = drop_oldest) as s4,
            from(k.source(5)) as s5 -> queue(k.cap(6)) as s6 -> then(k.then(7)) as s7,
        ) as s1 -> take(k.take(8)) as s8 -> fold(Vec::new(), k.fold(9)) as s9
    }
    "interleave.1" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.source(2)) as s2 -> filter_async(k.filter_async(3)) as s3 -> map(k.tried(4))? as s4,
            iter(k.iter(5)) as s5,
            iter(k.iter(6)) as s6,
        ) as s1 -> queue(k.cap(7), overflow = drop_oldest) as s7 -> then(k.then(8)) as s8 -> map(k.seen(9)) as s9 ->
            count()
    }
    "interleave.2" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.source(2)) as s2 -> throttle(k.n(3), k.period(3)) as s3 -> queue(k.cap(4), overflow =
                drop_newest) as s4,
            iter(k.iter(5)) as s5 -> map(k.map(6)) as s6,
            from(k.source(7)) as s7 -> inspect(k.inspect(8)) as s8,
        ) as s1 -> map_async(k.n(9), k.then(9)) as s9 -> filter_async(k.filter_async(10)) as s10 -> queue(k.cap(11))
            as s11 -> then(k.then(12)) as s12 -> map(k.seen(13)) as s13 -> count()
    }
    "interleave/match" => {
        #![queue = k.cap(0)]
        interleave(
            iter(k.iter(2)) as s2 -> map(k.map(3)) as s3 -> queue(k.cap(4)) as s4,
            from(k.source(5)) as s5 -> flat_map(k.flat(6)) as s6 -> flat_map(k.flat(7)) as s7 -> match {
                x if x.goes(8, 0, 2) => x -> queue(k.cap(9)) as s9 -> map(k.map(10)) as s10,
                x => x -> map(k.tried(11))? as s11 -> chunks(k.n(12)) as s12 -> flatten(),
            } as s8 -> queue(k.cap(13), low = k.low(13)) as s13,
        ) as s1 -> queue(k.cap(14), overflow = drop_newest) as s14 -> map(k.map(15)) as s15 -> queue(k.cap(16),
            overflow = drop_newest) as s16 -> map(k.map(17)) as s17 -> for_each_async(k.n(18), k.sink_async(18)) as
            s18
    }
    "interleave/broadcast" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.asking(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3,
            from(k.source(4)) as s4 -> delay(k.period(5)) as s5 -> queue(k.cap(6), low = k.low(6)) as s6 ->
                then(k.then(7)) as s7,
            from(k.source(8)) as s8 -> queue(k.cap(9)) as s9 -> then(k.then(10)) as s10 -> broadcast {
                queue(k.cap(12), overflow = drop_newest) as s12 -> then(k.then(13)) as s13 -> queue(k.cap(14),
                    overflow = drop_oldest) as s14 -> map(k.map(15)) as s15,
                queue(k.cap(16), overflow = fail) as s16 -> map(k.map(17)) as s17 -> flat_map(k.flat(18)) as s18,
            } as s11,
        ) as s1 -> for_each_async(k.n(19), k.sink_async_tried(19))? as s19
    }
    "interleave/tap" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.source(2)) as s2 -> tap {
                queue(k.cap(4), overflow = drop_oldest) as s4 -> then(k.then(5)) as s5 -> for_each_async(k.n(6),
                    k.sink_async(6)) as s6
            } as s3,
            iter(k.iter(7)) as s7,
            from(k.asking(8)) as s8,
        ) as s1 -> map_async_unordered(k.n(9), k.then(9)) as s9 -> queue(k.cap(10)) as s10 -> map(k.map(11)) as s11
            -> flat_map(k.flat(12)) as s12 -> for_each_async(k.n(13), k.sink_async(13)) as s13
    }
    "interleave/parallel" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.asking(2)) as s2 -> inspect(k.inspect(3)) as s3 -> batch(k.n(4), k.period(4)) as s4 -> flatten(),
            from(k.source(5)) as s5 -> map(k.tried(6))? as s6 -> filter_async(k.filter_async(7)) as s7 ->
                parallel(k.n(8)) {
                map(k.map(9)) as s9 -> map_async(k.n(10), k.then_tried(10))? as s10
            } as s8,
        ) as s1 -> delay(k.period(11)) as s11 -> filter(k.filter(12)) as s12 -> map_async(k.n(13),
            k.then_tried(13))? as s13 -> map(k.seen(14)) as s14 -> first()
    }
    "interleave/merge" => {
        #![queue = k.cap(0)]
        interleave(
            merge(
                from(k.asking(3)) as s3 -> inspect(k.inspect(4)) as s4 -> map(k.map(5)) as s5 -> queue(k.cap(6)) as
                    s6,
                from(k.asking(7)) as s7 -> queue(k.cap(8)) as s8,
            ) as s2,
            from(k.source(9)) as s9 -> flat_map(k.flat(10)) as s10,
            from(k.asking(11)) as s11 -> delay(k.period(12)) as s12,
        ) as s1 -> for_each(k.sink(13)) as s13
    }
    "interleave/concat" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.asking(2)) as s2 -> filter_async(k.filter_async(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as
                s4 -> map(k.map(5)) as s5,
            concat(
                from(k.source(7)) as s7 -> queue(k.cap(8), overflow = drop_oldest) as s8,
                from(k.asking(9)) as s9,
                from(k.asking(10)) as s10 -> flat_map(k.flat(11)) as s11 -> flat_map(k.flat(12)) as s12,
            ) as s6 -> queue(k.cap(13), overflow = drop_newest) as s13 -> then(k.then(14)) as s14 ->
                map(k.tried(15))? as s15,
        ) as s1 -> then(k.then_tried(16))? as s16 -> map(k.seen(17)) as s17 -> collect::<Vec<u64>>()
    }
    "interleave/zip" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.source(2)) as s2 -> map(k.tried(3))? as s3 -> queue(k.cap(4), low = k.low(4)) as s4 ->
                then(k.then(5)) as s5,
            zip(
                from(k.asking(7)) as s7 -> map(k.map(8)) as s8 -> throttle(k.n(9), k.period(9)) as s9 ->
                    queue(k.cap(10), low = k.low(10)) as s10,
                from(k.asking(11)) as s11 -> filter_async(k.filter_async(12)) as s12 -> queue(k.cap(13)) as s13 ->
                    map(k.map(14)) as s14 -> queue(k.cap(15)) as s15,
            ) as s6 -> map(k.join(6)) as j6 -> then(k.then(16)) as s16 -> throttle(k.n(17), k.period(17)) as s17,
            from(k.asking(18)) as s18 -> queue(k.cap(19), overflow = fail) as s19 -> then(k.then(20)) as s20,
        ) as s1 -> chunks(k.n(21)) as s21 -> flatten() -> map(k.seen(22)) as s22 -> count()
    }
    "interleave/interleave" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.source(2)) as s2,
            interleave(
                from(k.source(4)) as s4,
                from(k.asking(5)) as s5,
                from(k.source(6)) as s6 -> then(k.then(7)) as s7,
            ) as s3 -> throttle(k.n(8), k.period(8)) as s8 -> map_async(k.n(9), k.then(9)) as s9,
        ) as s1 -> map_async(k.n(10), k.then(10)) as s10 -> filter(k.filter(11)) as s11 -> fold(Vec::new(),
            k.fold(12)) as s12
    }
    "interleave/prefer" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.source(2)) as s2 -> filter(k.filter(3)) as s3 -> filter(k.filter(4)) as s4,
            prefer(
                from(k.source(6)) as s6 -> queue(k.cap(7)) as s7,
                from(k.source(8)) as s8 -> batch(k.n(9), k.period(9)) as s9 -> flatten(),
            ) as s5 -> filter_async(k.filter_async(10)) as s10,
            iter(k.iter(11)) as s11,
        ) as s1 -> map_async_unordered(k.n(12), k.then(12)) as s12 -> for_each(k.sink(13)) as s13
    }
    "interleave/copies" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(2)) as s2 -> queue(k.cap(3), overflow = drop_oldest) as s3 -> then(k.then(4)) as
            s4 -> broadcast as s5;
        b -> map(k.tried(6))? as s6 -> chunks(k.n(7)) as s7 -> flatten() -> map(k.seen(8)) as s8 ->
            collect::<Vec<u64>>();
        interleave(
            a -> flat_map(k.flat(9)) as s9 -> then(k.then_tried(10))? as s10,
            from(k.asking(11)) as s11 -> inspect(k.inspect(12)) as s12 -> queue(k.cap(13), low = k.low(13)) as s13
                -> then(k.then(14)) as s14 -> queue(k.cap(15), overflow = fail) as s15,
            iter(k.iter(16)) as s16,
        ) as s1 -> batch(k.n(17), k.period(17)) as s17 -> flatten() -> for_each_async(k.n(18),
            k.sink_async_tried(18))? as s18
    }
    "diamond interleave.0" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> inspect(k.inspect(2)) as s2 -> broadcast as s3;
        interleave(
            a -> map(k.map(4)) as s4,
            b -> map(k.map(5)) as s5 -> map(k.map(6)) as s6 -> queue(k.cap(7)) as s7 -> map(k.map(8)) as s8,
        ) as s9 -> map(k.seen(10)) as s10 -> count()
    }
    "diamond interleave.1" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> filter(k.filter(2)) as s2 -> broadcast as s3;
        interleave(
            a -> map(k.map(4)) as s4 -> queue(k.cap(5), low = k.low(5)) as s5 -> map(k.map(6)) as s6 ->
                queue(k.cap(7)) as s7 -> map(k.map(8)) as s8,
            b -> map(k.map(9)) as s9 -> then(k.then_tried(10))? as s10 -> map(k.map(11)) as s11,
            c -> map(k.map(12)) as s12,
        ) as s13 -> queue(k.cap(14), overflow = fail) as s14 -> map(k.map(15)) as s15 -> map(k.map(16)) as s16 ->
            for_each(k.sink(17)) as s17
    }
    "diamond interleave.2" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> delay(k.period(2)) as s2 -> broadcast as s3;
        interleave(
            a -> map(k.map(4)) as s4,
            b -> map(k.map(5)) as s5 -> then(k.then(6)) as s6,
        ) as s7 -> map_async(k.n(8), k.then(8)) as s8 -> fold(Vec::new(), k.fold(9)) as s9
    }
    "diamond interleave.3" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> queue(k.cap(2)) as s2 -> then(k.then(3)) as s3 -> then(k.then(4))
            as s4 -> broadcast as s5;
        interleave(
            a -> map(k.map(6)) as s6 -> map_async(k.n(7), k.then_tried(7))? as s7,
            b -> map(k.map(8)) as s8 -> queue(k.cap(9), low = k.low(9)) as s9 -> map(k.map(10)) as s10,
            c -> map(k.map(11)) as s11 -> map_async(k.n(12), k.then(12)) as s12,
        ) as s13 -> map_async(k.n(14), k.then(14)) as s14 -> filter(k.filter(15)) as s15 ->
            for_each(k.sink_tried(16))? as s16
    }
    "diamond interleave/match" => {
        #![queue = k.cap(0)]
        let (a, b, c) = iter(k.iter(1)) as s1 -> map(k.map(2)) as s2 -> broadcast as s3;
        interleave(
            a -> queue(k.cap(4), overflow = drop_newest) as s4 -> map(k.map(5)) as s5 -> match {
                x if x.goes(6, 0, 3) => x -> map(k.map(7)) as s7 -> queue(k.cap(8), overflow = drop_newest) as s8 ->
                    map(k.map(9)) as s9,
                x if x.goes(6, 1, 3) => x -> queue(k.cap(10)) as s10 -> map(k.map(11)) as s11 ->
                    inspect(k.inspect(12)) as s12,
                x => x -> map(k.map(13)) as s13 -> map(k.tried(14))? as s14,
            } as s6,
            b -> queue(k.cap(15), overflow = drop_oldest) as s15 -> map(k.map(16)) as s16,
            c -> queue(k.cap(17), overflow = drop_oldest) as s17 -> map(k.map(18)) as s18 -> map_async(k.n(19),
                k.then(19)) as s19,
        ) as s20 -> queue(k.cap(21), overflow = drop_newest) as s21 -> map(k.map(22)) as s22 -> queue(k.cap(23)) as
            s23 -> then(k.then(24)) as s24 -> queue(k.cap(25)) as s25 -> map(k.map(26)) as s26 ->
            for_each_async(k.n(27), k.sink_async(27)) as s27
    }
    "diamond interleave/broadcast" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> queue(k.cap(2)) as s2 -> then(k.then(3)) as s3 -> broadcast as
            s4;
        interleave(
            a -> queue(k.cap(5), overflow = drop_oldest) as s5 -> map(k.map(6)) as s6 -> filter(k.filter(7)) as s7
                -> broadcast {
                queue(k.cap(9), overflow = drop_newest) as s9 -> map(k.map(10)) as s10 -> queue(k.cap(11), low =
                    k.low(11)) as s11 -> map(k.map(12)) as s12,
                then(k.then(13)) as s13 -> queue(k.cap(14), low = k.low(14)) as s14 -> map(k.map(15)) as s15,
                map(k.map(16)) as s16 -> take(k.take(17)) as s17 -> for_each_async(k.n(18), k.sink_async(18)) as
                    s18,
            } as s8,
            b -> queue(k.cap(19), overflow = fail) as s19 -> map(k.map(20)) as s20 -> chunks(k.n(21)) as s21 ->
                flatten(),
            c -> queue(k.cap(22), overflow = fail) as s22 -> map(k.map(23)) as s23 ->
                filter_async(k.filter_async(24)) as s24 -> inspect(k.inspect(25)) as s25,
        ) as s26 -> queue(k.cap(27), low = k.low(27)) as s27 -> map(k.map(28)) as s28 -> delay(k.period(29)) as s29
            -> map(k.seen(30)) as s30 -> count()
    }
    "diamond interleave/tap" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.source(1)) as s1 -> broadcast as s2;
        interleave(
            a -> queue(k.cap(3), overflow = drop_newest) as s3 -> map(k.map(4)) as s4 -> map_async_unordered(k.n(5),
                k.then(5)) as s5 -> filter_async(k.filter_async(6)) as s6 -> tap {
                queue(k.cap(8), overflow = drop_newest) as s8 -> map(k.map(9)) as s9 -> queue(k.cap(10), low =
                    k.low(10)) as s10 -> map(k.map(11)) as s11 -> for_each(k.sink(12)) as s12
            } as s7,
            b -> queue(k.cap(13), overflow = drop_newest) as s13 -> map(k.map(14)) as s14 -> map_async(k.n(15),
                k.then(15)) as s15,
            c -> queue(k.cap(16), overflow = drop_newest) as s16 -> map(k.map(17)) as s17,
        ) as s18 -> map(k.seen(19)) as s19 -> collect::<Vec<u64>>()
    }
    "diamond interleave/parallel" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> queue(k.cap(2)) as s2 -> map(k.map(3)) as s3 -> broadcast as s4;
        interleave(
            a -> queue(k.cap(5), overflow = drop_newest) as s5 -> map(k.map(6)) as s6 -> queue(k.cap(7)) as s7 ->
                then(k.then(8)) as s8 -> parallel(k.n(9)) {
                map(k.tried(10))? as s10 -> inspect(k.inspect(11)) as s11
            } as s9,
            b -> queue(k.cap(12), overflow = drop_newest) as s12 -> map(k.map(13)) as s13,
        ) as s14 -> queue(k.cap(15), overflow = fail) as s15 -> then(k.then(16)) as s16 -> queue(k.cap(17)) as s17
            -> map(k.map(18)) as s18 -> flat_map(k.flat(19)) as s19 -> for_each_async(k.n(20), k.sink_async(20)) as
            s20
    }
    "prefer.0" => {
        #![queue = k.cap(0)]
        prefer(
            iter(k.iter(2)) as s2 -> delay(k.period(3)) as s3 -> filter(k.filter(4)) as s4,
            from(k.source(5)) as s5 -> map_async(k.n(6), k.then(6)) as s6 -> queue(k.cap(7)) as s7,
        ) as s1 -> map(k.map(8)) as s8 -> queue(k.cap(9), overflow = fail) as s9 -> map(k.map(10)) as s10 ->
            filter(k.filter(11)) as s11 -> map(k.seen(12)) as s12 -> first()
    }
    "prefer.1" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.asking(2)) as s2 -> flat_map(k.flat(3)) as s3 -> inspect(k.inspect(4)) as s4,
            from(k.asking(5)) as s5,
        ) as s1 -> for_each_async(k.n(6), k.sink_async_tried(6))? as s6
    }
    "prefer.2" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.source(2)) as s2 -> then(k.then_tried(3))? as s3,
            from(k.source(4)) as s4 -> map_async(k.n(5), k.then(5)) as s5 -> queue(k.cap(6)) as s6,
        ) as s1 -> then(k.then_tried(7))? as s7 -> then(k.then(8)) as s8 -> throttle(k.n(9), k.period(9)) as s9 ->
            map(k.seen(10)) as s10 -> collect::<Vec<u64>>()
    }
}
