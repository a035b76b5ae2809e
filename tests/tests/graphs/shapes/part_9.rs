//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "timed interleave.0" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.asking(2)) as s2 -> batch(k.n(3), k.period(3)) as s3 -> flatten(),
            from(k.source(4)) as s4 -> throttle(k.n(5), k.period(5)) as s5 -> batch(k.n(6), k.period(6), bytes =
                k.bytes(6)) as s6 -> flatten(),
        ) as s1 -> timeout(60s) as s7 -> map(k.map(8)) as s8 -> fold(Vec::new(), k.fold(9)) as s9
    }
    "timed prefer.0" => {
        #![queue = k.cap(0)]
        prefer(
            iter(k.iter(2)) as s2 -> batch(k.n(3), k.period(3), bytes = k.bytes(3)) as s3 -> flatten() ->
                queue(k.cap(4), overflow = drop_oldest) as s4,
            iter(k.iter(5)) as s5 -> delay(k.period(6)) as s6,
        ) as s1 -> queue(k.cap(7)) as s7 -> map(k.map(8)) as s8 -> for_each_async(k.n(9), k.sink_async(9)) as s9
    }
    "timed.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> inspect(k.inspect(2)) as s2 -> map(k.seen(3)) as s3 -> first()
    }
    "timed copies.1" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.source(1)) as s1 -> throttle(k.n(2), k.period(2)) as s2 -> queue(bytes = k.bytes(3)) as
            s3 -> map(k.map(4)) as s4 -> broadcast as s5;
        a -> then(k.then(6)) as s6 -> map(k.seen(7)) as s7 -> collect::<Vec<u64>>();
        b -> map(k.map(8)) as s8 -> queue(bytes = k.bytes(9)) as s9 -> map(k.map(10)) as s10 -> map(k.tried(11))? as
            s11 -> map(k.seen(12)) as s12 -> collect::<Vec<u64>>()
    }
    "timed match.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> queue(k.cap(2), overflow = fail) as s2 -> then(k.then(3)) as s3 -> match {
            x if x.goes(4, 0, 2) => x -> map(k.map(5)) as s5 -> ready_chunks(k.n(6)) as s6 -> flatten() ->
                map(k.seen(7)) as s7 -> collect::<Vec<u64>>(),
            x => x -> queue(k.cap(8)) as s8 -> map(k.map(9)) as s9 -> for_each(k.sink(10)) as s10,
        } as s4
    }
    "timed broadcast.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> conflate(k.conflate(2)) as s2 -> queue(k.cap(3)) as s3 -> then(k.then(4)) as s4
            -> map(k.tried(5))? as s5 -> broadcast {
            map(k.tried(7))? as s7 -> for_each(k.sink(8)) as s8,
            queue(k.cap(9), overflow = drop_newest) as s9 -> then(k.then(10)) as s10 -> filter(k.filter(11)) as s11
                -> for_each_async(k.n(12), k.sink_async(12)) as s12,
            map(k.map(13)) as s13 -> map(k.seen(14)) as s14 -> first(),
        } as s6
    }
    "timed tap.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> tap {
            queue(k.cap(3), overflow = drop_oldest) as s3 -> map(k.map(4)) as s4 -> batch(k.n(5), k.period(5)) as s5
                -> flatten() -> for_each_async(k.n(6), k.sink_async_tried(6))? as s6
        } as s2 -> throttle(k.n(7), k.period(7)) as s7 -> map(k.seen(8)) as s8 -> first()
    }
    "timed parallel.1" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> sample(k.period(2)) as s2 -> queue(bytes = k.bytes(3)) as s3 -> map(k.map(4)) as
            s4 -> parallel(k.n(5)) {
            then(k.then(6)) as s6 -> ready_chunks(k.n(7)) as s7 -> flatten() -> for_each_async(k.n(8),
                k.sink_async(8)) as s8
        } as s5
    }
    "timed merge.1" => {
        #![queue = k.cap(0)]
        merge(
            from(k.asking(2)) as s2 -> throttle(k.n(3), k.period(3)) as s3 -> queue(bytes = k.bytes(4)) as s4 ->
                map(k.map(5)) as s5,
            from(k.asking(6)) as s6 -> throttle(k.n(7), k.period(7)) as s7 -> timeout(60s) as s8,
            from(k.asking(9)) as s9 -> queue(k.cap(10), overflow = fail) as s10,
        ) as s1 -> queue(bytes = k.bytes(11)) as s11 -> map(k.map(12)) as s12 -> for_each_async(k.n(13),
            k.sink_async(13)) as s13
    }
    "timed concat.1" => {
        #![queue = k.cap(0)]
        concat(
            iter(k.iter(2)) as s2 -> queue(bytes = k.bytes(3)) as s3 -> map(k.map(4)) as s4 -> ready_chunks(k.n(5))
                as s5 -> flatten(),
            from(k.asking(6)) as s6 -> ready_chunks(k.n(7)) as s7 -> flatten(),
            from(k.asking(8)) as s8 -> queue(bytes = k.bytes(9)) as s9 -> map(k.map(10)) as s10,
        ) as s1 -> then(k.then(11)) as s11 -> for_each(k.sink_tried(12))? as s12
    }
    "timed zip.1" => {
        #![queue = k.cap(0)]
        zip(
            iter(k.iter(2)) as s2,
            from(k.source(3)) as s3 -> ready_chunks(k.n(4)) as s4 -> flatten() -> delay(k.period(5)) as s5,
        ) as s1 -> map(k.join(1)) as j1 -> conflate(k.conflate(6)) as s6 -> queue(k.cap(7)) as s7 -> then(k.then(8))
            as s8 -> for_each_async(k.n(9), k.sink_async(9)) as s9
    }
    "timed interleave.1" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.asking(2)) as s2 -> queue(k.cap(3), overflow = drop_newest) as s3,
            from(k.source(4)) as s4 -> queue(k.cap(5), overflow = fail) as s5,
            from(k.asking(6)) as s6 -> sample(k.period(7)) as s7 -> batch(k.n(8), k.period(8)) as s8 -> flatten(),
        ) as s1 -> batch(k.n(9), k.period(9), bytes = k.bytes(9)) as s9 -> flatten() -> for_each(k.sink(10)) as s10
    }
    "timed prefer.1" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.source(2)) as s2,
            from(k.source(3)) as s3,
        ) as s1 -> conflate(k.conflate(4)) as s4 -> queue(k.cap(5)) as s5 -> then(k.then(6)) as s6 ->
            conflate(k.conflate(7)) as s7 -> queue(k.cap(8)) as s8 -> then(k.then(9)) as s9 -> fold(Vec::new(),
            k.fold(10)) as s10
    }
    "timed.2" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> throttle(k.n(2), k.period(2)) as s2 -> map(k.seen(3)) as s3 -> first()
    }
    "timed copies.2" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.asking(1)) as s1 -> timeout(60s) as s2 -> conflate(k.conflate(3)) as s3 ->
            queue(k.cap(4)) as s4 -> then(k.then(5)) as s5 -> broadcast as s6;
        a -> then(k.then(7)) as s7 -> then(k.then(8)) as s8 -> for_each(k.sink(9)) as s9;
        b -> queue(k.cap(10), overflow = drop_oldest) as s10 -> map(k.map(11)) as s11 -> for_each_async(k.n(12),
            k.sink_async_tried(12))? as s12
    }
    "timed match.2" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> batch(k.n(2), k.period(2)) as s2 -> flatten() -> ready_chunks(k.n(3)) as s3 ->
            flatten() -> match {
            x if x.goes(4, 0, 2) => x -> map(k.tried(5))? as s5 -> map(k.seen(6)) as s6 -> first(),
            x => x -> queue(k.cap(7), overflow = drop_newest) as s7 -> map(k.tried(8))? as s8 -> map(k.seen(9)) as
                s9 -> first(),
        } as s4
    }
    "timed broadcast.2" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> batch(k.n(2), k.period(2), bytes = k.bytes(2)) as s2 -> flatten() -> broadcast {
            map(k.tried(4))? as s4 -> sample(k.period(5)) as s5,
            map(k.map(6)) as s6 -> ready_chunks(k.n(7)) as s7 -> flatten(),
            map(k.tried(8))? as s8 -> ready_chunks(k.n(9)) as s9 -> flatten(),
        } as s3 -> conflate(k.conflate(10)) as s10 -> queue(k.cap(11)) as s11 -> then(k.then(12)) as s12 ->
            for_each_async(k.n(13), k.sink_async_tried(13))? as s13
    }
    "timed tap.2" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> queue(bytes = k.bytes(2)) as s2 -> map(k.map(3)) as s3 -> queue(k.cap(4), low =
            k.low(4)) as s4 -> map(k.map(5)) as s5 -> tap {
            queue(k.cap(7), overflow = drop_newest) as s7 -> map(k.tried(8))? as s8 -> conflate(k.conflate(9)) as s9
                -> queue(k.cap(10)) as s10 -> then(k.then(11)) as s11 -> map(k.seen(12)) as s12 ->
                collect::<Vec<u64>>()
        } as s6 -> filter_async(k.filter_async(13)) as s13 -> timeout(60s) as s14 -> conflate(k.conflate(15)) as s15
            -> queue(k.cap(16)) as s16 -> then(k.then(17)) as s17 -> fold(Vec::new(), k.fold(18)) as s18
    }
    "timed parallel.2" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> delay(k.period(2)) as s2 -> parallel(k.n(3)) {
            map(k.tried(4))? as s4
        } as s3 -> conflate(k.conflate(5)) as s5 -> queue(k.cap(6)) as s6 -> then(k.then(7)) as s7 ->
            delay(k.period(8)) as s8 -> for_each_async(k.n(9), k.sink_async_tried(9))? as s9
    }
    "timed merge.2" => {
        #![queue = k.cap(0)]
        merge(
            iter(k.iter(2)) as s2,
            iter(k.iter(3)) as s3 -> queue(k.cap(4), overflow = drop_newest) as s4,
            from(k.asking(5)) as s5 -> queue(k.cap(6), low = k.low(6)) as s6,
        ) as s1 -> for_each_async(k.n(7), k.sink_async(7)) as s7
    }
    "timed concat.2" => {
        #![queue = k.cap(0)]
        concat(
            from(k.source(2)) as s2,
            from(k.asking(3)) as s3 -> ready_chunks(k.n(4)) as s4 -> flatten() -> batch(k.n(5), k.period(5), bytes =
                k.bytes(5)) as s5 -> flatten() -> queue(k.cap(6)) as s6,
        ) as s1 -> fold(Vec::new(), k.fold(7)) as s7
    }
    "timed zip.2" => {
        #![queue = k.cap(0)]
        zip(
            from(k.source(2)) as s2 -> map_async(k.n(3), k.then(3)) as s3,
            from(k.asking(4)) as s4,
        ) as s1 -> map(k.join(1)) as j1 -> queue(bytes = k.bytes(5)) as s5 -> map(k.map(6)) as s6 ->
            for_each(k.sink_tried(7))? as s7
    }
    "timed interleave.2" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.asking(2)) as s2 -> queue(k.cap(3)) as s3,
            iter(k.iter(4)) as s4 -> queue(k.cap(5)) as s5 -> then(k.then(6)) as s6 -> batch(k.n(7), k.period(7)) as
                s7 -> flatten(),
        ) as s1 -> fold(Vec::new(), k.fold(8)) as s8
    }
    "timed prefer.2" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.asking(2)) as s2 -> inspect(k.inspect(3)) as s3,
            from(k.source(4)) as s4 -> throttle(k.n(5), k.period(5)) as s5 -> batch(k.n(6), k.period(6), bytes =
                k.bytes(6)) as s6 -> flatten() -> queue(k.cap(7), low = k.low(7)) as s7,
        ) as s1 -> map(k.tried(8))? as s8 -> throttle(k.n(9), k.period(9)) as s9 -> conflate(k.conflate(10)) as s10
            -> queue(k.cap(11)) as s11 -> then(k.then(12)) as s12 -> fold(Vec::new(), k.fold(13)) as s13
    }
    "rest.0" => {
        #![queue = k.cap(0)]
        unfold(k.source(1), k.unfold(1)) as s1 -> take_until(k.until(2)) as s2 -> map(k.came(3)) -> reduce(k.sum(3))
            as s3
    }
    "rest copies.0" => {
        #![queue = k.cap(0)]
        let (a, b) = unfold(k.source(1), k.unfold(1)) as s1 -> broadcast as s2;
        a -> map(k.map(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as s4 -> then(k.then(5)) as s5 ->
            map_while(k.filter_map(6)) as s6 -> map_while(k.filter_map(7)) as s7 -> map(k.came(8)) ->
            reduce(k.sum(8)) as s8;
        b -> queue(k.cap(9), overflow = drop_oldest) as s9 -> map(k.map(10)) as s10 -> map(k.seen(11)) as s11 ->
            count()
    }
    "rest match.0" => {
        #![queue = k.cap(0)]
        repeat_with(k.repeat(1)) as s1 -> take(k.items(1)) -> take_until(k.until(2)) as s2 ->
            map_async_keyed(k.n(3), k.key(3), k.then(3)) as s3 -> match {
            x if x.goes(4, 0, 2) => x -> queue(k.cap(5), overflow = drop_oldest) as s5 -> then(k.then(6)) as s6 ->
                scan(0, k.scan(7)) as s7 -> map(k.came(8)) -> reduce(k.sum(8)) as s8,
            x => x -> map(k.map(9)) as s9 -> map_async_keyed(k.n(10), k.key(10), k.then(10)) as s10 ->
                map(k.came(11)) -> reduce(k.sum(11)) as s11,
        } as s4
    }
    "rest broadcast.0" => {
        #![queue = k.cap(0)]
        unfold(k.source(1), k.unfold(1)) as s1 -> broadcast {
            map(k.map(3)) as s3 -> map(k.came(4)) -> reduce(k.sum(4)) as s4,
            map(k.map(5)) as s5 -> map(k.seen(6)) as s6 -> count(),
            queue(k.cap(7), overflow = fail) as s7 -> map(k.tried(8))? as s8 -> map(k.came(9)) -> reduce(k.sum(9))
                as s9,
        } as s2
    }
    "rest tap.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> tap {
            queue(k.cap(3), overflow = drop_oldest) as s3 -> map(k.tried(4))? as s4 -> skip_while(k.skip(5)) as s5
                -> for_each_async(k.n(6), k.sink_async_tried(6))? as s6
        } as s2 -> take_while(k.filter(7)) as s7 -> for_each(k.sink_tried(8))? as s8
    }
    "rest parallel.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> filter_map(k.filter_map(2)) as s2 -> parallel(k.n(3)) {
            map(k.tried(4))? as s4 -> map(k.seen(5)) as s5 -> collect::<Vec<u64>>()
        } as s3
    }
}
