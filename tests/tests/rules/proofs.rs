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
