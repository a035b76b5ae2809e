//! Each check can fail.

use super::*;

/// The sources as they are, and one file more.
fn with(text: &str) -> Sources {
    Sources::read().with("tests/tests/made_up.rs", text)
}

#[track_caller]
fn says(missing: &[String], message: &str) {
    assert!(missing.iter().any(|missing| missing == message), "{message}\n{missing:#?}");
}

#[test]
fn a_test_of_a_rule_that_there_is_not() {
    in_time(|| {
        let file = "#[test]\nfn l1_l77_made_up() {}\n\n/// Rules: S3, S88.\n#[tokio::test]\nasync fn made_up() {}\n";
        let missing = missing_in_rules(&with(file));
        says(&missing, "tests/tests/made_up.rs: `l1_l77_made_up` names the rule L77, which there is not");
        says(&missing, "tests/tests/made_up.rs: `made_up` names the rule S88, which there is not");
        assert_eq!(missing.len(), 2, "{missing:#?}");
    });
}

#[test]
fn a_line_of_rules_where_there_is_no_test() {
    in_time(|| {
        let missing = missing_in_rules(&with("//! Rules: L1\n\n/// Rules: L2\nfn helper() {}\n"));
        says(&missing, "tests/tests/made_up.rs: a file without tests proves no rules");
        says(&missing, "tests/tests/made_up.rs: `helper` names rules and is no test");
        assert_eq!(missing.len(), 2, "{missing:#?}");
    });
}

#[test]
fn a_rule_without_a_test() {
    in_time(|| {
        let missing =
            missing_in_rules(&Sources::default().with("tests/tests/made_up.rs", "#[test]\nfn l1_made_up() {}\n"));
        says(&missing, "L2 has no test: name one `l2_…`");
        assert_eq!(missing.len(), rules().count() - 1);
    });
}

#[test]
fn a_case_of_others_without_its_test_and_a_test_without_its_case() {
    in_time(|| {
        let missing = missing_in_cases(&Sources::default());
        says(&missing, "1.5: there is no one test `links::l8_the_end_passes_a_full_link`");
        let sources = Sources::read().with("tests/tests/peers_made_up.rs", "#[test]\nfn made_up() {}\n");
        let message =
            "tests/tests/peers_made_up.rs: no case in tests/tests/rules/peers mentions `peers_made_up::made_up`";
        assert_eq!(missing_in_cases(&sources), [message]);
    });
}

#[test]
fn a_text_of_no_refusal_and_a_pattern_of_no_text() {
    in_time(|| {
        let mut texts = texts::all();
        texts.retain(|text| text != "text/fail/empty_pipeline");
        texts.push("text/fail/made_up".to_owned());
        let missing = missing_in_refusals(&texts);
        says(&missing, "tests/ui/text/fail/made_up.rs belongs to [] in tests/tests/rules/refusals.rs, not to one");
        says(&missing, "no text in tests/ui is meant by `text/fail/empty_pipeline` in tests/tests/rules/refusals.rs");
        assert_eq!(missing.len(), 2, "{missing:#?}");
    });
}

#[test]
fn a_test_that_does_not_always_run() {
    in_time(|| {
        let file = "#![cfg(any())]\n#[test]\n#[ignore = \"slow\"]\nfn l1_made_up() {}\n\n#[cfg(windows)]\n/// Rules: L2\n#[test]\nfn \
                    made_up() {}\n\n#[cfg_attr(miri, ignore)]\n#[tokio::test]\nasync fn l3_made_up() {}\n\n#[cfg(any())]\nmod gone;\n\n\
                    #[test]\nfn l4_made_up() {}\n";
        let sources = Sources::default().with("tests/tests/made_up.rs", file);
        let missing = missing_in_rules(&sources);
        for what in [
            "the file has `#![cfg(any())]`",
            "`l1_made_up` has `#[ignore = \"slow\"]`",
            "`made_up` has `#[cfg(windows)]`",
            "`l3_made_up` has `#[cfg_attr(miri, ignore)]`",
            "`mod gone` has `#[cfg(any())]`",
        ] {
            says(&missing, &format!("tests/tests/made_up.rs: {what}, so it proves nothing"));
        }
        for rule in ["L1", "L2", "L3"] {
            says(&missing, &format!("{rule} has no test: name one `{}_…`", rule.to_lowercase()));
        }
        assert!(!missing.iter().any(|missing| missing.starts_with("L4 ")), "{missing:#?}");
    });
}

#[test]
fn a_rule_of_the_contract_that_is_new_or_reads_otherwise() {
    in_time(|| {
        let design = "**Links**\n- L1 *Capacity is\n  hard.* Never more.\n- L2 Pause.\n\n- and L3 is none\n";
        let rules = contract::rules(design);
        assert_eq!(
            rules,
            contract::rules("- L1 *Capacity is hard.*\n  Never more.\n- L2 Pause.\n  \nrest\n"),
            "{rules:?}"
        );
        assert_eq!(rules.len(), 2);
        let other = contract::rules("- L1 *Capacity is hard.* Seldom more.\n- L4 New.\n");
        let changed = contract::changed(&rules, &other);
        assert_eq!(
            changed,
            [
                "L1 reads otherwise in DESIGN.md: see to its promise",
                "L4 is new in DESIGN.md",
                "L2 is gone from DESIGN.md"
            ]
        );
        assert!(contract::missing(&rules, &["L1", "L2"]).is_empty());
        let missing = contract::missing(&rules, &["L1", "L3"]);
        says(&missing, "the contract's L2 has no promise in tests/tests/rules/promises.rs");
        says(&missing, "L3 in tests/tests/rules/promises.rs is no rule of the contract");
        assert_eq!(contract::missing(&rules, &["L2", "L1"]).len(), 1);
    });
}

#[test]
fn too_few_cases_of_others() {
    assert_eq!(too_few_cases(PEERS), None);
    let said = too_few_cases(&[]).unwrap();
    assert_eq!(said, "only 0 cases of others have a test, of at least 80");
}
