//! The spans of the expansion.
//!
//! Our own words are placed at the operator they belong to, so that errors about a call point there, but resolve at the
//! macro: the user's names cannot shadow them, and lints see that nobody wrote them. The user's tokens keep their own.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;

/// Placed at `span`, resolved at the macro.
pub(super) fn glue(span: Span) -> Span {
    span.resolved_at(Span::mixed_site())
}

/// The path of the runtime crate.
pub(super) struct Crate(Option<TokenStream>);

impl Crate {
    /// `::aqueduct`, unless the user says otherwise.
    pub(super) fn new(path: Option<TokenStream>) -> Self {
        Crate(path)
    }

    /// The path, placed at `span`; words of the user's still resolve where they stand.
    pub(super) fn path(&self, span: Span) -> TokenStream {
        let Some(path) = &self.0 else {
            return quote_spanned!(glue(span)=> ::aqueduct);
        };
        let place = |mut token: TokenTree| {
            token.set_span(span.resolved_at(token.span()));
            token
        };
        path.clone().into_iter().map(place).collect()
    }
}
