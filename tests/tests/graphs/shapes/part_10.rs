//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.

shapes! {
    k;
    "rest merge.0" => {
        #![queue = k.cap(0)]
        merge(
            repeat_with(k.repeat(2)) as s2 -> take(k.items(2)),
            repeat_with(k.repeat(3)) as s3 -> take(k.items(3)) -> throttle(k.n(4), k.period(4)) as s4 ->
                queue(k.cap(5), overflow = drop_newest) as s5 -> map(k.map(6)) as s6,
            from(k.source(7)) as s7 -> filter(k.filter(8)) as s8 -> take_while(k.filter(9)) as s9,
        ) as s1 -> dedup_by_key(k.dedup(10)) as s10 -> scan(0, k.scan(11)) as s11 -> for_each_async(k.n(12),
            k.sink_async(12)) as s12
    }
    "rest concat.0" => {
        #![queue = k.cap(0)]
        concat(
            from(k.asking(2)) as s2 -> map_async_keyed(k.n(3), k.key(3), k.then(3)) as s3,
            from(k.asking(4)) as s4,
            from(k.source(5)) as s5,
        ) as s1 -> skip_while(k.skip(6)) as s6 -> filter_async(k.filter_async(7)) as s7 ->
            filter_map(k.filter_map(8)) as s8 -> map(k.seen(9)) as s9 -> collect::<Vec<u64>>()
    }
    "rest zip.0" => {
        #![queue = k.cap(0)]
        zip(
            from(k.asking(2)) as s2,
            from(k.asking(3)) as s3,
        ) as s1 -> map(k.join(1)) as j1 -> map(k.came(4)) -> reduce(k.sum(4)) as s4
    }
    "rest interleave.0" => {
        #![queue = k.cap(0)]
        interleave(
            unfold(k.source(2), k.unfold(2)) as s2,
            repeat_with(k.repeat(3)) as s3 -> take(k.items(3)) -> filter_map(k.filter_map(4)) as s4 ->
                skip_while(k.skip(5)) as s5,
        ) as s1 -> take_until(k.until(6)) as s6 -> for_each(k.sink_tried(7))? as s7
    }
    "rest prefer.0" => {
        #![queue = k.cap(0)]
        prefer(
            unfold(k.source(2), k.unfold(2)) as s2 -> dedup_by_key(k.dedup(3)) as s3 -> take_while(k.filter(4)) as
                s4,
            unfold(k.source(5), k.unfold(5)) as s5,
        ) as s1 -> skip_while(k.skip(6)) as s6 -> for_each_async(k.n(7), k.sink_async(7)) as s7
    }
    "rest.1" => {
        #![queue = k.cap(0)]
        unfold(k.source(1), k.unfold(1)) as s1 -> map_async_keyed(k.n(2), k.key(2), k.then(2)) as s2 ->
            map_while(k.filter_map(3)) as s3 -> skip_while(k.skip(4)) as s4 -> for_each(k.sink_tried(5))? as s5
    }
    "rest copies.1" => {
        #![queue = k.cap(0)]
        let (a, b) = unfold(k.source(1), k.unfold(1)) as s1 -> scan(0, k.scan(2)) as s2 -> broadcast as s3;
        a -> map(k.tried(4))? as s4 -> scan(0, k.scan(5)) as s5 -> take_while(k.filter(6)) as s6 ->
            filter_map(k.filter_map(7)) as s7 -> map(k.came(8)) -> reduce(k.sum(8)) as s8;
        b -> queue(k.cap(9), low = k.low(9)) as s9 -> then(k.then(10)) as s10 -> take_while(k.filter(11)) as s11 ->
            map(k.seen(12)) as s12 -> first()
    }
    "rest match.1" => {
        #![queue = k.cap(0)]
        unfold(k.source(1), k.unfold(1)) as s1 -> map_while(k.filter_map(2)) as s2 -> match {
            x if x.goes(3, 0, 3) => x -> map(k.map(4)) as s4 -> map(k.seen(5)) as s5 -> collect::<Vec<u64>>(),
            x if x.goes(3, 1, 3) => x -> then(k.then(6)) as s6 -> queue(k.cap(7)) as s7 -> map(k.map(8)) as s8,
            x => x -> then(k.then(9)) as s9,
        } as s3 -> map(k.came(10)) -> reduce(k.sum(10)) as s10
    }
    "rest broadcast.1" => {
        #![queue = k.cap(0)]
        repeat_with(k.repeat(1)) as s1 -> take(k.items(1)) -> scan(0, k.scan(2)) as s2 -> broadcast {
            then(k.then(4)) as s4 -> scan(0, k.scan(5)) as s5 -> for_each_async(k.n(6), k.sink_async(6)) as s6,
            map(k.tried(7))? as s7 -> take_while(k.filter(8)) as s8,
            queue(k.cap(9), low = k.low(9)) as s9 -> map(k.map(10)) as s10 -> take_until(k.until(11)) as s11 ->
                map(k.came(12)) -> reduce(k.sum(12)) as s12,
        } as s3 -> delay(k.period(13)) as s13 -> take_until(k.until(14)) as s14 -> map(k.came(15)) ->
            reduce(k.sum(15)) as s15
    }
    "rest tap.1" => {
        #![queue = k.cap(0)]
        from(k.source(1)) as s1 -> skip_while(k.skip(2)) as s2 -> tap {
            queue(k.cap(4), overflow = drop_oldest) as s4 -> map(k.map(5)) as s5 -> dedup_by_key(k.dedup(6)) as s6
                -> map(k.seen(7)) as s7 -> collect::<Vec<u64>>()
        } as s3 -> filter_map(k.filter_map(8)) as s8 -> skip_while(k.skip(9)) as s9 -> for_each(k.sink(10)) as s10
    }
    "rest parallel.1" => {
        #![queue = k.cap(0)]
        unfold(k.source(1), k.unfold(1)) as s1 -> parallel(k.n(2)) {
            then(k.then(3)) as s3 -> filter_map(k.filter_map(4)) as s4
        } as s2 -> map(k.came(5)) -> reduce(k.sum(5)) as s5
    }
    "rest merge.1" => {
        #![queue = k.cap(0)]
        merge(
            from(k.asking(2)) as s2 -> map(k.flow(3)) as f3 -> flatten_unordered(k.n(3)) as s3,
            repeat_with(k.repeat(4)) as s4 -> take(k.items(4)) -> queue(k.cap(5), overflow = fail) as s5,
            from(k.source(6)) as s6,
        ) as s1 -> map_async_keyed(k.n(7), k.key(7), k.then(7)) as s7 -> map(k.came(8)) -> reduce(k.sum(8)) as s8
    }
    "rest concat.1" => {
        #![queue = k.cap(0)]
        concat(
            iter(k.iter(2)) as s2 -> filter_map(k.filter_map(3)) as s3 -> filter_map(k.filter_map(4)) as s4 ->
                queue(k.cap(5), low = k.low(5)) as s5,
            repeat_with(k.repeat(6)) as s6 -> take(k.items(6)) -> dedup_by_key(k.dedup(7)) as s7 -> queue(k.cap(8),
                low = k.low(8)) as s8 -> then(k.then(9)) as s9,
            repeat_with(k.repeat(10)) as s10 -> take(k.items(10)) -> chunks(k.n(11)) as s11 -> flatten() ->
                throttle(k.n(12), k.period(12)) as s12 -> queue(k.cap(13)) as s13,
        ) as s1 -> map(k.came(14)) -> reduce(k.sum(14)) as s14
    }
    "rest zip.1" => {
        #![queue = k.cap(0)]
        zip(
            from(k.source(2)) as s2,
            repeat_with(k.repeat(3)) as s3 -> take(k.items(3)) -> scan(0, k.scan(4)) as s4,
        ) as s1 -> map(k.join(1)) as j1 -> map_while(k.filter_map(5)) as s5 -> take_until(k.until(6)) as s6 ->
            map(k.seen(7)) as s7 -> first()
    }
    "rest interleave.1" => {
        #![queue = k.cap(0)]
        interleave(
            unfold(k.source(2), k.unfold(2)) as s2,
            repeat_with(k.repeat(3)) as s3 -> take(k.items(3)),
            from(k.asking(4)) as s4 -> flat_map(k.flat(5)) as s5 -> queue(k.cap(6), overflow = drop_oldest) as s6,
        ) as s1 -> map(k.flow(7)) as f7 -> flatten_unordered(k.n(7)) as s7 -> for_each_async(k.n(8),
            k.sink_async(8)) as s8
    }
    "rest prefer.1" => {
        #![queue = k.cap(0)]
        prefer(
            iter(k.iter(2)) as s2,
            from(k.asking(3)) as s3 -> filter_map(k.filter_map(4)) as s4 -> map(k.flow(5)) as f5 ->
                flatten_unordered(k.n(5)) as s5,
        ) as s1 -> skip_while(k.skip(6)) as s6 -> take_until(k.until(7)) as s7 -> for_each_async(k.n(8),
            k.sink_async(8)) as s8
    }
    "rest.2" => {
        #![queue = k.cap(0)]
        repeat_with(k.repeat(1)) as s1 -> take(k.items(1)) -> filter_map(k.filter_map(2)) as s2 ->
            for_each_async(k.n(3), k.sink_async(3)) as s3
    }
    "rest copies.2" => {
        #![queue = k.cap(0)]
        let (a, b) = repeat_with(k.repeat(1)) as s1 -> take(k.items(1)) -> take_while(k.filter(2)) as s2 ->
            map_while(k.filter_map(3)) as s3 -> broadcast as s4;
        a -> map(k.map(5)) as s5 -> dedup_by_key(k.dedup(6)) as s6 -> map(k.came(7)) -> reduce(k.sum(7)) as s7;
        b -> then(k.then(8)) as s8 -> skip_while(k.skip(9)) as s9 -> dedup_by_key(k.dedup(10)) as s10 ->
            dedup_by_key(k.dedup(11)) as s11 -> map(k.came(12)) -> reduce(k.sum(12)) as s12
    }
    "rest match.2" => {
        #![queue = k.cap(0)]
        iter(k.iter(1)) as s1 -> map_async_keyed(k.n(2), k.key(2), k.then(2)) as s2 -> filter_map(k.filter_map(3))
            as s3 -> match {
            x if x.goes(4, 0, 3) => x -> map(k.tried(5))? as s5 -> then(k.then_tried(6))? as s6 -> map(k.came(7)) ->
                reduce(k.sum(7)) as s7,
            x if x.goes(4, 1, 3) => x -> map(k.tried(8))? as s8 -> filter_map(k.filter_map(9)) as s9 ->
                map(k.seen(10)) as s10 -> collect::<Vec<u64>>(),
            x => x -> map(k.tried(11))? as s11,
        } as s4 -> map_while(k.filter_map(12)) as s12 -> scan(0, k.scan(13)) as s13 -> for_each_async(k.n(14),
            k.sink_async(14)) as s14
    }
    "rest broadcast.2" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> broadcast {
            map(k.tried(3))? as s3 -> throttle(k.n(4), k.period(4)) as s4,
            queue(k.cap(5)) as s5 -> map(k.tried(6))? as s6 -> map_async_keyed(k.n(7), k.key(7), k.then(7)) as s7,
        } as s2 -> skip_while(k.skip(8)) as s8 -> map(k.came(9)) -> reduce(k.sum(9)) as s9
    }
    "rest tap.2" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> scan(0, k.scan(2)) as s2 -> take_until(k.until(3)) as s3 -> tap {
            queue(k.cap(5), overflow = drop_oldest) as s5 -> map(k.tried(6))? as s6 -> map(k.flow(7)) as f7 ->
                flatten_unordered(k.n(7)) as s7 -> for_each_async(k.n(8), k.sink_async(8)) as s8
        } as s4 -> map(k.flow(9)) as f9 -> flatten_unordered(k.n(9)) as s9 -> take_until(k.until(10)) as s10 ->
            map(k.seen(11)) as s11 -> collect::<Vec<u64>>()
    }
    "rest parallel.2" => {
        #![queue = k.cap(0)]
        from(k.asking(1)) as s1 -> filter(k.filter(2)) as s2 -> take_until(k.until(3)) as s3 -> parallel(k.n(4)) {
            map(k.map(5)) as s5 -> map(k.flow(6)) as f6 -> flatten_unordered(k.n(6)) as s6 -> map(k.seen(7)) as s7
                -> collect::<Vec<u64>>()
        } as s4
    }
    "rest merge.2" => {
        #![queue = k.cap(0)]
        merge(
            from(k.source(2)) as s2 -> scan(0, k.scan(3)) as s3 -> filter_map(k.filter_map(4)) as s4,
            repeat_with(k.repeat(5)) as s5 -> take(k.items(5)) -> queue(k.cap(6)) as s6,
            iter(k.iter(7)) as s7 -> dedup_by_key(k.dedup(8)) as s8,
        ) as s1 -> map_async(k.n(9), k.then_tried(9))? as s9 -> for_each_async(k.n(10), k.sink_async(10)) as s10
    }
    "rest concat.2" => {
        #![queue = k.cap(0)]
        concat(
            unfold(k.source(2), k.unfold(2)) as s2 -> dedup_by_key(k.dedup(3)) as s3 -> queue(k.cap(4)) as s4 ->
                then(k.then(5)) as s5,
            unfold(k.source(6), k.unfold(6)) as s6 -> queue(k.cap(7), low = k.low(7)) as s7,
            from(k.asking(8)) as s8 -> skip_while(k.skip(9)) as s9 -> map_async(k.n(10), k.then(10)) as s10,
        ) as s1 -> map_async_unordered(k.n(11), k.then(11)) as s11 -> map(k.came(12)) -> reduce(k.sum(12)) as s12
    }
    "rest zip.2" => {
        #![queue = k.cap(0)]
        zip(
            iter(k.iter(2)) as s2 -> skip_while(k.skip(3)) as s3 -> queue(k.cap(4), low = k.low(4)) as s4 ->
                then(k.then(5)) as s5,
            unfold(k.source(6), k.unfold(6)) as s6 -> filter_map(k.filter_map(7)) as s7 -> skip_while(k.skip(8)) as
                s8,
        ) as s1 -> map(k.join(1)) as j1 -> map(k.flow(9)) as f9 -> flatten_unordered(k.n(9)) as s9 ->
            map_async_keyed(k.n(10), k.key(10), k.then(10)) as s10 -> skip_while(k.skip(11)) as s11 ->
            map(k.came(12)) -> reduce(k.sum(12)) as s12
    }
    "rest interleave.2" => {
        #![queue = k.cap(0)]
        interleave(
            iter(k.iter(2)) as s2 -> then(k.then_tried(3))? as s3 -> queue(k.cap(4)) as s4,
            from(k.asking(5)) as s5 -> scan(0, k.scan(6)) as s6 -> queue(k.cap(7), low = k.low(7)) as s7,
        ) as s1 -> queue(k.cap(8), overflow = drop_oldest) as s8 -> map(k.map(9)) as s9 -> map(k.came(10)) ->
            reduce(k.sum(10)) as s10
    }
    "rest prefer.2" => {
        #![queue = k.cap(0)]
        prefer(
            repeat_with(k.repeat(2)) as s2 -> take(k.items(2)) -> dedup_by_key(k.dedup(3)) as s3,
            from(k.asking(4)) as s4 -> dedup_by_key(k.dedup(5)) as s5 -> map_while(k.filter_map(6)) as s6 ->
                queue(k.cap(7), overflow = drop_newest) as s7,
        ) as s1 -> dedup_by_key(k.dedup(8)) as s8 -> map(k.came(9)) -> reduce(k.sum(9)) as s9
    }
}
