//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "broadcast/tap.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> throttle(k.n(2), k.period(2)) as s2 -> flat_map(k.flat(3)) as s3 -> broadcast {
            map(k.map(5)) as s5 -> queue(k.cap(6), overflow = drop_newest) as s6 -> then(k.then(7)) as s7 ->
                for_each_async(k.n(8), k.sink_async(8)) as s8,
            map(k.map(9)) as s9 -> take(k.take(10)) as s10 -> for_each_async(k.n(11), k.sink_async_tried(11))? as
                s11,
            queue(k.cap(12)) as s12 -> map(k.map(13)) as s13 -> map_async(k.n(14), k.then_tried(14))? as s14 -> tap
                {
                queue(k.cap(16), overflow = drop_oldest) as s16 -> map(k.tried(17))? as s17 -> filter(k.filter(18))
                    as s18 -> for_each(k.sink_tried(19))? as s19
            } as s15 -> map_async(k.n(20), k.then(20)) as s20 -> for_each_async(k.n(21), k.sink_async(21)) as s21,
        } as s4
    }
    "broadcast then tap" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> map_async(k.n(2), k.then(2)) as s2 -> throttle(k.n(3), k.period(3)) as s3 ->
            broadcast {
            map(k.map(5)) as s5 -> take(k.take(6)) as s6,
            then(k.then(7)) as s7,
            map(k.tried(8))? as s8 -> take(k.take(9)) as s9 -> for_each_async(k.n(10), k.sink_async(10)) as s10,
        } as s4 -> tap {
            queue(k.cap(12), overflow = drop_oldest) as s12 -> map(k.map(13)) as s13 -> map_async(k.n(14),
                k.then(14)) as s14 -> for_each_async(k.n(15), k.sink_async(15)) as s15
        } as s11 -> map(k.map(16)) as s16 -> filter(k.filter(17)) as s17 -> for_each_async(k.n(18),
            k.sink_async(18)) as s18
    }
    "broadcast/parallel.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> broadcast {
            then(k.then(3)) as s3 -> parallel(k.n(4)) {
                map(k.tried(5))? as s5
            } as s4 -> for_each(k.sink(6)) as s6,
            map(k.map(7)) as s7 -> queue(k.cap(8), low = k.low(8)) as s8 -> then(k.then(9)) as s9 ->
                for_each(k.sink_tried(10))? as s10,
            queue(k.cap(11), overflow = fail) as s11 -> map(k.tried(12))? as s12 -> map(k.map(13)) as s13 ->
                map(k.seen(14)) as s14 -> collect::<Vec<u64>>(),
        } as s2
    }
    "broadcast/parallel.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> flat_map(k.flat(2)) as s2 -> queue(k.cap(3), overflow = drop_oldest) as s3 ->
            then(k.then(4)) as s4 -> broadcast {
            map(k.map(6)) as s6 -> filter(k.filter(7)) as s7 -> parallel(k.n(8)) {
                then(k.then(9)) as s9 -> fold(Vec::new(), k.fold(10)) as s10
            } as s8,
            then(k.then(11)) as s11 -> map(k.tried(12))? as s12 -> for_each_async(k.n(13), k.sink_async(13)) as s13,
        } as s5
    }
    "broadcast then parallel" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> then(k.then_tried(2))? as s2 -> map_async(k.n(3), k.then(3)) as s3 -> broadcast {
            queue(k.cap(5), low = k.low(5)) as s5 -> map(k.map(6)) as s6 -> take(k.take(7)) as s7,
            map(k.map(8)) as s8 -> map(k.map(9)) as s9 -> map(k.seen(10)) as s10 -> first(),
        } as s4 -> map(k.tried(11))? as s11 -> parallel(k.n(12)) {
            map(k.tried(13))? as s13 -> queue(k.cap(14), overflow = drop_newest) as s14 -> map(k.map(15)) as s15
        } as s12 -> then(k.then_tried(16))? as s16 -> map(k.tried(17))? as s17 -> map_async_unordered(k.n(18),
            k.then(18)) as s18 -> for_each_async(k.n(19), k.sink_async(19)) as s19
    }
    "merge then broadcast" => {
        #![queue = k.cap(0)]
        merge(
            from(k.asking(2)) as s2 -> map(k.map(3)) as s3 -> batch(k.n(4), k.period(4)) as s4 -> flatten(),
            from(k.asking(5)) as s5 -> then(k.then(6)) as s6 -> queue(k.cap(7), overflow = drop_oldest) as s7 ->
                map(k.map(8)) as s8,
        ) as s1 -> map_async_unordered(k.n(9), k.then(9)) as s9 -> queue(k.cap(10), overflow = drop_oldest) as s10
            -> map(k.map(11)) as s11 -> broadcast {
            map(k.map(13)) as s13,
            map(k.map(14)) as s14 -> throttle(k.n(15), k.period(15)) as s15 -> for_each_async(k.n(16),
                k.sink_async_tried(16))? as s16,
            then(k.then(17)) as s17 -> filter(k.filter(18)) as s18,
        } as s12 -> map_async(k.n(19), k.then(19)) as s19 -> map(k.seen(20)) as s20 -> collect::<Vec<u64>>()
    }
    "concat then broadcast" => {
        #![queue = k.cap(0)]
        concat(
            from(k.asking(2)) as s2,
            from(k.asking(3)) as s3,
            from(k.asking(4)) as s4,
        ) as s1 -> filter(k.filter(5)) as s5 -> broadcast {
            queue(k.cap(7)) as s7 -> map(k.tried(8))? as s8 -> delay(k.period(9)) as s9 -> map(k.seen(10)) as s10 ->
                collect::<Vec<u64>>(),
            map(k.map(11)) as s11 -> for_each(k.sink(12)) as s12,
        } as s6
    }
    "zip then broadcast" => {
        #![queue = k.cap(0)]
        zip(
            from(k.source(2)) as s2 -> map_async(k.n(3), k.then_tried(3))? as s3 -> filter(k.filter(4)) as s4,
            from(k.asking(5)) as s5,
        ) as s1 -> map(k.join(1)) as j1 -> map(k.tried(6))? as s6 -> broadcast {
            map(k.tried(8))? as s8 -> map_async(k.n(9), k.then(9)) as s9,
            map(k.map(10)) as s10,
            map(k.map(11)) as s11 -> for_each(k.sink(12)) as s12,
        } as s7 -> chunks(k.n(13)) as s13 -> flatten() -> filter_async(k.filter_async(14)) as s14 -> map(k.seen(15))
            as s15 -> collect::<Vec<u64>>()
    }
    "interleave then broadcast" => {
        #![queue = k.cap(0)]
        interleave(
            iter(k.iter(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> then(k.then(4)) as s4 ->
                queue(k.cap(5), low = k.low(5)) as s5,
            iter(k.iter(6)) as s6 -> map(k.tried(7))? as s7,
            from(k.source(8)) as s8 -> queue(k.cap(9), low = k.low(9)) as s9 -> then(k.then(10)) as s10 ->
                queue(k.cap(11)) as s11 -> then(k.then(12)) as s12,
        ) as s1 -> map_async(k.n(13), k.then_tried(13))? as s13 -> filter(k.filter(14)) as s14 -> broadcast {
            then(k.then(16)) as s16 -> then(k.then_tried(17))? as s17 -> for_each_async(k.n(18), k.sink_async(18))
                as s18,
            map(k.tried(19))? as s19 -> map_async_unordered(k.n(20), k.then(20)) as s20,
        } as s15 -> queue(k.cap(21), low = k.low(21)) as s21 -> map(k.map(22)) as s22 -> map(k.seen(23)) as s23 ->
            collect::<Vec<u64>>()
    }
    "prefer then broadcast" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.source(2)) as s2 -> queue(k.cap(3), overflow = drop_newest) as s3,
            iter(k.iter(4)) as s4 -> queue(k.cap(5), overflow = drop_oldest) as s5 -> then(k.then(6)) as s6,
        ) as s1 -> inspect(k.inspect(7)) as s7 -> map_async(k.n(8), k.then_tried(8))? as s8 -> broadcast {
            map(k.tried(10))? as s10 -> throttle(k.n(11), k.period(11)) as s11,
            map(k.tried(12))? as s12 -> delay(k.period(13)) as s13,
        } as s9 -> queue(k.cap(14), low = k.low(14)) as s14 -> then(k.then(15)) as s15 ->
            map_async_unordered(k.n(16), k.then(16)) as s16 -> map(k.seen(17)) as s17 -> first()
    }
    "tap.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> tap {
            queue(k.cap(3), overflow = drop_oldest) as s3 -> then(k.then(4)) as s4 -> queue(k.cap(5), overflow =
                drop_newest) as s5 -> map(k.map(6)) as s6 -> for_each(k.sink(7)) as s7
        } as s2 -> queue(k.cap(8), low = k.low(8)) as s8 -> map(k.map(9)) as s9 -> fold(Vec::new(), k.fold(10)) as
            s10
    }
    "tap.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> inspect(k.inspect(2)) as s2 -> then(k.then_tried(3))? as s3 -> tap {
            queue(k.cap(5), overflow = drop_oldest) as s5 -> map(k.map(6)) as s6 -> for_each_async(k.n(7),
                k.sink_async(7)) as s7
        } as s4 -> for_each_async(k.n(8), k.sink_async(8)) as s8
    }
    "tap.2" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> tap {
            queue(k.cap(3), overflow = drop_newest) as s3 -> map(k.map(4)) as s4 -> for_each(k.sink_tried(5))? as s5
        } as s2 -> filter(k.filter(6)) as s6 -> map_async_unordered(k.n(7), k.then(7)) as s7 -> queue(k.cap(8),
            overflow = drop_newest) as s8 -> then(k.then(9)) as s9 -> map(k.seen(10)) as s10 -> first()
    }
    "tap/match.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> tap {
            queue(k.cap(3), overflow = drop_newest) as s3 -> map(k.map(4)) as s4 -> then(k.then_tried(5))? as s5 ->
                match {
                x if x.goes(6, 0, 3) => x -> then(k.then(7)) as s7 -> map(k.seen(8)) as s8 -> collect::<Vec<u64>>(),
                x if x.goes(6, 1, 3) => x -> map(k.map(9)) as s9 -> filter_async(k.filter_async(10)) as s10 ->
                    for_each_async(k.n(11), k.sink_async(11)) as s11,
                x => x -> map(k.tried(12))? as s12 -> for_each(k.sink(13)) as s13,
            } as s6
        } as s2 -> batch(k.n(14), k.period(14)) as s14 -> flatten() -> for_each_async(k.n(15), k.sink_async(15)) as
            s15
    }
    "tap/match.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> map_async(k.n(2), k.then(2)) as s2 -> then(k.then(3)) as s3 -> tap {
            queue(k.cap(5), overflow = drop_newest) as s5 -> map(k.tried(6))? as s6 -> inspect(k.inspect(7)) as s7
                -> match {
                x if x.goes(8, 0, 2) => x -> map(k.map(9)) as s9 -> for_each_async(k.n(10), k.sink_async_tried(10))?
                    as s10,
                x => x -> map(k.tried(11))? as s11 -> queue(k.cap(12)) as s12 -> map(k.map(13)) as s13 ->
                    fold(Vec::new(), k.fold(14)) as s14,
            } as s8
        } as s4 -> queue(k.cap(15), overflow = drop_newest) as s15 -> map(k.map(16)) as s16 -> queue(k.cap(17)) as
            s17 -> then(k.then(18)) as s18 -> for_each_async(k.n(19), k.sink_async_tried(19))? as s19
    }
    "tap then match" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> tap {
            queue(k.cap(3), overflow = drop_oldest) as s3 -> then(k.then(4)) as s4 -> for_each_async(k.n(5),
                k.sink_async(5)) as s5
        } as s2 -> match {
            x if x.goes(6, 0, 2) => x -> queue(k.cap(7), overflow = drop_newest) as s7 -> then(k.then(8)) as s8 ->
                queue(k.cap(9)) as s9 -> then(k.then(10)) as s10,
            x => x -> map(k.map(11)) as s11 -> filter_async(k.filter_async(12)) as s12 -> map(k.seen(13)) as s13 ->
                count(),
        } as s6 -> queue(k.cap(14), overflow = drop_newest) as s14 -> then(k.then(15)) as s15 -> queue(k.cap(16),
            low = k.low(16)) as s16 -> map(k.map(17)) as s17 -> for_each_async(k.n(18), k.sink_async(18)) as s18
    }
    "tap/broadcast.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> take(k.take(2)) as s2 -> throttle(k.n(3), k.period(3)) as s3 -> tap {
            queue(k.cap(5), overflow = drop_newest) as s5 -> map(k.map(6)) as s6 -> queue(k.cap(7)) as s7 ->
                map(k.map(8)) as s8 -> broadcast {
                map(k.map(10)) as s10 -> map(k.seen(11)) as s11 -> count(),
                then(k.then(12)) as s12 -> chunks(k.n(13)) as s13 -> flatten() -> for_each_async(k.n(14),
                    k.sink_async(14)) as s14,
                map(k.map(15)) as s15 -> queue(k.cap(16), low = k.low(16)) as s16 -> then(k.then(17)) as s17 ->
                    for_each(k.sink(18)) as s18,
            } as s9
        } as s4 -> throttle(k.n(19), k.period(19)) as s19 -> queue(k.cap(20), low = k.low(20)) as s20 ->
            then(k.then(21)) as s21 -> for_each_async(k.n(22), k.sink_async_tried(22))? as s22
    }
    "tap/broadcast.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> take(k.take(2)) as s2 -> then(k.then_tried(3))? as s3 -> tap {
            queue(k.cap(5), overflow = drop_oldest) as s5 -> then(k.then(6)) as s6 -> then(k.then(7)) as s7 ->
                broadcast {
                map(k.tried(9))? as s9 -> map(k.seen(10)) as s10 -> count(),
                map(k.tried(11))? as s11 -> map(k.seen(12)) as s12 -> collect::<Vec<u64>>(),
            } as s8
        } as s4 -> for_each(k.sink_tried(13))? as s13
    }
    "tap then broadcast" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> map_async(k.n(2), k.then_tried(2))? as s2 -> tap {
            queue(k.cap(4), overflow = drop_newest) as s4 -> map(k.map(5)) as s5 -> for_each(k.sink(6)) as s6
        } as s3 -> map_async(k.n(7), k.then(7)) as s7 -> broadcast {
            map(k.map(9)) as s9 -> map_async_unordered(k.n(10), k.then(10)) as s10 -> for_each_async(k.n(11),
                k.sink_async(11)) as s11,
            map(k.tried(12))? as s12,
        } as s8 -> queue(k.cap(13)) as s13 -> map(k.map(14)) as s14 -> fold(Vec::new(), k.fold(15)) as s15
    }
    "tap/tap.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> inspect(k.inspect(2)) as s2 -> tap {
            queue(k.cap(4), overflow = drop_oldest) as s4 -> then(k.then(5)) as s5 -> tap {
                queue(k.cap(7), overflow = drop_newest) as s7 -> map(k.map(8)) as s8 -> map(k.seen(9)) as s9 ->
                    count()
            } as s6 -> map(k.seen(10)) as s10 -> count()
        } as s3 -> for_each(k.sink(11)) as s11
    }
    "tap/tap.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> tap {
            queue(k.cap(3), overflow = drop_newest) as s3 -> map(k.map(4)) as s4 -> batch(k.n(5), k.period(5)) as s5
                -> flatten() -> tap {
                queue(k.cap(7), overflow = drop_oldest) as s7 -> map(k.map(8)) as s8 -> map(k.seen(9)) as s9 ->
                    collect::<Vec<u64>>()
            } as s6 -> for_each(k.sink(10)) as s10
        } as s2 -> queue(k.cap(11)) as s11 -> map(k.map(12)) as s12 -> for_each_async(k.n(13),
            k.sink_async_tried(13))? as s13
    }
    "tap then tap" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> inspect(k.inspect(2)) as s2 -> tap {
            queue(k.cap(4), overflow = drop_oldest) as s4 -> map(k.tried(5))? as s5 -> for_each_async(k.n(6),
                k.sink_async(6)) as s6
        } as s3 -> tap {
            queue(k.cap(8), overflow = drop_newest) as s8 -> map(k.tried(9))? as s9 -> batch(k.n(10), k.period(10))
                as s10 -> flatten() -> for_each_async(k.n(11), k.sink_async_tried(11))? as s11
        } as s7 -> take(k.take(12)) as s12 -> map(k.seen(13)) as s13 -> collect::<Vec<u64>>()
    }
    "tap/parallel.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> then(k.then(2)) as s2 -> tap {
            queue(k.cap(4), overflow = drop_newest) as s4 -> then(k.then(5)) as s5 -> parallel(k.n(6)) {
                map(k.map(7)) as s7
            } as s6 -> delay(k.period(8)) as s8 -> for_each(k.sink(9)) as s9
        } as s3 -> take(k.take(10)) as s10 -> map(k.seen(11)) as s11 -> count()
    }
    "tap/parallel.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> map(k.map(2)) as s2 -> tap {
            queue(k.cap(4), overflow = drop_oldest) as s4 -> map(k.map(5)) as s5 -> then(k.then(6)) as s6 ->
                parallel(k.n(7)) {
                map(k.tried(8))? as s8 -> filter_async(k.filter_async(9)) as s9 -> for_each_async(k.n(10),
                    k.sink_async_tried(10))? as s10
            } as s7
        } as s3 -> map_async(k.n(11), k.then_tried(11))? as s11 -> queue(k.cap(12), low = k.low(12)) as s12 ->
            then(k.then(13)) as s13 -> for_each(k.sink(14)) as s14
    }
    "tap then parallel" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> queue(k.cap(2), low = k.low(2)) as s2 -> then(k.then(3)) as s3 -> tap {
            queue(k.cap(5), overflow = drop_oldest) as s5 -> map(k.map(6)) as s6 -> queue(k.cap(7)) as s7 ->
                map(k.map(8)) as s8 -> for_each(k.sink(9)) as s9
        } as s4 -> parallel(k.n(10)) {
            map(k.tried(11))? as s11 -> map_async_unordered(k.n(12), k.then(12)) as s12
        } as s10 -> take(k.take(13)) as s13 -> for_each_async(k.n(14), k.sink_async_tried(14))? as s14
    }
    "merge then tap" => {
        #![queue = k.cap(0)]
        merge(
            from(k.source(2)) as s2 -> filter_async(k.filter_async(3)) as s3 -> map_async(k.n(4), k.then(4)) as s4,
            iter(k.iter(5)) as s5 -> delay(k.period(6)) as s6,
        ) as s1 -> throttle(k.n(7), k.period(7)) as s7 -> filter_async(k.filter_async(8)) as s8 -> tap {
            queue(k.cap(10), overflow = drop_newest) as s10 -> map(k.map(11)) as s11 -> inspect(k.inspect(12)) as
                s12 -> fold(Vec::new(), k.fold(13)) as s13
        } as s9 -> map(k.seen(14)) as s14 -> first()
    }
    "concat then tap" => {
        #![queue = k.cap(0)]
        concat(
            from(k.source(2)) as s2 -> throttle(k.n(3), k.period(3)) as s3,
            from(k.asking(4)) as s4,
        ) as s1 -> then(k.then(5)) as s5 -> take(k.take(6)) as s6 -> tap {
            queue(k.cap(8), overflow = drop_oldest) as s8 -> map(k.map(9)) as s9 -> filter(k.filter(10)) as s10 ->
                fold(Vec::new(), k.fold(11)) as s11
        } as s7 -> filter(k.filter(12)) as s12 -> fold(Vec::new(), k.fold(13)) as s13
    }
    "zip then tap" => {
        #![queue = k.cap(0)]
        zip(
            from(k.source(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3,
            iter(k.iter(4)) as s4 -> then(k.then(5)) as s5 -> queue(k.cap(6)) as s6,
        ) as s1 -> map(k.join(1)) as j1 -> map_async_unordered(k.n(7), k.then(7)) as s7 -> tap {
            queue(k.cap(9), overflow = drop_oldest) as s9 -> then(k.then(10)) as s10 -> for_each_async(k.n(11),
                k.sink_async(11)) as s11
        } as s8 -> delay(k.period(12)) as s12 -> map_async(k.n(13), k.then_tried(13))? as s13 ->
            for_each(k.sink(14)) as s14
    }
    "interleave then tap" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.source(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> map(k.map(4)) as s4 ->
                queue(k.cap(5), low = k.low(5)) as s5,
            from(k.source(6)) as s6 -> batch(k.n(7), k.period(7)) as s7 -> flatten() -> queue(k.cap(8)) as s8,
            from(k.asking(9)) as s9 -> queue(k.cap(10)) as s10 -> map(k.map(11)) as s11 -> map(k.tried(12))? as s12,
        ) as s1 -> tap {
            queue(k.cap(14), overflow = drop_oldest) as s14 -> then(k.then(15)) as s15 -> flat_map(k.flat(16)) as
                s16 -> map(k.seen(17)) as s17 -> collect::<Vec<u64>>()
        } as s13 -> map(k.seen(18)) as s18 -> count()
    }
    "prefer then tap" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.source(2)) as s2 -> queue(k.cap(3)) as s3,
            from(k.asking(4)) as s4 -> queue(k.cap(5)) as s5 -> map(k.map(6)) as s6 -> then(k.then(7)) as s7 ->
                queue(k.cap(8)) as s8,
        ) as s1 -> filter_async(k.filter_async(9)) as s9 -> map_async(k.n(10), k.then_tried(10))? as s10 -> tap {
            queue(k.cap(12), overflow = drop_newest) as s12 -> map(k.tried(13))? as s13 -> map_async(k.n(14),
                k.then_tried(14))? as s14 -> map(k.seen(15)) as s15 -> count()
        } as s11 -> for_each(k.sink_tried(16))? as s16
    }
}
