//! All texts in one crate, compiled without being built, each in a function on a line of its own.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// What stands above the first text; a spoiled `zip` may have lost an input or got some more.
const HEAD: &[&str] = &[
    "pub use aqueduct::pipeline;",
    "pub trait Total { fn total(self) -> u64; }",
    "macro_rules! total { ($($item:ident)*) => { impl Total for ($(total!(@ $item),)*) {",
    "    fn total(self) -> u64 { let ($($item,)*) = self; 0 $(+ $item)* } } }; (@ $item:ident) => { u64 }; }",
    "total! { a b } total! { a b c } total! { a b c d } total! { a b c d e } total! { a b c d e f }",
];

const BEFORE: &str = "() { let _run = pipeline! { ";

/// A message of the compiler.
pub struct Said {
    /// Which of the texts it is about.
    pub text: Option<usize>,
    pub code: Option<String>,
    /// Whether each place it points at lies within the text.
    pub within: bool,
    /// Its words, with those of its notes and helps.
    pub speech: String,
    /// As it is shown.
    pub rendered: String,
}

impl Said {
    /// Its words without those of the text.
    pub fn kind(&self) -> String {
        let first = self.speech.lines().next().unwrap_or_default();
        let words: Vec<_> =
            first.split('`').enumerate().map(|(n, part)| if n % 2 == 0 { part } else { "`…`" }).collect();
        format!("{} {}", self.code.as_deref().unwrap_or("-"), words.concat())
    }
}

/// What the compiler says of these texts, each taken as a pipeline that is run.
pub fn compile(texts: &[&str]) -> Vec<Said> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("spoiled");
    let package = target.join("package");
    fs::create_dir_all(package.join("src")).unwrap();
    fs::copy(here.join("../Cargo.lock"), package.join("Cargo.lock")).unwrap();
    fs::write(
        package.join("Cargo.toml"),
        format!(
            "[package]\nname = \"spoiled\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\naqueduct = {{ path = {:?} }}\n",
            here.join("../runtime")
        ),
    )
    .unwrap();
    let functions = texts.iter().enumerate().map(|(n, text)| format!("pub fn text_{n}{BEFORE}{text} }}.run(); }}"));
    let lines: Vec<_> = HEAD.iter().map(|line| (*line).to_owned()).chain(functions).collect();
    fs::write(package.join("src/lib.rs"), lines.join("\n") + "\n").unwrap();

    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--offline", "--message-format=json", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env_remove("RUSTFLAGS")
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let said: Vec<_> = stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["reason"] == "compiler-message")
        .map(|line| said(&line["message"], &lines))
        .filter(|said| !said.is_summary())
        .collect();
    assert!(output.status.success() || !said.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    said
}

impl Said {
    /// Whether it only counts the others.
    fn is_summary(&self) -> bool {
        self.text.is_none()
            && ["aborting due to", "For more information", "Some errors have"]
                .iter()
                .any(|start| self.speech.starts_with(start))
            || self.text.is_none() && self.speech.ends_with(" emitted")
    }
}

fn said(message: &Value, lines: &[String]) -> Said {
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut speech = string(&message["message"]);
    for said in list(&message["spans"])
        .iter()
        .map(|span| &span["label"])
        .chain(list(&message["children"]).iter().map(|note| &note["message"]))
    {
        speech += &format!("\n{}", string(said));
    }
    let spans: Vec<_> = list(&message["spans"]).into_iter().filter(|span| span["is_primary"] == true).collect();
    let number = |value: &Value| value.as_u64().unwrap_or_default() as usize;
    let line =
        spans.first().filter(|span| span["file_name"] == "src/lib.rs").map(|span| number(&span["line_start"]) - 1);
    let text = line.and_then(|line| line.checked_sub(HEAD.len()));
    let within = line.is_some_and(|line| {
        let from = lines[line].find(BEFORE).map_or(0, |at| at + BEFORE.len());
        let to = lines[line].rfind(" }").unwrap_or(0);
        spans.iter().all(|span| {
            [&span["line_start"], &span["line_end"]].iter().all(|n| number(n) == line + 1)
                && number(&span["column_start"]) > from
                && number(&span["column_end"]) <= to + 2
        })
    });
    let code = message["code"]["code"].as_str().map(str::to_owned);
    Said { text, code, within, speech, rendered: string(&message["rendered"]) }
}
