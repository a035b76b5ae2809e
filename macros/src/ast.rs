//! What was written: the text of a pipeline as a tree, before any name is looked up.
//!
//! Every node keeps its tokens and spans. `Unknown` stands where the parser could not read on; it carries the mistake.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use crate::diagnostic::Mistake;

/// `pipeline! { … }`
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) settings: Vec<Setting>,
    pub(crate) statements: Vec<Statement>,
}

/// `#![name = value]`
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// `[let …=] chain;`
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) binding: Option<Binding>,
    pub(crate) chain: Chain,
}

/// `let name` or `let (a, b)`; the names of a pattern that could not be read are missing.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) word: Span,
    pub(crate) names: Vec<Ident>,
    pub(crate) tuple: bool,
}

/// `head -> step -> step`
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) head: Head,
    pub(crate) steps: Vec<Step>,
}

/// Where a chain begins.
#[derive(Debug)]
pub(crate) enum Head {
    Operator(Operator),
    Stream(Ident),
    /// `_` or `_: Type`
    Open(Span, Option<TokenStream>),
    Unknown(Mistake),
}

/// What follows an arrow.
#[derive(Debug)]
pub(crate) enum Step {
    Operator(Operator),
    Block(Block),
    /// `_`
    Open(Span),
    Unknown(Mistake),
}

/// `name::<Types>(arguments)? as label`
#[derive(Debug)]
pub(crate) struct Operator {
    pub(crate) name: Ident,
    pub(crate) types: Option<TokenStream>,
    /// `None`: the parentheses are missing.
    pub(crate) arguments: Option<Vec<Argument>>,
    pub(crate) tried: Option<Span>,
    pub(crate) label: Option<Ident>,
}

/// One argument of an operator.
#[derive(Debug)]
pub(crate) enum Argument {
    Plain(Value),
    Named(Ident, Value),
    /// An input of a fan-in.
    Chain(Chain),
}

/// An expression of the user's, token by token as it came.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) tokens: TokenStream,
    /// Its first token's place, or where it should stand; its last token's if it is not readable.
    pub(crate) span: Span,
    /// Whether it could be read as an expression; if not, it goes to rustc raw.
    pub(crate) readable: bool,
}

impl Value {
    /// `async |…|` or `async move |…|`
    pub(crate) fn is_async_closure(&self) -> bool {
        let mut trees = self.tokens.clone().into_iter();
        let is_word = |tree: &TokenTree, word: &str| matches!(tree, TokenTree::Ident(ident) if ident == word);
        if !trees.next().is_some_and(|tree| is_word(&tree, "async")) {
            return false;
        }
        let bar = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '|');
        trees.find(|tree| !is_word(tree, "move")).is_some_and(|tree| bar(&tree))
    }
}

/// A block and its name.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) word: Ident,
    pub(crate) body: Body,
    pub(crate) label: Option<Ident>,
}

/// The four kinds of block, and the copies that a `let` names.
#[derive(Debug)]
pub(crate) enum Body {
    Match { moves: bool, arms: Vec<MatchArm> },
    Broadcast(Vec<Vec<Step>>),
    Copies,
    Tap(Vec<Vec<Step>>),
    Parallel(Value, Vec<Vec<Step>>),
}

/// `pattern if guard => value -> steps`
#[derive(Debug)]
pub(crate) struct MatchArm {
    pub(crate) pattern: TokenStream,
    pub(crate) guard: Option<TokenStream>,
    pub(crate) value: Value,
    pub(crate) steps: Vec<Step>,
    /// Its last token's place.
    pub(crate) end: Span,
}

impl Setting {
    /// Whether the value is made of names and `::` only.
    pub(crate) fn is_path(&self) -> bool {
        let trees: Vec<_> = self.value.tokens.clone().into_iter().collect();
        trees.iter().enumerate().all(|(n, token)| match token {
            TokenTree::Ident(_) => true,
            // A `$path` of `macro_rules!`.
            TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::None,
            TokenTree::Punct(punct) => punct.as_char() == ':' || (n == 0 && punct.as_char() == '$'),
            _ => false,
        })
    }
}
