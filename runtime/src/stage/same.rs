/// Items of one type: what several streams that flow on as one must have.
#[diagnostic::on_unimplemented(
    message = "streams that flow on as one give items of one type: this one gives `{Self}`, the first gives `{A}`",
    label = "this stream gives `{Self}`",
    note = "turn the items of one into those of the other with `map`, or put both into an enum"
)]
pub trait SameItem<A> {}

impl<A> SameItem<A> for A {}
