use aqueduct::pipeline;

enum Event {
    Begin,
    Line(String),
    End,
}

fn main() {
    let _ = pipeline! {
        iter([Event::Begin, Event::Line(String::new()), Event::End]) -> match {
            Event::Begin => 0,
            Event::Line(text) if text.is_empty() => 1,
            Event::Line(text) => text.len() -> map(|n| n + 1) -> queue(8),
        } -> for_each(drop)
    };
}
