//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "match.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> queue(k.cap(2)) as s2 -> then(k.then(3)) as s3 -> match {
            x if x.goes(4, 0, 2) => x -> queue(k.cap(5), low = k.low(5)) as s5 -> map(k.tried(6))? as s6 ->
                queue(k.cap(7), overflow = drop_newest) as s7 -> then(k.then(8)) as s8 -> for_each(k.sink_tried(9))?
                as s9,
            x => x -> map(k.map(10)) as s10 -> map_async(k.n(11), k.then(11)) as s11 -> for_each_async(k.n(12),
                k.sink_async(12)) as s12,
        } as s4
    }
    "match.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> queue(k.cap(2), overflow = fail) as s2 -> map(k.map(3)) as s3 -> match {
            x if x.goes(4, 0, 3) => x -> map(k.map(5)) as s5 -> take(k.take(6)) as s6,
            x if x.goes(4, 1, 3) => x -> map(k.map(7)) as s7,
            x => x -> map(k.map(8)) as s8 -> queue(k.cap(9)) as s9 -> map(k.map(10)) as s10,
        } as s4 -> for_each(k.sink_tried(11))? as s11
    }
    "match.2" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> match {
            x if x.goes(2, 0, 3) => x -> queue(k.cap(3), overflow = drop_oldest) as s3 -> then(k.then(4)) as s4,
            x if x.goes(2, 1, 3) => x -> map(k.tried(5))? as s5 -> map(k.seen(6)) as s6 -> collect::<Vec<u64>>(),
            x => x -> queue(k.cap(7), overflow = fail) as s7 -> then(k.then(8)) as s8,
        } as s2 -> map_async(k.n(9), k.then(9)) as s9 -> fold(Vec::new(), k.fold(10)) as s10
    }
    "match/match.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> map(k.map(2)) as s2 -> match {
            x if x.goes(3, 0, 3) => x -> map(k.tried(4))? as s4 -> flat_map(k.flat(5)) as s5,
            x if x.goes(3, 1, 3) => x -> queue(k.cap(6)) as s6 -> then(k.then(7)) as s7 -> flat_map(k.flat(8)) as
                s8,
            x => x -> queue(k.cap(9)) as s9 -> map(k.map(10)) as s10 -> map(k.map(11)) as s11 -> match {
                x if x.goes(12, 0, 3) => x -> map(k.tried(13))? as s13 -> map(k.tried(14))? as s14 ->
                    map(k.seen(15)) as s15 -> collect::<Vec<u64>>(),
                x if x.goes(12, 1, 3) => x -> queue(k.cap(16), low = k.low(16)) as s16 -> then(k.then(17)) as s17 ->
                    then(k.then_tried(18))? as s18,
                x => x -> queue(k.cap(19), overflow = fail) as s19 -> then(k.then(20)) as s20 -> take(k.take(21)) as
                    s21 -> for_each_async(k.n(22), k.sink_async(22)) as s22,
            } as s12 -> queue(k.cap(23), overflow = drop_oldest) as s23 -> then(k.then(24)) as s24,
        } as s3 -> map_async(k.n(25), k.then_tried(25))? as s25 -> inspect(k.inspect(26)) as s26 -> fold(Vec::new(),
            k.fold(27)) as s27
    }
    "match/match.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> match {
            x if x.goes(2, 0, 2) => x -> then(k.then(3)) as s3 -> inspect(k.inspect(4)) as s4,
            x => x -> map(k.map(5)) as s5 -> map_async(k.n(6), k.then_tried(6))? as s6 -> match {
                x if x.goes(7, 0, 2) => x -> map(k.map(8)) as s8 -> map_async_unordered(k.n(9), k.then(9)) as s9 ->
                    map(k.seen(10)) as s10 -> first(),
                x => x -> map(k.tried(11))? as s11 -> for_each_async(k.n(12), k.sink_async(12)) as s12,
            } as s7,
        } as s2 -> map(k.seen(13)) as s13 -> collect::<Vec<u64>>()
    }
    "match then match" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> queue(k.cap(2), overflow = fail) as s2 -> then(k.then(3)) as s3 ->
            queue(k.cap(4), overflow = drop_oldest) as s4 -> then(k.then(5)) as s5 -> match {
            x if x.goes(6, 0, 2) => x -> map(k.map(7)) as s7 -> filter(k.filter(8)) as s8 -> fold(Vec::new(),
                k.fold(9)) as s9,
            x => x -> queue(k.cap(10), overflow = fail) as s10 -> map(k.map(11)) as s11 -> map(k.tried(12))? as s12,
        } as s6 -> map_async(k.n(13), k.then(13)) as s13 -> match {
            x if x.goes(14, 0, 3) => x -> map(k.map(15)) as s15 -> then(k.then(16)) as s16 ->
                for_each(k.sink_tried(17))? as s17,
            x if x.goes(14, 1, 3) => x -> then(k.then(18)) as s18 -> map(k.seen(19)) as s19 -> count(),
            x => x -> map(k.tried(20))? as s20 -> for_each_async(k.n(21), k.sink_async_tried(21))? as s21,
        } as s14
    }
    "match/broadcast.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> match {
            x if x.goes(2, 0, 2) => x -> map(k.map(3)) as s3 -> map(k.seen(4)) as s4 -> count(),
            x => x -> queue(k.cap(5), overflow = drop_newest) as s5 -> map(k.tried(6))? as s6 -> then(k.then(7)) as
                s7 -> broadcast {
                map(k.map(9)) as s9 -> map(k.seen(10)) as s10 -> count(),
                then(k.then(11)) as s11 -> for_each(k.sink(12)) as s12,
                queue(k.cap(13), overflow = drop_oldest) as s13 -> then(k.then(14)) as s14 -> delay(k.period(15)) as
                    s15 -> for_each(k.sink(16)) as s16,
            } as s8,
        } as s2
    }
    "match/broadcast.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> then(k.then_tried(2))? as s2 -> take(k.take(3)) as s3 -> match {
            x if x.goes(4, 0, 3) => x -> map(k.map(5)) as s5 -> queue(k.cap(6), overflow = fail) as s6 ->
                then(k.then(7)) as s7 -> broadcast {
                map(k.map(9)) as s9 -> map_async_unordered(k.n(10), k.then(10)) as s10 -> for_each_async(k.n(11),
                    k.sink_async(11)) as s11,
                map(k.tried(12))? as s12 -> map_async(k.n(13), k.then(13)) as s13 -> for_each(k.sink_tried(14))? as
                    s14,
            } as s8,
            x if x.goes(4, 1, 3) => x -> map(k.map(15)) as s15 -> queue(k.cap(16), overflow = drop_newest) as s16 ->
                then(k.then(17)) as s17 -> map(k.seen(18)) as s18 -> collect::<Vec<u64>>(),
            x => x -> queue(k.cap(19), overflow = fail) as s19 -> map(k.map(20)) as s20 -> queue(k.cap(21)) as s21
                -> then(k.then(22)) as s22 -> fold(Vec::new(), k.fold(23)) as s23,
        } as s4
    }
    "match then broadcast" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> match {
            x if x.goes(2, 0, 3) => x -> map(k.map(3)) as s3 -> for_each(k.sink_tried(4))? as s4,
            x if x.goes(2, 1, 3) => x -> then(k.then(5)) as s5 -> for_each_async(k.n(6), k.sink_async_tried(6))? as
                s6,
            x => x -> map(k.map(7)) as s7,
        } as s2 -> take(k.take(8)) as s8 -> broadcast {
            map(k.tried(10))? as s10 -> map(k.map(11)) as s11,
            map(k.tried(12))? as s12 -> map_async_unordered(k.n(13), k.then(13)) as s13,
        } as s9 -> map_async(k.n(14), k.then_tried(14))? as s14 -> map(k.seen(15)) as s15 -> count()
    }
    "match/tap.0" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> match {
            x if x.goes(2, 0, 2) => x -> map(k.map(3)) as s3 -> map(k.seen(4)) as s4 -> collect::<Vec<u64>>(),
            x => x -> map(k.map(5)) as s5 -> inspect(k.inspect(6)) as s6 -> tap {
                queue(k.cap(8), overflow = drop_newest) as s8 -> map(k.map(9)) as s9 -> for_each(k.sink_tried(10))?
                    as s10
            } as s7 -> queue(k.cap(11)) as s11 -> map(k.map(12)) as s12 -> fold(Vec::new(), k.fold(13)) as s13,
        } as s2
    }
    "match/tap.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> filter_async(k.filter_async(2)) as s2 -> batch(k.n(3), k.period(3)) as s3 ->
            flatten() -> match {
            x if x.goes(4, 0, 2) => x -> queue(k.cap(5), low = k.low(5)) as s5 -> map(k.map(6)) as s6 -> tap {
                queue(k.cap(8), overflow = drop_oldest) as s8 -> then(k.then(9)) as s9 -> then(k.then_tried(10))? as
                    s10 -> fold(Vec::new(), k.fold(11)) as s11
            } as s7 -> then(k.then_tried(12))? as s12 -> for_each(k.sink(13)) as s13,
            x => x -> map(k.tried(14))? as s14 -> map_async(k.n(15), k.then_tried(15))? as s15 ->
                for_each_async(k.n(16), k.sink_async(16)) as s16,
        } as s4
    }
    "match then tap" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> delay(k.period(2)) as s2 -> map_async(k.n(3), k.then_tried(3))? as s3 -> match {
            x if x.goes(4, 0, 2) => x -> map(k.map(5)) as s5 -> then(k.then_tried(6))? as s6,
            x => x -> queue(k.cap(7), overflow = fail) as s7 -> map(k.map(8)) as s8 -> map_async(k.n(9), k.then(9))
                as s9 -> for_each(k.sink(10)) as s10,
        } as s4 -> tap {
            queue(k.cap(12), overflow = drop_oldest) as s12 -> then(k.then(13)) as s13 -> map(k.seen(14)) as s14 ->
                collect::<Vec<u64>>()
        } as s11 -> inspect(k.inspect(15)) as s15 -> map(k.seen(16)) as s16 -> first()
    }
    "match/parallel.0" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> filter_async(k.filter_async(2)) as s2 -> map_async(k.n(3), k.then(3)) as s3 ->
            match {
            x if x.goes(4, 0, 3) => x -> map(k.map(5)) as s5 -> queue(k.cap(6)) as s6 -> map(k.map(7)) as s7 ->
                parallel(k.n(8)) {
                map(k.tried(9))? as s9
            } as s8 -> delay(k.period(10)) as s10,
            x if x.goes(4, 1, 3) => x -> queue(k.cap(11), low = k.low(11)) as s11 -> map(k.tried(12))? as s12,
            x => x -> then(k.then(13)) as s13 -> queue(k.cap(14), low = k.low(14)) as s14 -> map(k.map(15)) as s15,
        } as s4 -> for_each_async(k.n(16), k.sink_async(16)) as s16
    }
    "match/parallel.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> then(k.then_tried(2))? as s2 -> filter_async(k.filter_async(3)) as s3 -> match {
            x if x.goes(4, 0, 2) => x -> queue(k.cap(5), overflow = fail) as s5 -> map(k.map(6)) as s6 ->
                filter_async(k.filter_async(7)) as s7 -> parallel(k.n(8)) {
                map(k.map(9)) as s9 -> map(k.seen(10)) as s10 -> count()
            } as s8,
            x => x -> map(k.map(11)) as s11 -> then(k.then_tried(12))? as s12 -> map(k.seen(13)) as s13 ->
                collect::<Vec<u64>>(),
        } as s4
    }
    "match then parallel" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> inspect(k.inspect(2)) as s2 -> match {
            x if x.goes(3, 0, 2) => x -> then(k.then(4)) as s4 -> queue(k.cap(5), overflow = drop_newest) as s5 ->
                then(k.then(6)) as s6,
            x => x -> map(k.tried(7))? as s7 -> filter_async(k.filter_async(8)) as s8,
        } as s3 -> queue(k.cap(9)) as s9 -> map(k.map(10)) as s10 -> parallel(k.n(11)) {
            map(k.map(12)) as s12 -> flat_map(k.flat(13)) as s13
        } as s11 -> map(k.seen(14)) as s14 -> collect::<Vec<u64>>()
    }
    "merge then match" => {
        #![queue = k.cap(0)]
        merge(
            from(k.asking(2)) as s2 -> queue(k.cap(3)) as s3 -> map(k.map(4)) as s4,
            from(k.source(5)) as s5 -> queue(k.cap(6), low = k.low(6)) as s6,
            from(k.asking(7)) as s7 -> queue(k.cap(8)) as s8 -> map(k.map(9)) as s9 -> queue(k.cap(10), low =
                k.low(10)) as s10 -> then(k.then(11)) as s11 -> queue(k.cap(12), low = k.low(12)) as s12,
        ) as s1 -> match {
            x if x.goes(13, 0, 3) => x -> map(k.tried(14))? as s14 -> queue(k.cap(15), low = k.low(15)) as s15 ->
                then(k.then(16)) as s16 -> for_each_async(k.n(17), k.sink_async_tried(17))? as s17,
            x if x.goes(13, 1, 3) => x -> map(k.tried(18))? as s18,
            x => x -> queue(k.cap(19), overflow = drop_newest) as s19 -> map(k.tried(20))? as s20 ->
                fold(Vec::new(), k.fold(21)) as s21,
        } as s13 -> then(k.then(22)) as s22 -> map_async(k.n(23), k.then_tried(23))? as s23 -> fold(Vec::new(),
            k.fold(24)) as s24
    }
    "concat then match" => {
        #![queue = k.cap(0)]
        concat(
            iter(k.iter(2)) as s2 -> take(k.take(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as s4,
            from(k.asking(5)) as s5 -> queue(k.cap(6)) as s6 -> then(k.then(7)) as s7 -> chunks(k.n(8)) as s8 ->
                flatten() -> queue(k.cap(9), overflow = drop_newest) as s9,
            from(k.source(10)) as s10,
        ) as s1 -> match {
            x if x.goes(11, 0, 2) => x -> map(k.map(12)) as s12,
            x => x -> queue(k.cap(13), low = k.low(13)) as s13 -> map(k.tried(14))? as s14 -> queue(k.cap(15),
                overflow = fail) as s15 -> map(k.map(16)) as s16,
        } as s11 -> queue(k.cap(17), overflow = drop_newest) as s17 -> then(k.then(18)) as s18 -> fold(Vec::new(),
            k.fold(19)) as s19
    }
    "zip then match" => {
        #![queue = k.cap(0)]
        zip(
            iter(k.iter(2)) as s2 -> map(k.map(3)) as s3 -> map_async(k.n(4), k.then(4)) as s4,
            iter(k.iter(5)) as s5 -> queue(k.cap(6)) as s6,
        ) as s1 -> map(k.join(1)) as j1 -> queue(k.cap(7), overflow = drop_newest) as s7 -> then(k.then(8)) as s8 ->
            match {
            x if x.goes(9, 0, 3) => x -> queue(k.cap(10), overflow = fail) as s10 -> map(k.map(11)) as s11 ->
                chunks(k.n(12)) as s12 -> flatten(),
            x if x.goes(9, 1, 3) => x -> map(k.tried(13))? as s13 -> for_each_async(k.n(14), k.sink_async(14)) as
                s14,
            x => x -> map(k.map(15)) as s15 -> filter(k.filter(16)) as s16 -> for_each_async(k.n(17),
                k.sink_async(17)) as s17,
        } as s9 -> map(k.seen(18)) as s18 -> collect::<Vec<u64>>()
    }
    "interleave then match" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.source(2)) as s2 -> queue(k.cap(3)) as s3 -> map(k.map(4)) as s4 -> queue(k.cap(5)) as s5,
            from(k.asking(6)) as s6,
        ) as s1 -> match {
            x if x.goes(7, 0, 2) => x -> then(k.then(8)) as s8,
            x => x -> map(k.map(9)) as s9,
        } as s7 -> map_async(k.n(10), k.then_tried(10))? as s10 -> then(k.then(11)) as s11 -> map(k.seen(12)) as s12
            -> collect::<Vec<u64>>()
    }
    "prefer then match" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.asking(2)) as s2,
            from(k.asking(3)) as s3 -> inspect(k.inspect(4)) as s4 -> queue(k.cap(5), overflow = drop_oldest) as s5,
        ) as s1 -> map_async_unordered(k.n(6), k.then(6)) as s6 -> queue(k.cap(7), overflow = drop_oldest) as s7 ->
            then(k.then(8)) as s8 -> match {
            x if x.goes(9, 0, 3) => x -> map(k.map(10)) as s10,
            x if x.goes(9, 1, 3) => x -> map(k.tried(11))? as s11 -> filter(k.filter(12)) as s12,
            x => x -> queue(k.cap(13), overflow = drop_newest) as s13 -> map(k.map(14)) as s14,
        } as s9 -> take(k.take(15)) as s15 -> map(k.seen(16)) as s16 -> collect::<Vec<u64>>()
    }
    "broadcast.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> broadcast {
            queue(k.cap(3), overflow = drop_oldest) as s3 -> map(k.map(4)) as s4 -> then(k.then_tried(5))? as s5 ->
                map(k.seen(6)) as s6 -> first(),
            then(k.then(7)) as s7 -> queue(k.cap(8), overflow = fail) as s8 -> then(k.then(9)) as s9 ->
                for_each(k.sink(10)) as s10,
            queue(k.cap(11)) as s11 -> map(k.map(12)) as s12 -> map(k.seen(13)) as s13 -> collect::<Vec<u64>>(),
        } as s2
    }
    "broadcast.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> broadcast {
            map(k.tried(3))? as s3 -> for_each(k.sink_tried(4))? as s4,
            queue(k.cap(5)) as s5 -> then(k.then(6)) as s6 -> queue(k.cap(7), overflow = drop_oldest) as s7 ->
                then(k.then(8)) as s8 -> fold(Vec::new(), k.fold(9)) as s9,
        } as s2
    }
    "broadcast.2" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> broadcast {
            map(k.tried(3))? as s3 -> queue(k.cap(4), low = k.low(4)) as s4 -> map(k.map(5)) as s5,
            then(k.then(6)) as s6 -> take(k.take(7)) as s7 -> map(k.seen(8)) as s8 -> collect::<Vec<u64>>(),
            then(k.then(9)) as s9 -> filter(k.filter(10)) as s10 -> for_each_async(k.n(11), k.sink_async_tried(11))?
                as s11,
        } as s2 -> queue(k.cap(12)) as s12 -> then(k.then(13)) as s13 -> for_each_async(k.n(14), k.sink_async(14))
            as s14
    }
    "broadcast/match.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> queue(k.cap(2), overflow = fail) as s2 -> then(k.then(3)) as s3 -> broadcast {
            map(k.tried(5))? as s5 -> match {
                x if x.goes(6, 0, 3) => x -> map(k.map(7)) as s7 -> for_each_async(k.n(8), k.sink_async(8)) as s8,
                x if x.goes(6, 1, 3) => x -> queue(k.cap(9), overflow = drop_newest) as s9 -> map(k.map(10)) as s10,
                x => x -> queue(k.cap(11), low = k.low(11)) as s11 -> map(k.tried(12))? as s12 -> map_async(k.n(13),
                    k.then(13)) as s13,
            } as s6,
            map(k.tried(14))? as s14 -> map(k.seen(15)) as s15 -> count(),
        } as s4 -> for_each_async(k.n(16), k.sink_async(16)) as s16
    }
    "broadcast/match.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> then(k.then(2)) as s2 -> queue(k.cap(3), overflow = drop_oldest) as s3 ->
            then(k.then(4)) as s4 -> broadcast {
            queue(k.cap(6), low = k.low(6)) as s6 -> then(k.then(7)) as s7 -> then(k.then(8)) as s8 -> match {
                x if x.goes(9, 0, 2) => x -> map(k.map(10)) as s10 -> for_each(k.sink(11)) as s11,
                x => x -> map(k.tried(12))? as s12,
            } as s9,
            map(k.map(13)) as s13 -> map(k.seen(14)) as s14 -> first(),
            map(k.map(15)) as s15 -> queue(k.cap(16), overflow = drop_newest) as s16 -> then(k.then(17)) as s17 ->
                for_each_async(k.n(18), k.sink_async_tried(18))? as s18,
        } as s5 -> delay(k.period(19)) as s19 -> inspect(k.inspect(20)) as s20 -> for_each_async(k.n(21),
            k.sink_async_tried(21))? as s21
    }
    "broadcast then match" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> flat_map(k.flat(2)) as s2 -> map_async(k.n(3), k.then(3)) as s3 -> broadcast {
            map(k.map(5)) as s5,
            then(k.then(6)) as s6 -> map(k.map(7)) as s7 -> map(k.seen(8)) as s8 -> count(),
            then(k.then(9)) as s9,
        } as s4 -> queue(k.cap(10)) as s10 -> map(k.map(11)) as s11 -> match {
            x if x.goes(12, 0, 2) => x -> map(k.map(13)) as s13 -> fold(Vec::new(), k.fold(14)) as s14,
            x => x -> map(k.tried(15))? as s15 -> then(k.then(16)) as s16 -> map(k.seen(17)) as s17 -> first(),
        } as s12
    }
    "broadcast/broadcast.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> queue(k.cap(2)) as s2 -> then(k.then(3)) as s3 -> inspect(k.inspect(4)) as s4 ->
            broadcast {
            queue(k.cap(6), overflow = drop_newest) as s6 -> map(k.map(7)) as s7 -> queue(k.cap(8)) as s8 ->
                map(k.map(9)) as s9 -> broadcast {
                then(k.then(11)) as s11 -> map(k.seen(12)) as s12 -> collect::<Vec<u64>>(),
                map(k.tried(13))? as s13 -> fold(Vec::new(), k.fold(14)) as s14,
                queue(k.cap(15), overflow = drop_oldest) as s15 -> map(k.map(16)) as s16 -> filter(k.filter(17)) as
                    s17 -> for_each_async(k.n(18), k.sink_async_tried(18))? as s18,
            } as s10,
            queue(k.cap(19), low = k.low(19)) as s19 -> map(k.tried(20))? as s20 -> throttle(k.n(21), k.period(21))
                as s21 -> for_each_async(k.n(22), k.sink_async(22)) as s22,
        } as s5
    }
    "broadcast/broadcast.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> broadcast {
            map(k.map(3)) as s3 -> filter(k.filter(4)) as s4,
            map(k.map(5)) as s5 -> throttle(k.n(6), k.period(6)) as s6 -> broadcast {
                queue(k.cap(8), low = k.low(8)) as s8 -> then(k.then(9)) as s9,
                map(k.map(10)) as s10,
                map(k.map(11)) as s11,
            } as s7 -> filter(k.filter(12)) as s12,
            map(k.tried(13))? as s13 -> for_each(k.sink(14)) as s14,
        } as s2 -> map_async(k.n(15), k.then(15)) as s15 -> for_each(k.sink(16)) as s16
    }
    "broadcast then broadcast" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> delay(k.period(2)) as s2 -> broadcast {
            map(k.map(4)) as s4 -> batch(k.n(5), k.period(5)) as s5 -> flatten(),
            map(k.map(6)) as s6,
        } as s3 -> broadcast {
            map(k.map(8)) as s8 -> filter_async(k.filter_async(9)) as s9,
            then(k.then(10)) as s10 -> for_each(k.sink_tried(11))? as s11,
            map(k.tried(12))? as s12 -> for_each(k.sink_tried(13))? as s13,
        } as s7 -> chunks(k.n(14)) as s14 -> flatten() -> queue(k.cap(15), overflow = drop_newest) as s15 ->
            map(k.map(16)) as s16 -> for_each(k.sink_tried(17))? as s17
    }
    "broadcast/tap.0" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> flat_map(k.flat(2)) as s2 -> map_async_unordered(k.n(3), k.then(3)) as s3 ->
            broadcast {
            map(k.map(5)) as s5 -> delay(k.period(6)) as s6 -> map(k.seen(7)) as s7 -> count(),
            map(k.tried(8))? as s8 -> tap {
                queue(k.cap(10), overflow = drop_newest) as s10 -> map(k.tried(11))? as s11 ->
                    filter_async(k.filter_async(12)) as s12 -> map(k.seen(13)) as s13 -> count()
            } as s9 -> filter_async(k.filter_async(14)) as s14,
            map(k.map(15)) as s15 -> map(k.map(16)) as s16,
        } as s4 -> delay(k.period(17)) as s17 -> queue(k.cap(18), overflow = drop_newest) as s18 -> map(k.map(19))
            as s19 -> for_each_async(k.n(20), k.sink_async_tried(20))? as s20
    }
}
