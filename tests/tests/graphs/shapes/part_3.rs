//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "parallel.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> map(k.map(2)) as s2 -> parallel(k.n(3)) {
            map(k.tried(4))? as s4 -> queue(k.cap(5), low = k.low(5)) as s5 -> map(k.map(6)) as s6
        } as s3 -> filter(k.filter(7)) as s7 -> fold(Vec::new(), k.fold(8)) as s8
    }
    "parallel.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> flat_map(k.flat(2)) as s2 -> parallel(k.n(3)) {
            map(k.map(4)) as s4
        } as s3 -> queue(k.cap(5), overflow = drop_newest) as s5 -> then(k.then(6)) as s6 -> map(k.seen(7)) as s7 ->
            collect::<Vec<u64>>()
    }
    "parallel.2" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> parallel(k.n(2)) {
            map(k.map(3)) as s3
        } as s2 -> flat_map(k.flat(4)) as s4 -> then(k.then_tried(5))? as s5 -> for_each(k.sink_tried(6))? as s6
    }
    "parallel/match.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> filter_async(k.filter_async(2)) as s2 -> take(k.take(3)) as s3 ->
            parallel(k.n(4)) {
            map(k.map(5)) as s5 -> filter_async(k.filter_async(6)) as s6 -> match {
                x if x.goes(7, 0, 2) => x -> map(k.tried(8))? as s8 -> chunks(k.n(9)) as s9 -> flatten(),
                x => x -> map(k.tried(10))? as s10 -> queue(k.cap(11), overflow = drop_newest) as s11 ->
                    map(k.map(12)) as s12 -> fold(Vec::new(), k.fold(13)) as s13,
            } as s7 -> for_each_async(k.n(14), k.sink_async_tried(14))? as s14
        } as s4
    }
    "parallel/match.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> queue(k.cap(2), low = k.low(2)) as s2 -> then(k.then(3)) as s3 ->
            parallel(k.n(4)) {
            map(k.map(5)) as s5 -> flat_map(k.flat(6)) as s6 -> match {
                x if x.goes(7, 0, 2) => x -> map(k.map(8)) as s8 -> map_async(k.n(9), k.then_tried(9))? as s9,
                x => x -> map(k.map(10)) as s10 -> map(k.seen(11)) as s11 -> collect::<Vec<u64>>(),
            } as s7 -> flat_map(k.flat(12)) as s12
        } as s4 -> map(k.seen(13)) as s13 -> collect::<Vec<u64>>()
    }
    "parallel then match" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> map_async(k.n(2), k.then(2)) as s2 -> map_async(k.n(3), k.then_tried(3))? as s3
            -> parallel(k.n(4)) {
            map(k.map(5)) as s5
        } as s4 -> throttle(k.n(6), k.period(6)) as s6 -> match {
            x if x.goes(7, 0, 3) => x -> queue(k.cap(8), low = k.low(8)) as s8 -> then(k.then(9)) as s9 ->
                queue(k.cap(10), low = k.low(10)) as s10 -> then(k.then(11)) as s11 -> for_each_async(k.n(12),
                k.sink_async(12)) as s12,
            x if x.goes(7, 1, 3) => x -> map(k.tried(13))? as s13 -> map_async(k.n(14), k.then(14)) as s14 ->
                for_each_async(k.n(15), k.sink_async(15)) as s15,
            x => x -> map(k.map(16)) as s16 -> map(k.seen(17)) as s17 -> collect::<Vec<u64>>(),
        } as s7
    }
    "parallel/broadcast.0" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> queue(k.cap(2), low = k.low(2)) as s2 -> map(k.map(3)) as s3 -> map_async(k.n(4),
            k.then(4)) as s4 -> parallel(k.n(5)) {
            map(k.tried(6))? as s6 -> broadcast {
                map(k.map(8)) as s8 -> queue(k.cap(9), overflow = drop_oldest) as s9 -> then(k.then(10)) as s10,
                map(k.map(11)) as s11 -> queue(k.cap(12), low = k.low(12)) as s12 -> then(k.then(13)) as s13,
            } as s7 -> queue(k.cap(14), low = k.low(14)) as s14 -> map(k.map(15)) as s15
        } as s5 -> delay(k.period(16)) as s16 -> queue(k.cap(17), overflow = drop_newest) as s17 -> then(k.then(18))
            as s18 -> for_each(k.sink_tried(19))? as s19
    }
    "parallel/broadcast.1" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> parallel(k.n(2)) {
            map(k.tried(3))? as s3 -> broadcast {
                map(k.map(5)) as s5 -> map_async_unordered(k.n(6), k.then(6)) as s6,
                map(k.tried(7))? as s7 -> map(k.map(8)) as s8,
                map(k.map(9)) as s9,
            } as s4 -> map_async(k.n(10), k.then(10)) as s10 -> for_each_async(k.n(11), k.sink_async_tried(11))? as
                s11
        } as s2
    }
    "parallel then broadcast" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> parallel(k.n(2)) {
            map(k.tried(3))? as s3
        } as s2 -> take(k.take(4)) as s4 -> broadcast {
            queue(k.cap(6), overflow = drop_oldest) as s6 -> then(k.then(7)) as s7,
            queue(k.cap(8), overflow = drop_newest) as s8 -> map(k.map(9)) as s9 -> then(k.then_tried(10))? as s10
                -> for_each_async(k.n(11), k.sink_async_tried(11))? as s11,
            then(k.then(12)) as s12 -> chunks(k.n(13)) as s13 -> flatten(),
        } as s5 -> map_async(k.n(14), k.then_tried(14))? as s14 -> for_each(k.sink(15)) as s15
    }
    "parallel/tap.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> map_async(k.n(2), k.then_tried(2))? as s2 -> queue(k.cap(3), low = k.low(3)) as
            s3 -> map(k.map(4)) as s4 -> parallel(k.n(5)) {
            then(k.then(6)) as s6 -> tap {
                queue(k.cap(8), overflow = drop_oldest) as s8 -> map(k.map(9)) as s9 -> map(k.tried(10))? as s10 ->
                    map(k.seen(11)) as s11 -> collect::<Vec<u64>>()
            } as s7 -> queue(k.cap(12)) as s12 -> then(k.then(13)) as s13
        } as s5 -> map_async_unordered(k.n(14), k.then(14)) as s14 -> for_each_async(k.n(15), k.sink_async(15)) as
            s15
    }
    "parallel/tap.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> parallel(k.n(2)) {
            map(k.map(3)) as s3 -> map_async(k.n(4), k.then_tried(4))? as s4 -> tap {
                queue(k.cap(6), overflow = drop_oldest) as s6 -> map(k.map(7)) as s7 -> queue(k.cap(8), low =
                    k.low(8)) as s8 -> map(k.map(9)) as s9 -> for_each(k.sink_tried(10))? as s10
            } as s5 -> for_each(k.sink_tried(11))? as s11
        } as s2
    }
    "parallel then tap" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> delay(k.period(2)) as s2 -> then(k.then(3)) as s3 -> parallel(k.n(4)) {
            map(k.tried(5))? as s5 -> map(k.map(6)) as s6
        } as s4 -> throttle(k.n(7), k.period(7)) as s7 -> tap {
            queue(k.cap(9), overflow = drop_newest) as s9 -> map(k.tried(10))? as s10 -> then(k.then_tried(11))? as
                s11 -> for_each(k.sink(12)) as s12
        } as s8 -> fold(Vec::new(), k.fold(13)) as s13
    }
    "parallel/parallel.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> filter_async(k.filter_async(2)) as s2 -> map_async(k.n(3), k.then_tried(3))? as
            s3 -> parallel(k.n(4)) {
            then(k.then(5)) as s5 -> then(k.then(6)) as s6 -> parallel(k.n(7)) {
                map(k.map(8)) as s8 -> filter(k.filter(9)) as s9
            } as s7 -> map_async(k.n(10), k.then_tried(10))? as s10
        } as s4 -> chunks(k.n(11)) as s11 -> flatten() -> take(k.take(12)) as s12 -> map(k.seen(13)) as s13 ->
            count()
    }
    "parallel/parallel.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> filter(k.filter(2)) as s2 -> parallel(k.n(3)) {
            map(k.tried(4))? as s4 -> parallel(k.n(5)) {
                map(k.map(6)) as s6 -> map(k.tried(7))? as s7
            } as s5
        } as s3 -> delay(k.period(8)) as s8 -> queue(k.cap(9), low = k.low(9)) as s9 -> map(k.map(10)) as s10 ->
            map(k.tried(11))? as s11 -> for_each_async(k.n(12), k.sink_async(12)) as s12
    }
    "parallel then parallel" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> map_async(k.n(2), k.then(2)) as s2 -> inspect(k.inspect(3)) as s3 ->
            parallel(k.n(4)) {
            then(k.then(5)) as s5 -> map_async(k.n(6), k.then_tried(6))? as s6
        } as s4 -> parallel(k.n(7)) {
            map(k.map(8)) as s8 -> delay(k.period(9)) as s9 -> for_each(k.sink(10)) as s10
        } as s7
    }
    "merge then parallel" => {
        #![queue = k.cap(0)]
        merge(
            iter(k.iter(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> then(k.then(4)) as s4 ->
                queue(k.cap(5), low = k.low(5)) as s5,
            from(k.source(6)) as s6,
        ) as s1 -> map_async(k.n(7), k.then(7)) as s7 -> queue(k.cap(8), low = k.low(8)) as s8 -> map(k.map(9)) as
            s9 -> parallel(k.n(10)) {
            map(k.map(11)) as s11 -> queue(k.cap(12)) as s12 -> map(k.map(13)) as s13
        } as s10 -> for_each_async(k.n(14), k.sink_async(14)) as s14
    }
    "concat then parallel" => {
        #![queue = k.cap(0)]
        concat(
            from(k.asking(2)) as s2 -> queue(k.cap(3), overflow = drop_newest) as s3,
            from(k.asking(4)) as s4 -> queue(k.cap(5), overflow = fail) as s5 -> map(k.map(6)) as s6,
        ) as s1 -> parallel(k.n(7)) {
            map(k.tried(8))? as s8 -> inspect(k.inspect(9)) as s9 -> fold(Vec::new(), k.fold(10)) as s10
        } as s7
    }
    "zip then parallel" => {
        #![queue = k.cap(0)]
        zip(
            iter(k.iter(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> map(k.map(4)) as s4,
            from(k.asking(5)) as s5 -> chunks(k.n(6)) as s6 -> flatten(),
        ) as s1 -> map(k.join(1)) as j1 -> parallel(k.n(7)) {
            then(k.then(8)) as s8 -> flat_map(k.flat(9)) as s9
        } as s7 -> queue(k.cap(10)) as s10 -> then(k.then(11)) as s11 -> flat_map(k.flat(12)) as s12 ->
            flat_map(k.flat(13)) as s13 -> map(k.seen(14)) as s14 -> collect::<Vec<u64>>()
    }
    "interleave then parallel" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.source(2)) as s2 -> queue(k.cap(3), low = k.low(3)) as s3 -> then(k.then(4)) as s4 ->
                then(k.then(5)) as s5 -> queue(k.cap(6), overflow = drop_newest) as s6,
            from(k.source(7)) as s7,
        ) as s1 -> queue(k.cap(8)) as s8 -> map(k.map(9)) as s9 -> parallel(k.n(10)) {
            map(k.tried(11))? as s11 -> map(k.map(12)) as s12 -> for_each(k.sink_tried(13))? as s13
        } as s10
    }
    "prefer then parallel" => {
        #![queue = k.cap(0)]
        prefer(
            iter(k.iter(2)) as s2 -> queue(k.cap(3)) as s3 -> then(k.then(4)) as s4 -> queue(k.cap(5), low =
                k.low(5)) as s5 -> map(k.map(6)) as s6 -> queue(k.cap(7), low = k.low(7)) as s7,
            from(k.source(8)) as s8 -> queue(k.cap(9), low = k.low(9)) as s9,
        ) as s1 -> parallel(k.n(10)) {
            map(k.map(11)) as s11 -> then(k.then_tried(12))? as s12
        } as s10 -> map(k.seen(13)) as s13 -> first()
    }
    "copies.0" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.source(1)) as s1 -> queue(k.cap(2), overflow = drop_oldest) as s2 -> map(k.map(3)) as
            s3 -> broadcast as s4;
        a -> map(k.map(5)) as s5 -> map(k.seen(6)) as s6 -> collect::<Vec<u64>>();
        b -> map(k.map(7)) as s7 -> queue(k.cap(8), low = k.low(8)) as s8 -> map(k.map(9)) as s9 -> queue(k.cap(10),
            overflow = fail) as s10 -> map(k.map(11)) as s11 -> for_each(k.sink_tried(12))? as s12;
        c -> map(k.tried(13))? as s13 -> queue(k.cap(14), low = k.low(14)) as s14 -> then(k.then(15)) as s15 ->
            queue(k.cap(16)) as s16 -> then(k.then(17)) as s17 -> fold(Vec::new(), k.fold(18)) as s18
    }
    "copies.1" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> delay(k.period(2)) as s2 -> broadcast as s3;
        a -> then(k.then(4)) as s4 -> filter(k.filter(5)) as s5 -> take(k.take(6)) as s6 -> for_each_async(k.n(7),
            k.sink_async(7)) as s7;
        b -> map(k.tried(8))? as s8 -> queue(k.cap(9), overflow = drop_oldest) as s9 -> map(k.map(10)) as s10 ->
            throttle(k.n(11), k.period(11)) as s11 -> filter(k.filter(12)) as s12 -> for_each(k.sink_tried(13))? as
            s13
    }
    "copies.2" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> throttle(k.n(2), k.period(2)) as s2 -> broadcast as s3;
        a -> map(k.map(4)) as s4 -> then(k.then_tried(5))? as s5 -> map_async_unordered(k.n(6), k.then(6)) as s6 ->
            map(k.seen(7)) as s7 -> collect::<Vec<u64>>();
        b -> map(k.map(8)) as s8 -> for_each_async(k.n(9), k.sink_async_tried(9))? as s9;
        c -> map(k.map(10)) as s10 -> filter_async(k.filter_async(11)) as s11 -> map(k.seen(12)) as s12 -> first()
    }
    "copies/match" => {
        #![queue = k.cap(0)]
        let (a, b, c) = iter(k.iter(1)) as s1 -> broadcast as s2;
        a -> map(k.map(3)) as s3 -> inspect(k.inspect(4)) as s4 -> match {
            x if x.goes(5, 0, 2) => x -> queue(k.cap(6), overflow = drop_newest) as s6 -> then(k.then(7)) as s7 ->
                then(k.then(8)) as s8 -> for_each(k.sink_tried(9))? as s9,
            x => x -> map(k.map(10)) as s10 -> map(k.map(11)) as s11 -> map(k.seen(12)) as s12 ->
                collect::<Vec<u64>>(),
        } as s5;
        b -> then(k.then(13)) as s13 -> queue(k.cap(14), overflow = drop_oldest) as s14 -> map(k.map(15)) as s15 ->
            map(k.seen(16)) as s16 -> collect::<Vec<u64>>();
        c -> queue(k.cap(17)) as s17 -> map(k.tried(18))? as s18 -> queue(k.cap(19)) as s19 -> then(k.then(20)) as
            s20 -> map(k.seen(21)) as s21 -> first()
    }
    "match then copies" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> chunks(k.n(2)) as s2 -> flatten() -> match {
            x if x.goes(3, 0, 3) => x -> map(k.map(4)) as s4 -> inspect(k.inspect(5)) as s5,
            x if x.goes(3, 1, 3) => x -> map(k.map(6)) as s6,
            x => x -> map(k.map(7)) as s7 -> map_async(k.n(8), k.then(8)) as s8 -> for_each(k.sink(9)) as s9,
        } as s3 -> broadcast as s10;
        a -> map(k.map(11)) as s11 -> map_async_unordered(k.n(12), k.then(12)) as s12 -> flat_map(k.flat(13)) as s13
            -> fold(Vec::new(), k.fold(14)) as s14;
        b -> then(k.then(15)) as s15 -> inspect(k.inspect(16)) as s16 -> queue(k.cap(17)) as s17 -> map(k.map(18))
            as s18 -> take(k.take(19)) as s19 -> map(k.seen(20)) as s20 -> collect::<Vec<u64>>()
    }
    "copies/broadcast" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> then(k.then_tried(2))? as s2 -> broadcast as s3;
        a -> map(k.map(4)) as s4 -> flat_map(k.flat(5)) as s5 -> broadcast {
            queue(k.cap(7), overflow = drop_newest) as s7 -> map(k.tried(8))? as s8 -> for_each(k.sink_tried(9))? as
                s9,
            map(k.tried(10))? as s10 -> take(k.take(11)) as s11,
        } as s6 -> throttle(k.n(12), k.period(12)) as s12 -> for_each(k.sink_tried(13))? as s13;
        b -> map(k.map(14)) as s14 -> queue(k.cap(15), overflow = drop_oldest) as s15 -> then(k.then(16)) as s16 ->
            filter_async(k.filter_async(17)) as s17 -> for_each_async(k.n(18), k.sink_async(18)) as s18;
        c -> queue(k.cap(19), overflow = fail) as s19 -> map(k.map(20)) as s20 -> for_each_async(k.n(21),
            k.sink_async_tried(21))? as s21
    }
    "broadcast then copies" => {
        #![queue = k.cap(0)]
        let (a, b, c) = iter(k.iter(1)) as s1 -> chunks(k.n(2)) as s2 -> flatten() -> chunks(k.n(3)) as s3 ->
            flatten() -> broadcast {
            then(k.then(5)) as s5 -> map_async(k.n(6), k.then(6)) as s6,
            map(k.map(7)) as s7 -> then(k.then_tried(8))? as s8,
        } as s4 -> broadcast as s9;
        a -> then(k.then(10)) as s10 -> queue(k.cap(11)) as s11 -> then(k.then(12)) as s12 -> map(k.seen(13)) as s13
            -> first();
        b -> map(k.tried(14))? as s14 -> queue(k.cap(15), overflow = fail) as s15 -> map(k.map(16)) as s16 ->
            map(k.tried(17))? as s17 -> for_each(k.sink(18)) as s18;
        c -> map(k.map(19)) as s19 -> queue(k.cap(20), low = k.low(20)) as s20 -> map(k.map(21)) as s21 ->
            for_each_async(k.n(22), k.sink_async(22)) as s22
    }
    "copies/tap" => {
        #![queue = k.cap(0)]
        let (a, b, c) = iter(k.iter(1)) as s1 -> map(k.map(2)) as s2 -> filter(k.filter(3)) as s3 -> broadcast as
            s4;
        a -> then(k.then(5)) as s5 -> map(k.map(6)) as s6 -> tap {
            queue(k.cap(8), overflow = drop_oldest) as s8 -> then(k.then(9)) as s9 -> for_each_async(k.n(10),
                k.sink_async(10)) as s10
        } as s7 -> for_each(k.sink(11)) as s11;
        b -> then(k.then(12)) as s12 -> delay(k.period(13)) as s13 -> inspect(k.inspect(14)) as s14 ->
            for_each_async(k.n(15), k.sink_async_tried(15))? as s15;
        c -> queue(k.cap(16), low = k.low(16)) as s16 -> then(k.then(17)) as s17 -> delay(k.period(18)) as s18 ->
            map(k.map(19)) as s19 -> for_each_async(k.n(20), k.sink_async_tried(20))? as s20
    }
    "tap then copies" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> tap {
            queue(k.cap(3), overflow = drop_newest) as s3 -> then(k.then(4)) as s4 -> map(k.seen(5)) as s5 ->
                collect::<Vec<u64>>()
        } as s2 -> broadcast as s6;
        a -> then(k.then(7)) as s7 -> then(k.then(8)) as s8 -> queue(k.cap(9), overflow = drop_newest) as s9 ->
            then(k.then(10)) as s10 -> queue(k.cap(11), overflow = drop_oldest) as s11 -> map(k.map(12)) as s12 ->
            map(k.seen(13)) as s13 -> collect::<Vec<u64>>();
        b -> map(k.map(14)) as s14 -> filter(k.filter(15)) as s15 -> for_each_async(k.n(16), k.sink_async(16)) as
            s16
    }
    "copies/parallel" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> map_async(k.n(2), k.then_tried(2))? as s2 -> queue(k.cap(3),
            overflow = drop_newest) as s3 -> then(k.then(4)) as s4 -> broadcast as s5;
        a -> map(k.tried(6))? as s6 -> throttle(k.n(7), k.period(7)) as s7 -> parallel(k.n(8)) {
            map(k.map(9)) as s9 -> map(k.seen(10)) as s10 -> collect::<Vec<u64>>()
        } as s8;
        b -> map(k.map(11)) as s11 -> map(k.seen(12)) as s12 -> first()
    }
}
