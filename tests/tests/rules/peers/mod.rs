//! The rules and tests of others that we keep too, in our terms. Their words and code stay theirs.

mod node;
mod pekko;
mod reactive_streams;
mod wpt;

/// A peer, and what of it is compared.
pub struct Peer {
    pub title: &'static str,
    pub about: &'static str,
    pub cases: &'static [Case],
}

/// One rule or test of a peer.
pub struct Case {
    /// Where it stands there.
    pub there: &'static str,
    /// The same in our words.
    pub promise: &'static str,
    /// How and why we do something else, if we do.
    pub differs: Option<&'static str>,
    /// The tests of ours that show it: `file::name`.
    pub tests: &'static [&'static str],
}

const fn same(there: &'static str, promise: &'static str, tests: &'static [&'static str]) -> Case {
    Case { there, promise, differs: None, tests }
}

const fn differs(
    there: &'static str,
    promise: &'static str,
    why: &'static str,
    tests: &'static [&'static str],
) -> Case {
    Case { there, promise, differs: Some(why), tests }
}

/// How many cases have a test: those that only say why we differ are left out.
pub fn proved(peers: &[Peer]) -> usize {
    peers.iter().flat_map(|peer| peer.cases).filter(|case| !case.tests.is_empty()).count()
}

pub const PEERS: &[Peer] = &[reactive_streams::PEER, node::PEER, wpt::PEER, pekko::PEER];
