//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "parallel then copies" => {
        #![queue = k.cap(0)]
        let (a, b, c) = iter(k.iter(1)) as s1 -> parallel(k.n(2)) {
            then(k.then(3)) as s3
        } as s2 -> broadcast as s4;
        a -> queue(k.cap(5), low = k.low(5)) as s5 -> map(k.tried(6))? as s6 -> queue(k.cap(7), low = k.low(7)) as
            s7 -> map(k.map(8)) as s8 -> throttle(k.n(9), k.period(9)) as s9 -> for_each(k.sink(10)) as s10;
        b -> map(k.map(11)) as s11 -> fold(Vec::new(), k.fold(12)) as s12;
        c -> map(k.tried(13))? as s13 -> take(k.take(14)) as s14 -> queue(k.cap(15)) as s15 -> then(k.then(16)) as
            s16 -> for_each_async(k.n(17), k.sink_async_tried(17))? as s17
    }
    "copies/copies" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.source(1)) as s1 -> queue(k.cap(2), overflow = drop_oldest) as s2 -> then(k.then(3))
            as s3 -> map_async(k.n(4), k.then(4)) as s4 -> broadcast as s5;
        let (x, y) = a -> map(k.tried(6))? as s6 -> broadcast as s7;
        x -> map(k.map(8)) as s8 -> map(k.tried(9))? as s9 -> queue(k.cap(10), overflow = fail) as s10 ->
            then(k.then(11)) as s11 -> for_each_async(k.n(12), k.sink_async(12)) as s12;
        y -> map(k.map(13)) as s13 -> then(k.then_tried(14))? as s14 -> for_each_async(k.n(15), k.sink_async(15)) as
            s15;
        b -> then(k.then(16)) as s16 -> queue(k.cap(17), overflow = drop_newest) as s17 -> map(k.map(18)) as s18 ->
            queue(k.cap(19)) as s19 -> map(k.map(20)) as s20 -> for_each(k.sink_tried(21))? as s21;
        c -> queue(k.cap(22), low = k.low(22)) as s22 -> map(k.map(23)) as s23 -> queue(k.cap(24), overflow =
            drop_oldest) as s24 -> map(k.map(25)) as s25 -> queue(k.cap(26), overflow = drop_newest) as s26 ->
            then(k.then(27)) as s27 -> map(k.seen(28)) as s28 -> count()
    }
    "copies then copies" => {
        #![queue = k.cap(0)]
        let (d, e) = from(k.asking(1)) as s1 -> queue(k.cap(2), low = k.low(2)) as s2 -> map(k.map(3)) as s3 ->
            broadcast as s4;
        let (a, b, c) = e -> broadcast as s11;
        d -> map(k.map(5)) as s5 -> queue(k.cap(6)) as s6 -> map(k.map(7)) as s7 -> queue(k.cap(8), low = k.low(8))
            as s8 -> then(k.then(9)) as s9 -> for_each_async(k.n(10), k.sink_async(10)) as s10;
        a -> map(k.map(12)) as s12 -> map(k.seen(13)) as s13 -> collect::<Vec<u64>>();
        b -> map(k.map(14)) as s14 -> inspect(k.inspect(15)) as s15 -> map(k.map(16)) as s16 ->
            for_each_async(k.n(17), k.sink_async_tried(17))? as s17;
        c -> queue(k.cap(18), overflow = drop_oldest) as s18 -> map(k.map(19)) as s19 ->
            filter_async(k.filter_async(20)) as s20 -> fold(Vec::new(), k.fold(21)) as s21
    }
    "merge.0" => {
        #![queue = k.cap(0)]
        merge(
            from(k.source(2)) as s2 -> throttle(k.n(3), k.period(3)) as s3 -> chunks(k.n(4)) as s4 -> flatten(),
            iter(k.iter(5)) as s5 -> map(k.tried(6))? as s6,
            from(k.asking(7)) as s7 -> queue(k.cap(8), overflow = drop_newest) as s8 -> map(k.map(9)) as s9 ->
                queue(k.cap(10), overflow = fail) as s10,
        ) as s1 -> inspect(k.inspect(11)) as s11 -> map(k.seen(12)) as s12 -> collect::<Vec<u64>>()
    }
    "merge.1" => {
        #![queue = k.cap(0)]
        merge(
            iter(k.iter(2)) as s2 -> filter_async(k.filter_async(3)) as s3 -> queue(k.cap(4), overflow =
                drop_newest) as s4,
            from(k.source(5)) as s5 -> map(k.map(6)) as s6 -> filter_async(k.filter_async(7)) as s7 ->
                queue(k.cap(8)) as s8,
            from(k.source(9)) as s9 -> queue(k.cap(10), low = k.low(10)) as s10 -> then(k.then(11)) as s11,
        ) as s1 -> map(k.seen(12)) as s12 -> collect::<Vec<u64>>()
    }
    "merge.2" => {
        #![queue = k.cap(0)]
        merge(
            from(k.source(2)) as s2 -> delay(k.period(3)) as s3,
            from(k.asking(4)) as s4,
            from(k.source(5)) as s5 -> batch(k.n(6), k.period(6)) as s6 -> flatten() -> inspect(k.inspect(7)) as s7,
        ) as s1 -> queue(k.cap(8), overflow = drop_newest) as s8 -> then(k.then(9)) as s9 -> queue(k.cap(10),
            overflow = fail) as s10 -> map(k.map(11)) as s11 -> map_async(k.n(12), k.then(12)) as s12 ->
            for_each(k.sink_tried(13))? as s13
    }
    "merge/match" => {
        #![queue = k.cap(0)]
        merge(
            from(k.source(2)) as s2 -> map_async_unordered(k.n(3), k.then(3)) as s3,
            from(k.asking(4)) as s4 -> queue(k.cap(5), overflow = drop_newest) as s5 -> map(k.map(6)) as s6 ->
                take(k.take(7)) as s7 -> match {
                x if x.goes(8, 0, 2) => x -> map(k.tried(9))? as s9 -> map(k.map(10)) as s10,
                x => x -> map(k.map(11)) as s11 -> map(k.seen(12)) as s12 -> count(),
            } as s8 -> queue(k.cap(13), overflow = drop_oldest) as s13,
            from(k.source(14)) as s14,
        ) as s1 -> then(k.then(15)) as s15 -> then(k.then_tried(16))? as s16 -> for_each(k.sink(17)) as s17
    }
    "merge/broadcast" => {
        #![queue = k.cap(0)]
        merge(
            from(k.source(2)) as s2 -> then(k.then(3)) as s3 -> queue(k.cap(4)) as s4 -> then(k.then(5)) as s5 ->
                broadcast {
                queue(k.cap(7), overflow = drop_oldest) as s7 -> map(k.map(8)) as s8 -> queue(k.cap(9)) as s9 ->
                    map(k.map(10)) as s10 -> map(k.seen(11)) as s11 -> count(),
                map(k.map(12)) as s12 -> map(k.tried(13))? as s13 -> fold(Vec::new(), k.fold(14)) as s14,
                queue(k.cap(15), low = k.low(15)) as s15 -> then(k.then(16)) as s16,
            } as s6 -> queue(k.cap(17)) as s17,
            from(k.source(18)) as s18 -> flat_map(k.flat(19)) as s19 -> map(k.map(20)) as s20 -> queue(k.cap(21)) as
                s21,
        ) as s1 -> map(k.map(22)) as s22 -> queue(k.cap(23)) as s23 -> map(k.map(24)) as s24 ->
            inspect(k.inspect(25)) as s25 -> map(k.seen(26)) as s26 -> collect::<Vec<u64>>()
    }
    "merge/tap" => {
        #![queue = k.cap(0)]
        merge(
            from(k.source(2)) as s2 -> queue(k.cap(3)) as s3 -> then(k.then(4)) as s4 -> queue(k.cap(5), low =
                k.low(5)) as s5 -> map(k.map(6)) as s6 -> tap {
                queue(k.cap(8), overflow = drop_oldest) as s8 -> map(k.map(9)) as s9 -> fold(Vec::new(), k.fold(10))
                    as s10
            } as s7,
            from(k.source(11)) as s11,
        ) as s1 -> inspect(k.inspect(12)) as s12 -> fold(Vec::new(), k.fold(13)) as s13
    }
    "merge/parallel" => {
        #![queue = k.cap(0)]
        merge(
            from(k.asking(2)) as s2,
            from(k.asking(3)) as s3 -> filter(k.filter(4)) as s4 -> queue(k.cap(5), low = k.low(5)) as s5 ->
                map(k.map(6)) as s6 -> parallel(k.n(7)) {
                map(k.map(8)) as s8
            } as s7,
        ) as s1 -> for_each_async(k.n(9), k.sink_async(9)) as s9
    }
    "merge/merge" => {
        #![queue = k.cap(0)]
        merge(
            merge(
                iter(k.iter(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as s4,
                iter(k.iter(5)) as s5 -> then(k.then_tried(6))? as s6 -> queue(k.cap(7), low = k.low(7)) as s7,
                from(k.asking(8)) as s8 -> filter(k.filter(9)) as s9 -> map(k.map(10)) as s10 -> queue(k.cap(11),
                    low = k.low(11)) as s11,
            ) as s2,
            from(k.source(12)) as s12 -> queue(k.cap(13), low = k.low(13)) as s13 -> then(k.then(14)) as s14,
            iter(k.iter(15)) as s15 -> batch(k.n(16), k.period(16)) as s16 -> flatten() -> queue(k.cap(17), low =
                k.low(17)) as s17 -> map(k.map(18)) as s18 -> queue(k.cap(19), low = k.low(19)) as s19,
        ) as s1 -> filter_async(k.filter_async(20)) as s20 -> then(k.then_tried(21))? as s21 -> for_each(k.sink(22))
            as s22
    }
    "merge/concat" => {
        #![queue = k.cap(0)]
        merge(
            iter(k.iter(2)) as s2 -> queue(k.cap(3), overflow = fail) as s3 -> then(k.then(4)) as s4 ->
                queue(k.cap(5), low = k.low(5)) as s5,
            iter(k.iter(6)) as s6 -> map_async(k.n(7), k.then_tried(7))? as s7,
            concat(
                from(k.asking(9)) as s9 -> queue(k.cap(10)) as s10,
                from(k.asking(11)) as s11,
            ) as s8 -> queue(k.cap(12)) as s12,
        ) as s1 -> then(k.then(13)) as s13 -> for_each(k.sink(14)) as s14
    }
    "merge/zip" => {
        #![queue = k.cap(0)]
        merge(
            zip(
                from(k.asking(3)) as s3,
                from(k.source(4)) as s4 -> queue(k.cap(5)) as s5 -> then(k.then(6)) as s6 -> queue(k.cap(7), low =
                    k.low(7)) as s7 -> map(k.map(8)) as s8 -> queue(k.cap(9), low = k.low(9)) as s9,
            ) as s2 -> map(k.join(2)) as j2 -> queue(k.cap(10), overflow = drop_oldest) as s10 -> map(k.map(11)) as
                s11,
            from(k.source(12)) as s12 -> take(k.take(13)) as s13,
            from(k.asking(14)) as s14 -> map_async(k.n(15), k.then_tried(15))? as s15 -> filter(k.filter(16)) as
                s16,
        ) as s1 -> take(k.take(17)) as s17 -> delay(k.period(18)) as s18 -> for_each(k.sink_tried(19))? as s19
    }
    "merge/interleave" => {
        #![queue = k.cap(0)]
        merge(
            interleave(
                iter(k.iter(3)) as s3 -> queue(k.cap(4), overflow = drop_newest) as s4 -> map(k.map(5)) as s5,
                iter(k.iter(6)) as s6,
                from(k.asking(7)) as s7 -> map(k.tried(8))? as s8 -> queue(k.cap(9), overflow = drop_oldest) as s9
                    -> map(k.map(10)) as s10,
            ) as s2 -> inspect(k.inspect(11)) as s11 -> map(k.tried(12))? as s12 -> queue(k.cap(13), low =
                k.low(13)) as s13,
            from(k.asking(14)) as s14 -> queue(k.cap(15), low = k.low(15)) as s15,
        ) as s1 -> queue(k.cap(16), overflow = drop_oldest) as s16 -> map(k.map(17)) as s17 -> map_async(k.n(18),
            k.then_tried(18))? as s18 -> map_async(k.n(19), k.then(19)) as s19 -> map(k.seen(20)) as s20 -> first()
    }
    "merge/prefer" => {
        #![queue = k.cap(0)]
        merge(
            prefer(
                from(k.asking(3)) as s3 -> filter_async(k.filter_async(4)) as s4 -> flat_map(k.flat(5)) as s5,
                from(k.source(6)) as s6,
            ) as s2 -> queue(k.cap(7), low = k.low(7)) as s7 -> then(k.then(8)) as s8 -> queue(k.cap(9)) as s9,
            from(k.source(10)) as s10 -> queue(k.cap(11)) as s11 -> then(k.then(12)) as s12,
        ) as s1 -> delay(k.period(13)) as s13 -> queue(k.cap(14), overflow = drop_oldest) as s14 -> then(k.then(15))
            as s15 -> for_each_async(k.n(16), k.sink_async_tried(16))? as s16
    }
    "merge/copies" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(2)) as s2 -> broadcast as s3;
        b -> queue(k.cap(4), low = k.low(4)) as s4 -> map(k.map(5)) as s5 -> queue(k.cap(6)) as s6 -> map(k.map(7))
            as s7 -> queue(k.cap(8)) as s8 -> then(k.then(9)) as s9 -> flat_map(k.flat(10)) as s10 ->
            fold(Vec::new(), k.fold(11)) as s11;
        merge(
            a -> queue(k.cap(12), low = k.low(12)) as s12 -> then(k.then(13)) as s13,
            from(k.asking(14)) as s14 -> queue(k.cap(15), low = k.low(15)) as s15,
        ) as s1 -> map(k.seen(16)) as s16 -> first()
    }
    "diamond merge.0" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> queue(k.cap(2), low = k.low(2)) as s2 -> map(k.map(3)) as s3 ->
            broadcast as s4;
        merge(
            a -> map(k.map(5)) as s5 -> inspect(k.inspect(6)) as s6 -> queue(k.cap(7)) as s7 -> map(k.map(8)) as s8,
            b -> map(k.map(9)) as s9 -> take(k.take(10)) as s10 -> map(k.map(11)) as s11,
            c -> map(k.map(12)) as s12 -> filter(k.filter(13)) as s13,
        ) as s14 -> queue(k.cap(15), overflow = drop_oldest) as s15 -> then(k.then(16)) as s16 -> queue(k.cap(17),
            overflow = drop_newest) as s17 -> map(k.map(18)) as s18 -> map(k.seen(19)) as s19 -> count()
    }
    "diamond merge.1" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> delay(k.period(2)) as s2 -> then(k.then_tried(3))? as s3 -> broadcast
            as s4;
        merge(
            a -> map(k.map(5)) as s5 -> queue(k.cap(6), overflow = drop_oldest) as s6 -> then(k.then(7)) as s7,
            b -> map(k.map(8)) as s8 -> chunks(k.n(9)) as s9 -> flatten() -> throttle(k.n(10), k.period(10)) as s10,
        ) as s11 -> queue(k.cap(12), low = k.low(12)) as s12 -> then(k.then(13)) as s13 -> for_each_async(k.n(14),
            k.sink_async_tried(14))? as s14
    }
    "diamond merge.2" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> then(k.then(2)) as s2 -> broadcast as s3;
        merge(
            a -> map(k.map(4)) as s4 -> inspect(k.inspect(5)) as s5,
            b -> map(k.map(6)) as s6 -> then(k.then_tried(7))? as s7,
        ) as s8 -> then(k.then(9)) as s9 -> flat_map(k.flat(10)) as s10 -> map(k.seen(11)) as s11 ->
            collect::<Vec<u64>>()
    }
    "diamond merge.3" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> broadcast as s2;
        merge(
            a -> map(k.map(3)) as s3,
            b -> map(k.map(4)) as s4 -> queue(k.cap(5)) as s5 -> map(k.map(6)) as s6 -> then(k.then_tried(7))? as
                s7,
        ) as s8 -> delay(k.period(9)) as s9 -> map(k.seen(10)) as s10 -> collect::<Vec<u64>>()
    }
    "diamond merge/match" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.source(1)) as s1 -> broadcast as s2;
        merge(
            a -> map(k.map(3)) as s3 -> map_async(k.n(4), k.then_tried(4))? as s4 -> queue(k.cap(5), overflow =
                fail) as s5 -> then(k.then(6)) as s6 -> match {
                x if x.goes(7, 0, 2) => x -> map(k.tried(8))? as s8 -> map(k.map(9)) as s9,
                x => x -> map(k.map(10)) as s10 -> filter(k.filter(11)) as s11,
            } as s7,
            b -> map(k.map(12)) as s12,
            c -> map(k.map(13)) as s13,
        ) as s14 -> then(k.then_tried(15))? as s15 -> fold(Vec::new(), k.fold(16)) as s16
    }
    "diamond merge/broadcast" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> flat_map(k.flat(2)) as s2 -> broadcast as s3;
        merge(
            a -> map(k.map(4)) as s4 -> queue(k.cap(5), low = k.low(5)) as s5 -> then(k.then(6)) as s6 -> broadcast
                {
                map(k.map(8)) as s8 -> chunks(k.n(9)) as s9 -> flatten(),
                then(k.then(10)) as s10 -> map(k.map(11)) as s11,
                map(k.tried(12))? as s12,
            } as s7,
            b -> map(k.map(13)) as s13,
        ) as s14 -> queue(k.cap(15)) as s15 -> then(k.then(16)) as s16 -> map(k.seen(17)) as s17 ->
            collect::<Vec<u64>>()
    }
    "diamond merge/tap" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> broadcast as s2;
        merge(
            a -> map(k.map(3)) as s3 -> then(k.then_tried(4))? as s4 -> tap {
                queue(k.cap(6), overflow = drop_newest) as s6 -> map(k.map(7)) as s7 -> for_each_async(k.n(8),
                    k.sink_async(8)) as s8
            } as s5,
            b -> map(k.map(9)) as s9 -> map_async(k.n(10), k.then_tried(10))? as s10,
        ) as s11 -> map(k.map(12)) as s12 -> map_async(k.n(13), k.then(13)) as s13 -> for_each_async(k.n(14),
            k.sink_async(14)) as s14
    }
    "diamond merge/parallel" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.source(1)) as s1 -> broadcast as s2;
        merge(
            a -> map(k.map(3)) as s3 -> delay(k.period(4)) as s4 -> parallel(k.n(5)) {
                map(k.tried(6))? as s6 -> queue(k.cap(7), overflow = drop_oldest) as s7 -> map(k.map(8)) as s8
            } as s5,
            b -> map(k.map(9)) as s9 -> queue(k.cap(10), low = k.low(10)) as s10 -> map(k.map(11)) as s11,
            c -> map(k.map(12)) as s12 -> queue(k.cap(13), low = k.low(13)) as s13 -> then(k.then(14)) as s14,
        ) as s15 -> map_async_unordered(k.n(16), k.then(16)) as s16 -> map_async_unordered(k.n(17), k.then(17)) as
            s17 -> for_each_async(k.n(18), k.sink_async(18)) as s18
    }
    "concat.0" => {
        #![queue = k.cap(0)]
        concat(
            iter(k.iter(2)) as s2 -> queue(k.cap(3), overflow = drop_newest) as s3,
            from(k.asking(4)) as s4,
            from(k.asking(5)) as s5 -> queue(k.cap(6), overflow = drop_newest) as s6,
        ) as s1 -> map_async(k.n(7), k.then_tried(7))? as s7 -> map_async(k.n(8), k.then(8)) as s8 -> map(k.map(9))
            as s9 -> for_each_async(k.n(10), k.sink_async(10)) as s10
    }
    "concat.1" => {
        #![queue = k.cap(0)]
        concat(
            from(k.asking(2)) as s2 -> map(k.tried(3))? as s3 -> queue(k.cap(4), overflow = drop_newest) as s4,
            from(k.source(5)) as s5,
        ) as s1 -> batch(k.n(6), k.period(6)) as s6 -> flatten() -> for_each_async(k.n(7), k.sink_async(7)) as s7
    }
    "concat.2" => {
        #![queue = k.cap(0)]
        concat(
            iter(k.iter(2)) as s2,
            from(k.source(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as s4,
        ) as s1 -> map(k.tried(5))? as s5 -> queue(k.cap(6)) as s6 -> map(k.map(7)) as s7 ->
            for_each(k.sink_tried(8))? as s8
    }
    "concat/match" => {
        #![queue = k.cap(0)]
        concat(
            from(k.source(2)) as s2 -> queue(k.cap(3)) as s3 -> then(k.then(4)) as s4,
            from(k.asking(5)) as s5 -> queue(k.cap(6)) as s6 -> map(k.map(7)) as s7 -> match {
                x if x.goes(8, 0, 3) => x -> map(k.map(9)) as s9 -> queue(k.cap(10), overflow = drop_oldest) as s10
                    -> then(k.then(11)) as s11,
                x if x.goes(8, 1, 3) => x -> then(k.then(12)) as s12 -> then(k.then_tried(13))? as s13 ->
                    for_each_async(k.n(14), k.sink_async(14)) as s14,
                x => x -> queue(k.cap(15), overflow = drop_oldest) as s15 -> map(k.map(16)) as s16 ->
                    for_each(k.sink_tried(17))? as s17,
            } as s8,
        ) as s1 -> batch(k.n(18), k.period(18)) as s18 -> flatten() -> for_each_async(k.n(19), k.sink_async(19)) as
            s19
    }
    "concat/broadcast" => {
        #![queue = k.cap(0)]
        concat(
            from(k.source(2)) as s2,
            from(k.asking(3)) as s3 -> map(k.map(4)) as s4,
            from(k.asking(5)) as s5 -> queue(k.cap(6), overflow = drop_newest) as s6 -> map(k.map(7)) as s7 ->
                queue(k.cap(8), overflow = drop_newest) as s8 -> then(k.then(9)) as s9 -> broadcast {
                map(k.map(11)) as s11 -> take(k.take(12)) as s12,
                map(k.map(13)) as s13 -> queue(k.cap(14), overflow = fail) as s14 -> map(k.map(15)) as s15,
                map(k.map(16)) as s16,
            } as s10 -> queue(k.cap(17), overflow = drop_newest) as s17,
        ) as s1 -> map_async_unordered(k.n(18), k.then(18)) as s18 -> fold(Vec::new(), k.fold(19)) as s19
    }
    "concat/tap" => {
        #![queue = k.cap(0)]
        concat(
            from(k.asking(2)) as s2 -> map(k.tried(3))? as s3,
            from(k.asking(4)) as s4 -> queue(k.cap(5), low = k.low(5)) as s5 -> then(k.then(6)) as s6 ->
                map(k.map(7)) as s7 -> tap {
                queue(k.cap(9), overflow = drop_newest) as s9 -> map(k.map(10)) as s10 -> for_each_async(k.n(11),
                    k.sink_async(11)) as s11
            } as s8,
        ) as s1 -> queue(k.cap(12), overflow = drop_oldest) as s12 -> map(k.map(13)) as s13 -> fold(Vec::new(),
            k.fold(14)) as s14
    }
}
