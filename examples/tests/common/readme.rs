//! What the README shows, held against what the examples are and print.

use std::fmt::Write as _;
use std::ops::Range;

/// Where the first block of that language behind these words is.
fn block(readme: &str, behind: &str, language: &str) -> Range<usize> {
    let from = readme.find(behind).expect(behind);
    let fence = format!("\n```{language}\n");
    let from = from + readme[from..].find(&fence).expect(&fence) + fence.len();
    let len = readme[from..].find("```").unwrap();
    from..from + len
}

/// The README at `path` has these texts, each as the first block of its language behind some words. With `README=overwrite` it is
/// given them. It is read when this runs, for tests of another package may have overwritten it a moment ago.
pub fn shows(path: &str, texts: &[(&str, &str, &str)]) {
    let mut readme = std::fs::read_to_string(path).unwrap();
    let mut missing = String::new();
    for (behind, language, text) in texts {
        let shown = block(&readme, behind, language);
        if readme[shown.clone()] != **text {
            readme.replace_range(shown, text);
            let _ = write!(missing, "\nbehind `{behind}`:\n\n```{language}\n{text}```\n");
        }
    }
    if missing.is_empty() {
        return;
    }
    if std::env::var("README").is_ok_and(|what| what == "overwrite") {
        std::fs::write(path, readme).unwrap();
        return;
    }
    panic!(
        "README.md is to show what the examples are and print; copy this, or let\n\n    \
         README=overwrite cargo test -p {} --test readme\n\ndo it, and read the difference:\n{missing}",
        env!("CARGO_PKG_NAME")
    );
}

/// The `pipeline!` of a program, from the line that begins with `let name` on, as far to the left as it goes.
pub fn pipeline(program: &str, name: &str) -> String {
    let (before, from) = program.split_once(&format!("let {name} = pipeline! {{\n")).unwrap();
    let indent = &before[before.rfind('\n').unwrap() + 1..];
    let (inside, _) = from.split_once(&format!("\n{indent}}};")).unwrap();
    let mut text = format!("let {name} = pipeline! {{\n");
    for line in inside.lines() {
        let _ = writeln!(text, "{}", line.strip_prefix(indent).unwrap());
    }
    text + "};\n"
}
