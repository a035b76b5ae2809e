//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "concat/parallel" => {
        #![queue = k.cap(0)]
        concat(
            from(k.asking(2)) as s2 -> filter(k.filter(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as s4 ->
                map(k.map(5)) as s5 -> parallel(k.n(6)) {
                map(k.tried(7))? as s7
            } as s6,
            from(k.asking(8)) as s8,
            from(k.source(9)) as s9 -> inspect(k.inspect(10)) as s10,
        ) as s1 -> queue(k.cap(11), overflow = fail) as s11 -> then(k.then(12)) as s12 -> queue(k.cap(13)) as s13 ->
            map(k.map(14)) as s14 -> for_each_async(k.n(15), k.sink_async(15)) as s15
    }
    "concat/merge" => {
        #![queue = k.cap(0)]
        concat(
            from(k.source(2)) as s2 -> queue(k.cap(3)) as s3 -> map(k.map(4)) as s4,
            merge(
                iter(k.iter(6)) as s6,
                from(k.asking(7)) as s7 -> queue(k.cap(8)) as s8 -> then(k.then(9)) as s9,
                from(k.asking(10)) as s10 -> queue(k.cap(11)) as s11 -> then(k.then(12)) as s12,
            ) as s5 -> queue(k.cap(13), low = k.low(13)) as s13 -> then(k.then(14)) as s14 -> queue(k.cap(15), low =
                k.low(15)) as s15 -> map(k.map(16)) as s16 -> queue(k.cap(17)) as s17,
        ) as s1 -> map(k.seen(18)) as s18 -> collect::<Vec<u64>>()
    }
    "concat/concat" => {
        #![queue = k.cap(0)]
        concat(
            concat(
                from(k.asking(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as s4 -> map(k.map(5)) as s5,
                from(k.source(6)) as s6 -> chunks(k.n(7)) as s7 -> flatten(),
                from(k.asking(8)) as s8,
            ) as s2 -> take(k.take(9)) as s9 -> queue(k.cap(10)) as s10 -> then(k.then(11)) as s11,
            from(k.source(12)) as s12 -> queue(k.cap(13), overflow = drop_newest) as s13,
        ) as s1 -> map(k.tried(14))? as s14 -> map(k.seen(15)) as s15 -> collect::<Vec<u64>>()
    }
    "concat/zip" => {
        #![queue = k.cap(0)]
        concat(
            from(k.asking(2)) as s2 -> chunks(k.n(3)) as s3 -> flatten(),
            iter(k.iter(4)) as s4 -> filter_async(k.filter_async(5)) as s5 -> map_async(k.n(6), k.then(6)) as s6 ->
                queue(k.cap(7), low = k.low(7)) as s7,
            zip(
                from(k.source(9)) as s9 -> queue(k.cap(10), low = k.low(10)) as s10 -> then(k.then(11)) as s11 ->
                    flat_map(k.flat(12)) as s12 -> queue(k.cap(13)) as s13,
                from(k.source(14)) as s14 -> queue(k.cap(15), low = k.low(15)) as s15,
            ) as s8 -> map(k.join(8)) as j8 -> map_async(k.n(16), k.then_tried(16))? as s16 -> queue(k.cap(17), low
                = k.low(17)) as s17,
        ) as s1 -> filter_async(k.filter_async(18)) as s18 -> queue(k.cap(19)) as s19 -> then(k.then(20)) as s20 ->
            map(k.seen(21)) as s21 -> first()
    }
    "concat/interleave" => {
        #![queue = k.cap(0)]
        concat(
            iter(k.iter(2)) as s2 -> map(k.map(3)) as s3 -> filter(k.filter(4)) as s4 -> queue(k.cap(5), overflow =
                drop_oldest) as s5,
            interleave(
                from(k.asking(7)) as s7 -> queue(k.cap(8)) as s8 -> then(k.then(9)) as s9 -> map(k.map(10)) as s10,
                from(k.source(11)) as s11 -> queue(k.cap(12), low = k.low(12)) as s12,
                iter(k.iter(13)) as s13 -> queue(k.cap(14), low = k.low(14)) as s14 -> map(k.map(15)) as s15 ->
                    map(k.map(16)) as s16,
            ) as s6 -> take(k.take(17)) as s17 -> queue(k.cap(18), low = k.low(18)) as s18,
        ) as s1 -> for_each_async(k.n(19), k.sink_async(19)) as s19
    }
    "concat/prefer" => {
        #![queue = k.cap(0)]
        concat(
            from(k.asking(2)) as s2 -> filter(k.filter(3)) as s3 -> map(k.map(4)) as s4,
            prefer(
                from(k.source(6)) as s6 -> filter(k.filter(7)) as s7,
                iter(k.iter(8)) as s8 -> queue(k.cap(9), low = k.low(9)) as s9,
            ) as s5 -> map(k.tried(10))? as s10,
        ) as s1 -> queue(k.cap(11), low = k.low(11)) as s11 -> map(k.map(12)) as s12 -> map(k.seen(13)) as s13 ->
            collect::<Vec<u64>>()
    }
    "concat/copies" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(6)) as s6 -> broadcast as s7;
        b -> then(k.then(8)) as s8 -> throttle(k.n(9), k.period(9)) as s9 -> queue(k.cap(10)) as s10 ->
            then(k.then(11)) as s11 -> map(k.seen(12)) as s12 -> count();
        concat(
            from(k.asking(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> then(k.then(4)) as s4 ->
                map_async_unordered(k.n(5), k.then(5)) as s5,
            a -> flat_map(k.flat(13)) as s13 -> map_async(k.n(14), k.then_tried(14))? as s14,
        ) as s1 -> for_each_async(k.n(15), k.sink_async(15)) as s15
    }
    "diamond concat.0" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> broadcast as s2;
        concat(
            a -> map(k.map(3)) as s3 -> map_async_unordered(k.n(4), k.then(4)) as s4,
            b -> queue(k.cap(5), overflow = drop_oldest) as s5 -> map(k.map(6)) as s6,
        ) as s7 -> flat_map(k.flat(8)) as s8 -> queue(k.cap(9), overflow = drop_newest) as s9 -> map(k.map(10)) as
            s10 -> flat_map(k.flat(11)) as s11 -> for_each(k.sink(12)) as s12
    }
    "diamond concat.1" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> then(k.then(2)) as s2 -> broadcast as s3;
        concat(
            a -> map(k.map(4)) as s4 -> queue(k.cap(5), overflow = fail) as s5 -> then(k.then(6)) as s6,
            b -> queue(k.cap(7), overflow = drop_newest) as s7 -> map(k.map(8)) as s8 -> flat_map(k.flat(9)) as s9
                -> map_async(k.n(10), k.then(10)) as s10,
            c -> queue(k.cap(11), overflow = drop_oldest) as s11 -> map(k.map(12)) as s12 ->
                filter_async(k.filter_async(13)) as s13,
        ) as s14 -> map(k.seen(15)) as s15 -> collect::<Vec<u64>>()
    }
    "diamond concat.2" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> queue(k.cap(2)) as s2 -> map(k.map(3)) as s3 -> broadcast as s4;
        concat(
            a -> map(k.map(5)) as s5,
            b -> queue(k.cap(6), overflow = drop_oldest) as s6 -> map(k.map(7)) as s7,
        ) as s8 -> filter_async(k.filter_async(9)) as s9 -> map(k.map(10)) as s10 -> map(k.seen(11)) as s11 ->
            first()
    }
    "diamond concat.3" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.source(1)) as s1 -> broadcast as s2;
        concat(
            a -> map(k.map(3)) as s3 -> filter_async(k.filter_async(4)) as s4 -> queue(k.cap(5), overflow = fail) as
                s5 -> map(k.map(6)) as s6,
            b -> queue(k.cap(7), overflow = drop_newest) as s7 -> map(k.map(8)) as s8 -> inspect(k.inspect(9)) as
                s9,
            c -> queue(k.cap(10), overflow = drop_oldest) as s10 -> map(k.map(11)) as s11,
        ) as s12 -> filter(k.filter(13)) as s13 -> queue(k.cap(14)) as s14 -> then(k.then(15)) as s15 ->
            map(k.seen(16)) as s16 -> first()
    }
    "diamond concat/match" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> inspect(k.inspect(2)) as s2 -> broadcast as s3;
        concat(
            a -> map(k.map(4)) as s4 -> queue(k.cap(5), low = k.low(5)) as s5 -> map(k.map(6)) as s6 ->
                map_async(k.n(7), k.then(7)) as s7 -> match {
                x if x.goes(8, 0, 3) => x -> map(k.map(9)) as s9,
                x if x.goes(8, 1, 3) => x -> map(k.map(10)) as s10 -> batch(k.n(11), k.period(11)) as s11 ->
                    flatten() -> map(k.seen(12)) as s12 -> collect::<Vec<u64>>(),
                x => x -> queue(k.cap(13), overflow = drop_oldest) as s13 -> then(k.then(14)) as s14 ->
                    queue(k.cap(15), low = k.low(15)) as s15 -> then(k.then(16)) as s16,
            } as s8,
            b -> queue(k.cap(17), overflow = drop_oldest) as s17 -> map(k.map(18)) as s18 -> filter(k.filter(19)) as
                s19 -> queue(k.cap(20), overflow = drop_oldest) as s20 -> map(k.map(21)) as s21,
        ) as s22 -> queue(k.cap(23), overflow = drop_oldest) as s23 -> then(k.then(24)) as s24 -> map(k.seen(25)) as
            s25 -> count()
    }
    "diamond concat/broadcast" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> map(k.map(2)) as s2 -> broadcast as s3;
        concat(
            a -> map(k.map(4)) as s4 -> broadcast {
                map(k.tried(6))? as s6 -> queue(k.cap(7), overflow = drop_oldest) as s7 -> then(k.then(8)) as s8 ->
                    map(k.seen(9)) as s9 -> collect::<Vec<u64>>(),
                then(k.then(10)) as s10 -> chunks(k.n(11)) as s11 -> flatten(),
                map(k.map(12)) as s12 -> flat_map(k.flat(13)) as s13 -> for_each(k.sink(14)) as s14,
            } as s5,
            b -> queue(k.cap(15), overflow = fail) as s15 -> map(k.map(16)) as s16 -> queue(k.cap(17), overflow =
                fail) as s17 -> then(k.then(18)) as s18,
            c -> queue(k.cap(19), overflow = fail) as s19 -> map(k.map(20)) as s20,
        ) as s21 -> queue(k.cap(22)) as s22 -> then(k.then(23)) as s23 -> map(k.seen(24)) as s24 ->
            collect::<Vec<u64>>()
    }
    "diamond concat/tap" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> broadcast as s2;
        concat(
            a -> map(k.map(3)) as s3 -> queue(k.cap(4), overflow = fail) as s4 -> map(k.map(5)) as s5 ->
                queue(k.cap(6), overflow = fail) as s6 -> then(k.then(7)) as s7 -> tap {
                queue(k.cap(9), overflow = drop_newest) as s9 -> map(k.tried(10))? as s10 -> fold(Vec::new(),
                    k.fold(11)) as s11
            } as s8,
            b -> queue(k.cap(12), overflow = fail) as s12 -> map(k.map(13)) as s13,
        ) as s14 -> filter(k.filter(15)) as s15 -> map(k.seen(16)) as s16 -> collect::<Vec<u64>>()
    }
    "diamond concat/parallel" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> broadcast as s2;
        concat(
            a -> map(k.map(3)) as s3 -> parallel(k.n(4)) {
                map(k.tried(5))? as s5 -> inspect(k.inspect(6)) as s6
            } as s4,
            b -> queue(k.cap(7), overflow = drop_oldest) as s7 -> map(k.map(8)) as s8 -> batch(k.n(9), k.period(9))
                as s9 -> flatten(),
        ) as s10 -> map_async_unordered(k.n(11), k.then(11)) as s11 -> map(k.tried(12))? as s12 -> fold(Vec::new(),
            k.fold(13)) as s13
    }
    "zip.0" => {
        #![queue = k.cap(0)]
        zip(
            from(k.asking(2)) as s2,
            from(k.asking(3)) as s3,
        ) as s1 -> map(k.join(1)) as j1 -> queue(k.cap(4)) as s4 -> then(k.then(5)) as s5 -> map(k.seen(6)) as s6 ->
            collect::<Vec<u64>>()
    }
    "zip.1" => {
        #![queue = k.cap(0)]
        zip(
            from(k.source(2)) as s2,
            from(k.source(3)) as s3 -> queue(k.cap(4)) as s4,
        ) as s1 -> map(k.join(1)) as j1 -> flat_map(k.flat(5)) as s5 -> filter(k.filter(6)) as s6 ->
            filter_async(k.filter_async(7)) as s7 -> map(k.seen(8)) as s8 -> first()
    }
    "zip.2" => {
        #![queue = k.cap(0)]
        zip(
            from(k.asking(2)) as s2 -> map_async(k.n(3), k.then_tried(3))? as s3 -> then(k.then(4)) as s4 ->
                queue(k.cap(5), low = k.low(5)) as s5,
            iter(k.iter(6)) as s6,
        ) as s1 -> map(k.join(1)) as j1 -> then(k.then_tried(7))? as s7 -> delay(k.period(8)) as s8 ->
            then(k.then_tried(9))? as s9 -> for_each(k.sink_tried(10))? as s10
    }
    "zip/match" => {
        #![queue = k.cap(0)]
        zip(
            from(k.source(2)) as s2,
            iter(k.iter(3)) as s3 -> map(k.map(4)) as s4 -> match {
                x if x.goes(5, 0, 2) => x -> map(k.tried(6))? as s6 -> throttle(k.n(7), k.period(7)) as s7,
                x => x -> then(k.then(8)) as s8,
            } as s5,
        ) as s1 -> map(k.left(1)) as j1 -> for_each_async(k.n(9), k.sink_async(9)) as s9
    }
    "zip/broadcast" => {
        #![queue = k.cap(0)]
        zip(
            iter(k.iter(2)) as s2 -> flat_map(k.flat(3)) as s3 -> broadcast {
                then(k.then(5)) as s5 -> queue(k.cap(6), overflow = fail) as s6 -> map(k.map(7)) as s7,
                queue(k.cap(8)) as s8 -> map(k.map(9)) as s9 -> take(k.take(10)) as s10 -> map(k.seen(11)) as s11 ->
                    first(),
            } as s4,
            from(k.asking(12)) as s12 -> queue(k.cap(13), low = k.low(13)) as s13,
        ) as s1 -> map(k.left(1)) as j1 -> for_each_async(k.n(14), k.sink_async(14)) as s14
    }
    "zip/tap" => {
        #![queue = k.cap(0)]
        zip(
            from(k.asking(2)) as s2 -> tap {
                queue(k.cap(4), overflow = drop_oldest) as s4 -> then(k.then(5)) as s5 -> queue(k.cap(6), overflow =
                    fail) as s6 -> then(k.then(7)) as s7 -> map(k.seen(8)) as s8 -> collect::<Vec<u64>>()
            } as s3,
            iter(k.iter(9)) as s9,
        ) as s1 -> map(k.left(1)) as j1 -> queue(k.cap(10)) as s10 -> then(k.then(11)) as s11 -> queue(k.cap(12),
            overflow = drop_oldest) as s12 -> then(k.then(13)) as s13 -> filter_async(k.filter_async(14)) as s14 ->
            map(k.seen(15)) as s15 -> first()
    }
    "zip/parallel" => {
        #![queue = k.cap(0)]
        zip(
            from(k.source(2)) as s2 -> queue(k.cap(3), overflow = drop_oldest) as s3 -> map(k.map(4)) as s4 ->
                parallel(k.n(5)) {
                map(k.tried(6))? as s6
            } as s5,
            from(k.source(7)) as s7 -> queue(k.cap(8), low = k.low(8)) as s8 -> map(k.map(9)) as s9 ->
                filter(k.filter(10)) as s10,
        ) as s1 -> map(k.left(1)) as j1 -> queue(k.cap(11)) as s11 -> map(k.map(12)) as s12 -> map(k.seen(13)) as
            s13 -> collect::<Vec<u64>>()
    }
    "zip/merge" => {
        #![queue = k.cap(0)]
        zip(
            from(k.source(2)) as s2,
            merge(
                from(k.asking(4)) as s4 -> queue(k.cap(5), overflow = drop_oldest) as s5,
                from(k.source(6)) as s6 -> queue(k.cap(7), overflow = drop_oldest) as s7 -> map(k.map(8)) as s8,
                from(k.source(9)) as s9 -> queue(k.cap(10)) as s10,
            ) as s3,
        ) as s1 -> map(k.left(1)) as j1 -> for_each(k.sink(11)) as s11
    }
    "zip/concat" => {
        #![queue = k.cap(0)]
        zip(
            concat(
                from(k.source(3)) as s3 -> filter(k.filter(4)) as s4 -> queue(k.cap(5), low = k.low(5)) as s5,
                from(k.asking(6)) as s6 -> map(k.tried(7))? as s7 -> queue(k.cap(8), low = k.low(8)) as s8 ->
                    map(k.map(9)) as s9 -> queue(k.cap(10), low = k.low(10)) as s10,
            ) as s2 -> filter(k.filter(11)) as s11 -> map(k.map(12)) as s12,
            from(k.source(13)) as s13,
        ) as s1 -> map(k.left(1)) as j1 -> for_each(k.sink_tried(14))? as s14
    }
    "zip/zip" => {
        #![queue = k.cap(0)]
        zip(
            from(k.source(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> then(k.then(4)) as s4 ->
                queue(k.cap(5), overflow = fail) as s5,
            zip(
                from(k.source(7)) as s7 -> then(k.then(8)) as s8,
                from(k.source(9)) as s9 -> queue(k.cap(10), low = k.low(10)) as s10 -> map(k.map(11)) as s11 ->
                    queue(k.cap(12), low = k.low(12)) as s12 -> then(k.then(13)) as s13 -> queue(k.cap(14)) as s14,
            ) as s6 -> map(k.join(6)) as j6 -> map(k.tried(15))? as s15 -> inspect(k.inspect(16)) as s16,
        ) as s1 -> map(k.left(1)) as j1 -> batch(k.n(17), k.period(17)) as s17 -> flatten() ->
            for_each(k.sink_tried(18))? as s18
    }
    "zip/interleave" => {
        #![queue = k.cap(0)]
        zip(
            interleave(
                from(k.asking(3)) as s3 -> map_async(k.n(4), k.then(4)) as s4 -> inspect(k.inspect(5)) as s5,
                from(k.asking(6)) as s6,
            ) as s2 -> delay(k.period(7)) as s7,
            from(k.source(8)) as s8 -> inspect(k.inspect(9)) as s9 -> filter_async(k.filter_async(10)) as s10,
        ) as s1 -> map(k.left(1)) as j1 -> flat_map(k.flat(11)) as s11 -> fold(Vec::new(), k.fold(12)) as s12
    }
    "zip/prefer" => {
        #![queue = k.cap(0)]
        zip(
            iter(k.iter(2)) as s2,
            prefer(
                from(k.source(4)) as s4,
                from(k.source(5)) as s5 -> inspect(k.inspect(6)) as s6 -> queue(k.cap(7), low = k.low(7)) as s7,
            ) as s3 -> queue(k.cap(8)) as s8 -> map(k.map(9)) as s9 -> map(k.map(10)) as s10,
        ) as s1 -> map(k.left(1)) as j1 -> map(k.seen(11)) as s11 -> count()
    }
    "zip/copies" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(7)) as s7 -> map_async(k.n(8), k.then(8)) as s8 -> broadcast as s9;
        b -> map(k.map(10)) as s10 -> map(k.tried(11))? as s11 -> take(k.take(12)) as s12 ->
            filter_async(k.filter_async(13)) as s13 -> for_each_async(k.n(14), k.sink_async_tried(14))? as s14;
        zip(
            from(k.asking(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> then(k.then(4)) as s4 ->
                queue(k.cap(5), low = k.low(5)) as s5 -> then(k.then(6)) as s6,
            a,
        ) as s1 -> map(k.left(1)) as j1 -> take(k.take(15)) as s15 -> filter(k.filter(16)) as s16 ->
            delay(k.period(17)) as s17 -> for_each(k.sink(18)) as s18
    }
    "diamond zip.0" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> broadcast as s2;
        zip(
            a -> queue(k.cap(3), overflow = fail) as s3 -> map(k.map(4)) as s4 -> throttle(k.n(5), k.period(5)) as
                s5,
            b -> queue(k.cap(6), overflow = fail) as s6 -> map(k.map(7)) as s7 -> filter(k.filter(8)) as s8,
        ) as s9 -> map(k.left(9)) as j9 -> queue(k.cap(10)) as s10 -> map(k.map(11)) as s11 ->
            map_async_unordered(k.n(12), k.then(12)) as s12 -> for_each_async(k.n(13), k.sink_async(13)) as s13
    }
    "diamond zip.1" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> queue(k.cap(2), low = k.low(2)) as s2 -> then(k.then(3)) as s3 ->
            broadcast as s4;
        zip(
            a -> map(k.map(5)) as s5,
            b -> map(k.map(6)) as s6,
        ) as s7 -> map(k.join(7)) as j7 -> map_async_unordered(k.n(8), k.then(8)) as s8 -> map(k.seen(9)) as s9 ->
            first()
    }
}
