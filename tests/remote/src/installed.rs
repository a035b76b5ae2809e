//! Where the program `nats-server` is: in the path, or unpacked from Debian's package into the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

/// The program, installed if it is not there.
///
/// # Panics
/// When it is not there and cannot be had: a test that needs a server never passes without one.
pub fn nats_server() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| in_path().unwrap_or_else(unpacked))
}

fn in_path() -> Option<PathBuf> {
    let folders = env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join("nats-server")).collect::<Vec<_>>();
    folders.into_iter().chain([PathBuf::from("/usr/sbin/nats-server")]).find(|program| program.is_file())
}

/// Needs no rights: the package is downloaded and unpacked, not installed. Test programs run one after the other or side by side, so each unpacks into a
/// folder of its own and moves it.
fn unpacked() -> PathBuf {
    let folder = target().join("nats-server-debian");
    let program = folder.join("usr/sbin/nats-server");
    if program.is_file() {
        return program;
    }
    let fresh = target().join(format!("nats-server-debian.{}", std::process::id()));
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh).expect("the target folder can be written");
    if let Err(why) = unpack_into(&fresh) {
        panic!("these tests need `nats-server`, which is not in the path and could not be had from Debian: {why}");
    }
    // Another program may have been faster.
    let _ = fs::rename(&fresh, &folder);
    let _ = fs::remove_dir_all(&fresh);
    assert!(program.is_file(), "Debian's package nats-server has no {}", program.display());
    program
}

fn unpack_into(folder: &Path) -> Result<(), String> {
    if run(folder, "apt-get", &["download", "nats-server"]).is_err() {
        // Perhaps no list of packages yet; that needs rights, which a container has.
        run(folder, "apt-get", &["update"])?;
        run(folder, "apt-get", &["download", "nats-server"])?;
    }
    let package = fs::read_dir(folder).map_err(|error| error.to_string())?.flatten().map(|entry| entry.path());
    let package = package.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "deb"));
    let package = package.ok_or("apt-get downloaded no package")?;
    run(folder, "dpkg", &["-x", &package.to_string_lossy(), "."])
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let told = Command::new(program).args(arguments).current_dir(folder).output();
    let told = told.map_err(|error| format!("{program}: {error}"))?;
    if told.status.success() {
        return Ok(());
    }
    Err(format!("{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&told.stderr).trim()))
}

/// Two above the program of the test: `target/debug/deps/test`.
fn target() -> PathBuf {
    let test = env::current_exe().expect("a test is a file");
    test.ancestors().nth(3).expect("a test is in a target folder").to_owned()
}
