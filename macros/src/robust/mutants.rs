//! Sound texts with a few tokens moved, lost or put in, at any depth.

use proc_macro2::{Group, TokenStream, TokenTree};

use super::choices::Choices;
use super::{grammar, tokens};

const SOUND: &[&str] = &[
    "#![queue = 8] let a = lines(r, max = 1KiB)? as text; a -> map(|x| x)? -> queue(4, low = 2) -> map_async(3, async move |x| x)? -> collect::<Vec<_>>()",
    "iter(0..3) -> match { Ok(x) if x > 3 => x -> map(f), Err(e) => e -> discard() } -> batch(10, 1.5s, bytes = 64KiB) -> for_each(|x| x)?",
    "let (a, b, c) = iter(x) -> queue(4) -> broadcast; let (d, e) = b -> skip(3) -> broadcast; zip(a, d -> windows(2), concat(c, iter(y))) -> tap { queue(2, overflow = drop_oldest) -> count() } -> count(); interleave(e, iter(z)) -> discard()",
    "prefer(iter(x), _) -> parallel(2) { match move { 0 if x => 1 -> broadcast { map(f), count() }, n => n -> then(f)? as t } } -> latest() -> _",
    "let (a, b) = _: u8 -> broadcast; merge(a -> map(f), b, iter(x)) -> tap { filter(f) -> count() } -> parallel(3) { map(f) } -> _",
];

/// How many bytes say what happens to the text; the others make it.
const SPOILING: usize = 32;

pub(super) fn mutant(bytes: &[u8]) -> Option<TokenStream> {
    let (spoiling, sound) = bytes.split_at(bytes.len().min(SPOILING));
    let (mut spoiling, mut sound) = (Choices::new(spoiling), Choices::new(sound));
    let given = SOUND.get(spoiling.below(SOUND.len() + 3));
    let text = given.map_or_else(|| grammar::pipeline(&mut sound), |text| (*text).to_owned());
    let mut trees: Vec<TokenTree> = text.parse::<TokenStream>().ok()?.into_iter().collect();
    for _ in 0..=spoiling.below(4) {
        mutate(&mut trees, &mut spoiling);
    }
    Some(trees.into_iter().collect())
}

fn mutate(trees: &mut Vec<TokenTree>, choices: &mut Choices<'_>) {
    if trees.is_empty() {
        return trees.extend(tokens::token(choices, 3));
    }
    let at = choices.below(trees.len());
    if let TokenTree::Group(group) = &trees[at]
        && choices.below(3) > 0
    {
        let mut inner: Vec<_> = group.stream().into_iter().collect();
        let delimiter = group.delimiter();
        mutate(&mut inner, choices);
        trees[at] = Group::new(delimiter, inner.into_iter().collect()).into();
        return;
    }
    match choices.below(5) {
        0 => drop(trees.remove(at)),
        1 => trees.insert(at, trees[at].clone()),
        2 => drop(trees.splice(at..at, tokens::token(choices, 3))),
        3 => {
            let other = choices.below(trees.len());
            trees.swap(at, other);
        }
        _ => {
            let moved = trees.remove(at);
            trees.insert(choices.below(trees.len() + 1), moved);
        }
    }
}
