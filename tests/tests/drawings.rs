//! What `Graph::to_mermaid` and `Graph::to_dot` draw. `.ci/run` has graphviz read the same drawings (`tests/src/bin/drawings.rs`).

use std::collections::HashSet;

use aqueduct_tests::drawings::all;

fn drawing(name: &str) -> (String, String) {
    let (_, graph) = all().into_iter().find(|(known, _)| *known == name).expect("a drawing of that name");
    (graph.to_mermaid(), graph.to_dot())
}

#[test]
fn arms_are_labelled_by_their_patterns_and_meet_where_they_are_open() {
    assert_eq!(
        drawing("match").0,
        r##"flowchart LR
  subgraph t0[" "]
    s0(["iter"])
    s1["map_1"]
    s2{"match"}
    j2((" "))
    s3["map_2"]
    s5[["count"]]
  end
  s4[["for_each"]]
  s6[["discard"]]
  s0 --> s1
  s1 --> s2
  s2 -- "Ok(n) if n % 2 == 0" --> s3
  s2 -- "Err(bad)" --> s5
  s3 --> j2
  s2 -- "Ok(n @ (1 | 3..=9))" --> j2
  s2 == "Ok(n): rest: 4 items, drop_oldest" ==> s4
  j2 == "2 items" ==> s6
"##
    );
}

#[test]
fn a_segment_is_drawn_as_what_is_in_it() {
    let (mermaid, _) = drawing("segments");
    for line in [
        r#"  s2 == "256 items" ==> s4"#,
        r#"  s4 == "words/inside: 8 items" ==> s5"#,
        r#"  s7{{"store/broadcast"}}"#,
        r#"  s7 == "copy: 256 items" ==> s9"#,
    ] {
        assert!(mermaid.contains(line), "{line}\n{mermaid}");
    }
    assert!(!mermaid.contains("\"words\""), "the segment itself is no stage\n{mermaid}");
}

#[test]
fn blocks_and_fan_ins_have_shapes() {
    let (mermaid, dot) = drawing("fan_in");
    for fan_in in ["zip", "merge", "prefer", "concat", "interleave"] {
        assert!(mermaid.contains(&format!("((\"{fan_in}\"))")), "{mermaid}");
        assert!(dot.contains(&format!("[label=\"{fan_in}\", shape=circle, tooltip=")), "{dot}");
    }
    let (mermaid, dot) = drawing("aside");
    for node in ["[/\"tap_1\"/]", "{{\"parallel<br/>3 copies\"}}", "((\"match/merge\"))", "{\"match\"}"] {
        assert!(mermaid.contains(node), "{node}\n{mermaid}");
    }
    assert!(
        dot.contains("shape=parallelogram") && dot.contains("shape=hexagon") && dot.contains("shape=diamond"),
        "{dot}"
    );
    assert!(drawing("inlet").0.contains("i0 == \"4 items\" ==> s0"));
}

/// Each line is one of the few forms that we write, names are unique, arrows lead from a node to a node, boxes are closed.
#[test]
fn mermaid_is_well_formed() {
    for (name, graph) in all() {
        let text = graph.to_mermaid();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("flowchart LR"), "{name}");
        let (mut nodes, mut open) = (HashSet::new(), false);
        for line in lines.map(str::trim) {
            let arrow = line.split_once(" --> ").or_else(|| line.split_once(" ==> "));
            if line == "end" {
                assert!(std::mem::replace(&mut open, false), "{name}: {text}");
            } else if line.starts_with("subgraph ") {
                assert!(!std::mem::replace(&mut open, true), "{name}: {text}");
            } else if let Some((from, to)) = arrow {
                let (from, label) = from.split_once(' ').unwrap_or((from, ""));
                assert!(nodes.contains(from) && nodes.contains(to), "{name}: {line}");
                let quoted = label.is_empty() || (label.ends_with('"') && label.matches('"').count() == 2);
                assert!(quoted, "{name}: {line}");
            } else {
                let end = line.find(|sign: char| !sign.is_alphanumeric()).expect("a shape");
                let (id, shape) = line.split_at(end);
                assert!(nodes.insert(id.to_owned()), "{name}: {id} twice");
                assert_eq!(shape.matches('"').count(), 2, "{name}: {line}");
                let (open, close) = (shape.split('"').next(), shape.rsplit('"').next());
                let pairs =
                    [("([", "])"), ("[", "]"), ("[[", "]]"), ("{", "}"), ("{{", "}}"), ("[/", "/]"), ("((", "))")];
                assert!(pairs.map(|(a, b)| (Some(a), Some(b))).contains(&(open, close)), "{name}: {line}");
            }
        }
        assert!(!open, "{name}: {text}");
    }
}
