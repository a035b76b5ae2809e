use super::Stream;

/// A stream's item, by name: so that [`SameItem`] can tell it.
pub trait HasItem<B> {}

impl<T, Tok, H, P> HasItem<T> for Stream<T, Tok, H, P> {}

/// A stream of `B`s that meets one of `A`s: only where the two are one type.
///
/// It is asked of the whole stream, with both types as parameters: so either type may be inferred from the other, and where they differ
/// there is one error, with both names, at the stream that does not fit.
#[diagnostic::on_unimplemented(
    message = "streams that meet must have items of one type: `{A}` in the first, but `{B}` here",
    label = "this stream's items are `{B}`",
    note = "make them alike before they meet, for example with `-> map(…)`"
)]
pub trait SameItem<A, B>: HasItem<B> {
    /// What travels beside its items.
    type Token;
    /// The stream's head.
    type Head;
    /// The stream's fused stages.
    type Part;

    /// The stream itself.
    fn same(self) -> Stream<A, Self::Token, Self::Head, Self::Part>;
}

impl<T, Tok, H, P> SameItem<T, T> for Stream<T, Tok, H, P> {
    type Token = Tok;
    type Head = H;
    type Part = P;

    #[inline(always)]
    fn same(self) -> Self {
        self
    }
}
