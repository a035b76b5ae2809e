//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "own copies.1" => {
        #![queue = k.cap(0)]
        let (a, b) = from(k.inlet(1)) as s1 -> map_async(k.n(2), k.then_tried(2))? as s2 -> queue(k.cap(3), low =
            k.low(3)) as s3 -> then(k.then(4)) as s4 -> broadcast as s5;
        a -> map(k.map(6)) as s6 -> throttle(k.n(7), k.period(7)) as s7 -> map(k.seen(8)) as s8 ->
            collect::<Vec<u64>>();
        b -> map(k.tried(9))? as s9 -> via(k.via(10)) as s10 -> into(k.into(11)) as s11
    }
    "own match.1" => {
        #![queue = k.cap(0)]
        from(k.inlet(1)) as s1 -> map(k.tried(2))? as s2 -> match {
            x if x.goes(3, 0, 3) => x -> map(k.tried(4))? as s4,
            x if x.goes(3, 1, 3) => x -> queue(k.cap(5), low = k.low(5)) as s5 -> map(k.map(6)) as s6 ->
                into(k.into(7)) as s7,
            x => x -> then(k.then(8)) as s8,
        } as s3 -> map(k.tried(9))? as s9 -> via(k.via(10)) as s10 -> into(k.into(11)) as s11
    }
    "own broadcast.1" => {
        #![queue = k.cap(0)]
        iter_blocking(k.iter(1)) as s1 -> take(k.take(2)) as s2 -> queue(k.cap(3), overflow = fail) as s3 ->
            map(k.map(4)) as s4 -> broadcast {
            map(k.map(6)) as s6 -> map_async(k.n(7), k.then(7)) as s7 -> into(k.into(8)) as s8,
            map(k.map(9)) as s9,
            queue(k.cap(10), overflow = drop_newest) as s10 -> map(k.tried(11))? as s11 -> take(k.take(12)) as s12,
        } as s5 -> via(k.via(13)) as s13 -> into(k.into(14)) as s14
    }
    "own tap.1" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> via(k.via(2)) as s2 -> tap {
            queue(k.cap(4), overflow = drop_oldest) as s4 -> map(k.map(5)) as s5 -> chunks(k.n(6)) as s6 ->
                flatten() -> map(k.seen(7)) as s7 -> collect::<Vec<u64>>()
        } as s3 -> then(k.then_tried(8))? as s8 -> queue(k.cap(9), low = k.low(9)) as s9 -> map(k.map(10)) as s10 ->
            delay(k.period(11)) as s11 -> into(k.into(12)) as s12
    }
    "own parallel.1" => {
        #![queue = k.cap(0)]
        from(k.inlet(1)) as s1 -> map_blocking(k.n(2), k.map(2)) as s2 -> map_blocking(k.n(3), k.map(3)) as s3 ->
            parallel(k.n(4)) {
            map(k.tried(5))? as s5
        } as s4 -> via(k.via(6)) as s6 -> for_each_async(k.n(7), k.sink_async(7)) as s7
    }
    "own merge.1" => {
        #![queue = k.cap(0)]
        merge(
            iter(k.iter(2)) as s2 -> map_async(k.n(3), k.then(3)) as s3,
            from(k.asking(4)) as s4 -> map_async(k.n(5), k.then_tried(5))? as s5,
        ) as s1 -> map_async(k.n(6), k.then_tried(6))? as s6 -> map(k.seen(7)) as s7 -> collect::<Vec<u64>>()
    }
    "own concat.1" => {
        #![queue = k.cap(0)]
        concat(
            from(k.source(2)) as s2 -> batch(k.n(3), k.period(3)) as s3 -> flatten() -> map_async(k.n(4),
                k.then_tried(4))? as s4,
            from(k.source(5)) as s5 -> map_blocking(k.n(6), k.map(6)) as s6 -> map_blocking(k.n(7), k.map(7)) as s7,
        ) as s1 -> for_each_blocking(k.n(8), k.sink(8)) as s8
    }
    "own zip.1" => {
        #![queue = k.cap(0)]
        zip(
            iter_blocking(k.iter(2)) as s2,
            iter(k.iter(3)) as s3,
        ) as s1 -> map(k.join(1)) as j1 -> then(k.then_tried(4))? as s4 -> inspect(k.inspect(5)) as s5 ->
            for_each_blocking(k.n(6), k.sink_tried(6))? as s6
    }
    "own interleave.1" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.asking(2)) as s2,
            from(k.inlet(3)) as s3 -> map_async(k.n(4), k.then(4)) as s4 -> map_blocking(k.n(5), k.tried(5))? as s5,
            iter(k.iter(6)) as s6 -> queue(k.cap(7), overflow = drop_newest) as s7 -> then(k.then(8)) as s8,
        ) as s1 -> map_blocking(k.n(9), k.map(9)) as s9 -> map(k.seen(10)) as s10 -> first()
    }
    "own prefer.1" => {
        #![queue = k.cap(0)]
        prefer(
            iter_blocking(k.iter(2)) as s2 -> via(k.via(3)) as s3 -> filter_async(k.filter_async(4)) as s4,
            from(k.source(5)) as s5 -> throttle(k.n(6), k.period(6)) as s6 -> queue(k.cap(7), low = k.low(7)) as s7,
        ) as s1 -> map_blocking(k.n(8), k.map(8)) as s8 -> into(k.into(9)) as s9
    }
    "own.2" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> via(k.via(2)) as s2 -> map_async_unordered(k.n(3), k.then(3)) as s3 ->
            into(k.into(4)) as s4
    }
    "own copies.2" => {
        #![queue = k.cap(0)]
        let (a, b, c) = from(k.asking(1)) as s1 -> map_async(k.n(2), k.then_tried(2))? as s2 -> map_blocking(k.n(3),
            k.map(3)) as s3 -> broadcast as s4;
        a -> map(k.tried(5))? as s5 -> via(k.via(6)) as s6 -> into(k.into(7)) as s7;
        b -> map(k.tried(8))? as s8 -> then(k.then_tried(9))? as s9 -> via(k.via(10)) as s10 ->
            map_blocking(k.n(11), k.tried(11))? as s11 -> into(k.into(12)) as s12;
        c -> map(k.map(13)) as s13 -> for_each_blocking(k.n(14), k.sink_tried(14))? as s14
    }
    "own match.2" => {
        #![queue = k.cap(0)]
        from(k.inlet(1)) as s1 -> match {
            x if x.goes(2, 0, 3) => x -> map(k.map(3)) as s3,
            x if x.goes(2, 1, 3) => x -> then(k.then(4)) as s4,
            x => x -> then(k.then(5)) as s5 -> via(k.via(6)) as s6,
        } as s2 -> map_blocking(k.n(7), k.tried(7))? as s7 -> via(k.via(8)) as s8 -> into(k.into(9)) as s9
    }
    "own broadcast.2" => {
        #![queue = k.cap(0)]
        from(k.inlet(1)) as s1 -> broadcast {
            queue(k.cap(3), overflow = fail) as s3 -> map(k.tried(4))? as s4,
            then(k.then(5)) as s5 -> for_each_async(k.n(6), k.sink_async_tried(6))? as s6,
            map(k.map(7)) as s7 -> queue(k.cap(8)) as s8 -> map(k.map(9)) as s9,
        } as s2 -> for_each_async(k.n(10), k.sink_async(10)) as s10
    }
    "own tap.2" => {
        #![queue = k.cap(0)]
        from(k.inlet(1)) as s1 -> tap {
            queue(k.cap(3), overflow = drop_newest) as s3 -> map(k.tried(4))? as s4 -> map(k.seen(5)) as s5 ->
                collect::<Vec<u64>>()
        } as s2 -> then(k.then(6)) as s6 -> via(k.via(7)) as s7 -> fold(Vec::new(), k.fold(8)) as s8
    }
    "own parallel.2" => {
        #![queue = k.cap(0)]
        iter_blocking(k.iter(1)) as s1 -> map_async(k.n(2), k.then_tried(2))? as s2 -> via(k.via(3)) as s3 ->
            parallel(k.n(4)) {
            map(k.map(5)) as s5 -> queue(k.cap(6), low = k.low(6)) as s6 -> map(k.map(7)) as s7 ->
                for_each_blocking(k.n(8), k.sink_tried(8))? as s8
        } as s4
    }
    "own merge.2" => {
        #![queue = k.cap(0)]
        merge(
            iter(k.iter(2)) as s2 -> map_blocking(k.n(3), k.tried(3))? as s3 -> flat_map(k.flat(4)) as s4 ->
                queue(k.cap(5), overflow = fail) as s5,
            from(k.asking(6)) as s6,
            iter(k.iter(7)) as s7,
        ) as s1 -> via(k.via(8)) as s8 -> filter_async(k.filter_async(9)) as s9 -> into(k.into(10)) as s10
    }
    "own concat.2" => {
        #![queue = k.cap(0)]
        concat(
            iter_blocking(k.iter(2)) as s2,
            from(k.inlet(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as s4,
            iter_blocking(k.iter(5)) as s5 -> via(k.via(6)) as s6 -> via(k.via(7)) as s7,
        ) as s1 -> map_blocking(k.n(8), k.map(8)) as s8 -> queue(k.cap(9), overflow = fail) as s9 -> map(k.map(10))
            as s10 -> map_blocking(k.n(11), k.tried(11))? as s11 -> for_each_async(k.n(12), k.sink_async(12)) as s12
    }
    "own zip.2" => {
        #![queue = k.cap(0)]
        zip(
            iter_blocking(k.iter(2)) as s2 -> via(k.via(3)) as s3 -> then(k.then_tried(4))? as s4 -> queue(k.cap(5))
                as s5,
            from(k.asking(6)) as s6 -> map_blocking(k.n(7), k.tried(7))? as s7,
        ) as s1 -> map(k.join(1)) as j1 -> queue(k.cap(8)) as s8 -> map(k.map(9)) as s9 -> map_blocking(k.n(10),
            k.tried(10))? as s10 -> into(k.into(11)) as s11
    }
    "own interleave.2" => {
        #![queue = k.cap(0)]
        interleave(
            from(k.asking(2)) as s2 -> take(k.take(3)) as s3,
            from(k.inlet(4)) as s4 -> via(k.via(5)) as s5 -> queue(k.cap(6)) as s6,
            iter_blocking(k.iter(7)) as s7 -> via(k.via(8)) as s8 -> delay(k.period(9)) as s9 -> queue(k.cap(10),
                overflow = drop_newest) as s10,
        ) as s1 -> for_each_blocking(k.n(11), k.sink_tried(11))? as s11
    }
    "own prefer.2" => {
        #![queue = k.cap(0)]
        prefer(
            from(k.source(2)) as s2 -> via(k.via(3)) as s3 -> queue(k.cap(4)) as s4,
            from(k.source(5)) as s5 -> delay(k.period(6)) as s6,
        ) as s1 -> for_each(k.sink(7)) as s7
    }
    "timed.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> debounce(k.period(2)) as s2 -> sample(k.period(3)) as s3 -> map(k.seen(4)) as s4
            -> first()
    }
    "timed copies.0" => {
        #![queue = k.cap(0)]
        let (a, b) = iter(k.iter(1)) as s1 -> broadcast as s2;
        a -> map(k.tried(3))? as s3 -> ready_chunks(k.n(4)) as s4 -> flatten() -> for_each(k.sink_tried(5))? as s5;
        b -> then(k.then(6)) as s6 -> ready_chunks(k.n(7)) as s7 -> flatten() -> batch(k.n(8), k.period(8)) as s8 ->
            flatten() -> map(k.seen(9)) as s9 -> collect::<Vec<u64>>()
    }
    "timed match.0" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> match {
            x if x.goes(2, 0, 3) => x -> then(k.then(3)) as s3 -> sample(k.period(4)) as s4 -> map(k.seen(5)) as s5
                -> count(),
            x if x.goes(2, 1, 3) => x -> map(k.map(6)) as s6 -> for_each_async(k.n(7), k.sink_async(7)) as s7,
            x => x -> then(k.then(8)) as s8 -> for_each_async(k.n(9), k.sink_async(9)) as s9,
        } as s2
    }
    "timed broadcast.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> delay(k.period(2)) as s2 -> broadcast {
            then(k.then(4)) as s4,
            map(k.map(5)) as s5,
        } as s3 -> throttle(k.n(6), k.period(6)) as s6 -> map_async_unordered(k.n(7), k.then(7)) as s7 ->
            timeout(60s) as s8 -> map(k.seen(9)) as s9 -> collect::<Vec<u64>>()
    }
    "timed tap.0" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> debounce(k.period(2)) as s2 -> tap {
            queue(k.cap(4), overflow = drop_newest) as s4 -> map(k.map(5)) as s5 -> map(k.seen(6)) as s6 ->
                collect::<Vec<u64>>()
        } as s3 -> for_each_async(k.n(7), k.sink_async_tried(7))? as s7
    }
    "timed parallel.0" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> parallel(k.n(2)) {
            map(k.map(3)) as s3 -> timeout(60s) as s4
        } as s2 -> for_each(k.sink_tried(5))? as s5
    }
    "timed merge.0" => {
        #![queue = k.cap(0)]
        merge(
            from(k.asking(2)) as s2 -> delay(k.period(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as s4 ->
                then(k.then(5)) as s5,
            from(k.source(6)) as s6 -> filter_async(k.filter_async(7)) as s7,
            from(k.source(8)) as s8 -> ready_chunks(k.n(9)) as s9 -> flatten(),
        ) as s1 -> delay(k.period(10)) as s10 -> queue(k.cap(11)) as s11 -> map(k.map(12)) as s12 -> map(k.seen(13))
            as s13 -> collect::<Vec<u64>>()
    }
    "timed concat.0" => {
        #![queue = k.cap(0)]
        concat(
            iter(k.iter(2)) as s2 -> map_async(k.n(3), k.then(3)) as s3,
            from(k.source(4)) as s4 -> delay(k.period(5)) as s5,
            from(k.source(6)) as s6 -> queue(bytes = k.bytes(7)) as s7 -> map(k.map(8)) as s8,
        ) as s1 -> for_each_async(k.n(9), k.sink_async(9)) as s9
    }
    "timed zip.0" => {
        #![queue = k.cap(0)]
        zip(
            iter(k.iter(2)) as s2,
            from(k.source(3)) as s3 -> delay(k.period(4)) as s4 -> delay(k.period(5)) as s5 -> queue(k.cap(6)) as
                s6,
        ) as s1 -> map(k.join(1)) as j1 -> for_each_async(k.n(7), k.sink_async(7)) as s7
    }
}
