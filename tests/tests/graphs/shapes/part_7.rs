//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "prefer/match" => {
        #![queue = k.cap(0)]
        prefer(
            iter(k.iter(2)) as s2 -> queue(k.cap(3)) as s3 -> map(k.map(4)) as s4 -> inspect(k.inspect(5)) as s5 ->
                match {
                x if x.goes(6, 0, 3) => x -> then(k.then(7)) as s7 -> map_async(k.n(8), k.then(8)) as s8,
                x if x.goes(6, 1, 3) => x -> map(k.map(9)) as s9 -> filter(k.filter(10)) as s10 ->
                    for_each(k.sink_tried(11))? as s11,
                x => x -> map(k.tried(12))? as s12 -> queue(k.cap(13), low = k.low(13)) as s13 -> then(k.then(14))
                    as s14 -> fold(Vec::new(), k.fold(15)) as s15,
            } as s6,
            from(k.asking(16)) as s16,
        ) as s1 -> map_async(k.n(17), k.then_tried(17))? as s17 -> map(k.map(18)) as s18 -> queue(k.cap(19), low =
            k.low(19)) as s19 -> then(k.then(20)) as s20 -> map(k.seen(21)) as s21 -> collect::<Vec<u64>>()
    }
    "prefer/broadcast" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.asking(2)) as s2 -> broadcast {
                then(k.then(4)) as s4 -> queue(k.cap(5), overflow = drop_newest) as s5 -> map(k.map(6)) as s6,
                map(k.map(7)) as s7,
            } as s3,
            from(k.source(8)) as s8,
        ) as s1 -> chunks(k.n(9)) as s9 -> flatten() -> map(k.seen(10)) as s10 -> count()
    }
    "prefer/tap" => {
        #![queue = k.cap(0)]
        prefer(
            iter(k.iter(2)) as s2 -> map_async(k.n(3), k.then_tried(3))? as s3,
            from(k.source(4)) as s4 -> map(k.tried(5))? as s5 -> tap {
                queue(k.cap(7), overflow = drop_newest) as s7 -> map(k.map(8)) as s8 -> for_each_async(k.n(9),
                    k.sink_async_tried(9))? as s9
            } as s6,
        ) as s1 -> for_each_async(k.n(10), k.sink_async(10)) as s10
    }
    "prefer/parallel" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.asking(2)) as s2,
            from(k.asking(3)) as s3 -> map(k.tried(4))? as s4 -> parallel(k.n(5)) {
                then(k.then(6)) as s6 -> delay(k.period(7)) as s7
            } as s5,
        ) as s1 -> map(k.seen(8)) as s8 -> first()
    }
    "prefer/merge" => {
        #![queue = k.cap(0)]
        prefer(
            merge(
                from(k.asking(3)) as s3 -> filter_async(k.filter_async(4)) as s4 -> queue(k.cap(5), low = k.low(5))
                    as s5,
                from(k.asking(6)) as s6 -> delay(k.period(7)) as s7 -> chunks(k.n(8)) as s8 -> flatten(),
            ) as s2,
            iter(k.iter(9)) as s9 -> queue(k.cap(10)) as s10 -> map(k.map(11)) as s11,
        ) as s1 -> batch(k.n(12), k.period(12)) as s12 -> flatten() -> map(k.map(13)) as s13 -> chunks(k.n(14)) as
            s14 -> flatten() -> map(k.seen(15)) as s15 -> first()
    }
    "prefer/concat" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.source(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> then(k.then(4)) as s4 ->
                map(k.tried(5))? as s5 -> queue(k.cap(6), overflow = drop_newest) as s6,
            concat(
                iter(k.iter(8)) as s8,
                from(k.asking(9)) as s9 -> queue(k.cap(10), overflow = drop_newest) as s10 -> then(k.then(11)) as
                    s11 -> map_async(k.n(12), k.then(12)) as s12,
                from(k.asking(13)) as s13,
            ) as s7 -> flat_map(k.flat(14)) as s14 -> then(k.then_tried(15))? as s15 -> queue(k.cap(16), overflow =
                drop_newest) as s16,
        ) as s1 -> throttle(k.n(17), k.period(17)) as s17 -> queue(k.cap(18), overflow = drop_oldest) as s18 ->
            then(k.then(19)) as s19 -> queue(k.cap(20)) as s20 -> map(k.map(21)) as s21 -> map(k.seen(22)) as s22 ->
            collect::<Vec<u64>>()
    }
    "prefer/zip" => {
        #![queue = k.cap(0)]
        prefer(
            zip(
                from(k.source(3)) as s3,
                from(k.source(4)) as s4,
            ) as s2 -> map(k.join(2)) as j2 -> map_async(k.n(5), k.then_tried(5))? as s5 -> inspect(k.inspect(6)) as
                s6,
            from(k.asking(7)) as s7 -> queue(k.cap(8)) as s8 -> then(k.then(9)) as s9,
        ) as s1 -> queue(k.cap(10), overflow = drop_oldest) as s10 -> map(k.map(11)) as s11 -> map(k.seen(12)) as
            s12 -> collect::<Vec<u64>>()
    }
    "prefer/interleave" => {
        #![queue = k.cap(0)]
        prefer(
            interleave(
                from(k.source(3)) as s3 -> filter(k.filter(4)) as s4 -> queue(k.cap(5)) as s5,
                from(k.source(6)) as s6 -> flat_map(k.flat(7)) as s7,
                from(k.source(8)) as s8 -> batch(k.n(9), k.period(9)) as s9 -> flatten() -> queue(k.cap(10),
                    overflow = drop_oldest) as s10,
            ) as s2 -> then(k.then_tried(11))? as s11,
            from(k.source(12)) as s12 -> queue(k.cap(13)) as s13 -> then(k.then(14)) as s14 -> batch(k.n(15),
                k.period(15)) as s15 -> flatten(),
        ) as s1 -> map(k.tried(16))? as s16 -> map(k.seen(17)) as s17 -> first()
    }
    "prefer/prefer" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.source(2)) as s2,
            prefer(
                iter(k.iter(4)) as s4 -> queue(k.cap(5)) as s5 -> map(k.map(6)) as s6 -> queue(k.cap(7)) as s7 ->
                    then(k.then(8)) as s8,
                from(k.asking(9)) as s9 -> queue(k.cap(10), overflow = fail) as s10,
            ) as s3,
        ) as s1 -> queue(k.cap(11), overflow = drop_oldest) as s11 -> map(k.map(12)) as s12 -> map(k.map(13)) as s13
            -> delay(k.period(14)) as s14 -> for_each_async(k.n(15), k.sink_async(15)) as s15
    }
    "prefer/copies" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(2)) as s2 -> then(k.then_tried(3))? as s3 -> broadcast as s4;
        b -> map(k.map(5)) as s5 -> map(k.seen(6)) as s6 -> first();
        prefer(
            a -> filter(k.filter(7)) as s7 -> queue(k.cap(8), overflow = drop_oldest) as s8,
            from(k.source(9)) as s9 -> delay(k.period(10)) as s10 -> queue(k.cap(11), overflow = fail) as s11,
        ) as s1 -> queue(k.cap(12)) as s12 -> map(k.map(13)) as s13 -> for_each(k.sink_tried(14))? as s14
    }
    "diamond prefer.0" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> then(k.then_tried(2))? as s2 -> broadcast as s3;
        prefer(
            a -> map(k.map(4)) as s4 -> queue(k.cap(5), overflow = drop_oldest) as s5 -> map(k.map(6)) as s6,
            b -> map(k.map(7)) as s7 -> filter(k.filter(8)) as s8 -> delay(k.period(9)) as s9,
        ) as s10 -> queue(k.cap(11), overflow = fail) as s11 -> then(k.then(12)) as s12 -> map_async(k.n(13),
            k.then_tried(13))? as s13 -> map(k.seen(14)) as s14 -> count()
    }
    "diamond prefer.1" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> inspect(k.inspect(2)) as s2 -> broadcast as s3;
        prefer(
            a -> map(k.map(4)) as s4,
            b -> map(k.map(5)) as s5 -> throttle(k.n(6), k.period(6)) as s6,
        ) as s7 -> delay(k.period(8)) as s8 -> for_each_async(k.n(9), k.sink_async_tried(9))? as s9
    }
    "diamond prefer.2" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> queue(k.cap(2)) as s2 -> map(k.map(3)) as s3 -> then(k.then(4)) as s4
            -> broadcast as s5;
        prefer(
            a -> map(k.map(6)) as s6,
            b -> map(k.map(7)) as s7 -> flat_map(k.flat(8)) as s8,
        ) as s9 -> map(k.seen(10)) as s10 -> collect::<Vec<u64>>()
    }
    "diamond prefer.3" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> then(k.then_tried(2))? as s2 -> broadcast as s3;
        prefer(
            a -> map(k.map(4)) as s4,
            b -> map(k.map(5)) as s5,
        ) as s6 -> map(k.seen(7)) as s7 -> collect::<Vec<u64>>()
    }
    "diamond prefer/match" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> queue(k.cap(2), low = k.low(2)) as s2 -> then(k.then(3)) as s3 ->
            broadcast as s4;
        prefer(
            a -> map(k.map(5)) as s5 -> filter_async(k.filter_async(6)) as s6 -> match {
                x if x.goes(7, 0, 3) => x -> map(k.map(8)) as s8,
                x if x.goes(7, 1, 3) => x -> then(k.then(9)) as s9 -> throttle(k.n(10), k.period(10)) as s10 ->
                    map(k.seen(11)) as s11 -> first(),
                x => x -> queue(k.cap(12), overflow = fail) as s12 -> map(k.map(13)) as s13 -> queue(k.cap(14)) as
                    s14 -> then(k.then(15)) as s15,
            } as s7,
            b -> map(k.map(16)) as s16 -> take(k.take(17)) as s17,
        ) as s18 -> take(k.take(19)) as s19 -> map(k.map(20)) as s20 -> fold(Vec::new(), k.fold(21)) as s21
    }
    "diamond prefer/broadcast" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> broadcast as s2;
        prefer(
            a -> map(k.map(3)) as s3 -> map_async(k.n(4), k.then_tried(4))? as s4 -> broadcast {
                map(k.tried(6))? as s6 -> batch(k.n(7), k.period(7)) as s7 -> flatten(),
                map(k.tried(8))? as s8,
                map(k.map(9)) as s9 -> map(k.tried(10))? as s10 -> for_each(k.sink(11)) as s11,
            } as s5,
            b -> map(k.map(12)) as s12,
        ) as s13 -> queue(k.cap(14)) as s14 -> map(k.map(15)) as s15 -> for_each(k.sink_tried(16))? as s16
    }
    "diamond prefer/tap" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> inspect(k.inspect(2)) as s2 -> broadcast as s3;
        prefer(
            a -> map(k.map(4)) as s4 -> tap {
                queue(k.cap(6), overflow = drop_newest) as s6 -> map(k.tried(7))? as s7 ->
                    filter_async(k.filter_async(8)) as s8 -> map(k.seen(9)) as s9 -> collect::<Vec<u64>>()
            } as s5,
            b -> map(k.map(10)) as s10 -> queue(k.cap(11)) as s11 -> map(k.map(12)) as s12,
        ) as s13 -> map_async(k.n(14), k.then(14)) as s14 -> for_each(k.sink_tried(15))? as s15
    }
    "diamond prefer/parallel" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> queue(k.cap(2), low = k.low(2)) as s2 -> then(k.then(3)) as s3 ->
            broadcast as s4;
        prefer(
            a -> map(k.map(5)) as s5 -> map_async(k.n(6), k.then(6)) as s6 -> filter_async(k.filter_async(7)) as s7
                -> parallel(k.n(8)) {
                map(k.tried(9))? as s9 -> map(k.tried(10))? as s10
            } as s8,
            b -> map(k.map(11)) as s11 -> queue(k.cap(12)) as s12 -> then(k.then(13)) as s13 -> queue(k.cap(14),
                overflow = drop_newest) as s14 -> then(k.then(15)) as s15,
        ) as s16 -> batch(k.n(17), k.period(17)) as s17 -> flatten() -> throttle(k.n(18), k.period(18)) as s18 ->
            for_each(k.sink(19)) as s19
    }
    "own.0" => {
        #![queue = k.cap(0)]
        iter_blocking(k.iter(1)) as s1 -> map_blocking(k.n(2), k.tried(2))? as s2 -> map_blocking(k.n(3), k.map(3))
            as s3 -> into(k.into(4)) as s4
    }
    "own copies.0" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> via(k.via(2)) as s2 -> broadcast as s3;
        a -> map(k.tried(4))? as s4 -> map(k.tried(5))? as s5 -> map(k.map(6)) as s6 -> for_each_async(k.n(7),
            k.sink_async(7)) as s7;
        b -> queue(k.cap(8), low = k.low(8)) as s8 -> map(k.map(9)) as s9 -> chunks(k.n(10)) as s10 -> flatten() ->
            map_blocking(k.n(11), k.tried(11))? as s11 -> for_each_async(k.n(12), k.sink_async_tried(12))? as s12;
        c -> map(k.tried(13))? as s13 -> filter_async(k.filter_async(14)) as s14 -> into(k.into(15)) as s15
    }
    "own match.0" => {
        #![queue = k.cap(0)]
        from(k.inlet(1)) as s1 -> queue(k.cap(2), low = k.low(2)) as s2 -> map(k.map(3)) as s3 ->
            map_blocking(k.n(4), k.tried(4))? as s4 -> match {
            x if x.goes(5, 0, 2) => x -> then(k.then(6)) as s6,
            x => x -> then(k.then(7)) as s7 -> via(k.via(8)) as s8,
        } as s5 -> map_async(k.n(9), k.then_tried(9))? as s9 -> map_async(k.n(10), k.then(10)) as s10 ->
            map_blocking(k.n(11), k.tried(11))? as s11 -> map(k.seen(12)) as s12 -> count()
    }
    "own broadcast.0" => {
        #![queue = k.cap(0)]
        from(k.inlet(1)) as s1 -> map(k.map(2)) as s2 -> broadcast {
            queue(k.cap(4), overflow = drop_oldest) as s4 -> map(k.map(5)) as s5 -> queue(k.cap(6), overflow =
                drop_oldest) as s6 -> then(k.then(7)) as s7,
            queue(k.cap(8), overflow = drop_newest) as s8 -> map(k.tried(9))? as s9 -> into(k.into(10)) as s10,
        } as s3 -> map_blocking(k.n(11), k.map(11)) as s11 -> for_each_blocking(k.n(12), k.sink(12)) as s12
    }
    "own tap.0" => {
        #![queue = k.cap(0)]
        from(k.inlet(1)) as s1 -> then(k.then(2)) as s2 -> via(k.via(3)) as s3 -> tap {
            queue(k.cap(5), overflow = drop_newest) as s5 -> map(k.tried(6))? as s6 -> for_each(k.sink(7)) as s7
        } as s4 -> map_blocking(k.n(8), k.map(8)) as s8 -> map_async_unordered(k.n(9), k.then(9)) as s9 ->
            into(k.into(10)) as s10
    }
    "own parallel.0" => {
        #![queue = k.cap(0)]
        from(k.inlet(1)) as s1 -> parallel(k.n(2)) {
            map(k.map(3)) as s3
        } as s2 -> map_async_unordered(k.n(4), k.then(4)) as s4 -> map(k.map(5)) as s5 -> queue(k.cap(6), low =
            k.low(6)) as s6 -> map(k.map(7)) as s7 -> for_each_blocking(k.n(8), k.sink(8)) as s8
    }
    "own merge.0" => {
        #![queue = k.cap(0)]
        merge(
            from(k.source(2)) as s2 -> map(k.map(3)) as s3 -> map(k.tried(4))? as s4,
            iter(k.iter(5)) as s5,
            from(k.inlet(6)) as s6 -> queue(k.cap(7), overflow = drop_newest) as s7 -> then(k.then(8)) as s8,
        ) as s1 -> via(k.via(9)) as s9 -> queue(k.cap(10)) as s10 -> map(k.map(11)) as s11 -> into(k.into(12)) as
            s12
    }
    "own concat.0" => {
        #![queue = k.cap(0)]
        concat(
            iter(k.iter(2)) as s2 -> inspect(k.inspect(3)) as s3,
            from(k.inlet(4)) as s4 -> map(k.tried(5))? as s5 -> map_blocking(k.n(6), k.tried(6))? as s6,
        ) as s1 -> into(k.into(7)) as s7
    }
    "own zip.0" => {
        #![queue = k.cap(0)]
        zip(
            iter_blocking(k.iter(2)) as s2,
            iter_blocking(k.iter(3)) as s3,
        ) as s1 -> map(k.join(1)) as j1 -> for_each_async(k.n(4), k.sink_async(4)) as s4
    }
    "own interleave.0" => {
        #![queue = k.cap(0)]
        interleave(
            iter_blocking(k.iter(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> map(k.map(4)) as s4 ->
                then(k.then(5)) as s5,
            iter_blocking(k.iter(6)) as s6,
        ) as s1 -> via(k.via(7)) as s7 -> for_each(k.sink_tried(8))? as s8
    }
    "own prefer.0" => {
        #![queue = k.cap(0)]
        prefer(
            iter(k.iter(2)) as s2 -> map_blocking(k.n(3), k.tried(3))? as s3 -> queue(k.cap(4), low = k.low(4)) as
                s4,
            from(k.inlet(5)) as s5,
        ) as s1 -> map(k.map(6)) as s6 -> for_each_blocking(k.n(7), k.sink_tried(7))? as s7
    }
    "own.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> via(k.via(2)) as s2 -> then(k.then(3)) as s3 -> into(k.into(4)) as s4
    }
}
