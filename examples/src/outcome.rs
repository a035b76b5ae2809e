//! How a program ends.

use std::process::ExitCode;

use aqueduct::BoxError;

/// What whoever started the program is told: an error goes to stderr, behind the program's name.
#[must_use]
pub fn exit(program: &str, outcome: Result<(), BoxError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {error}");
            ExitCode::FAILURE
        }
    }
}
