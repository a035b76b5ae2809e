//! The options of a pipeline.

use proc_macro2::TokenStream;

use super::{Argument, call};
use crate::ast::Setting;
use crate::literal::{Reading, read};

pub(crate) const QUEUE: &str = "queue";
pub(crate) const NAME: &str = "name";
pub(crate) const CRATE: &str = "crate";
pub(crate) const STALL: &str = "stall";
pub(crate) const ROLE: &str = "role";
pub(crate) const SETTINGS: &[&str] = &[QUEUE, NAME, CRATE, STALL, ROLE];

/// What the options say; `None`: the default.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) queue: Option<Argument>,
    pub(crate) name: Option<Argument>,
    pub(crate) path: Option<TokenStream>,
    pub(crate) stall: Option<Argument>,
    pub(crate) role: Option<Argument>,
}

impl Settings {
    pub(crate) fn new(list: Vec<Setting>) -> Self {
        let mut settings = Settings::default();
        for setting in list {
            match read(&setting.value.tokens) {
                // It has been reported, and rustc would report it again.
                Reading::Wrong(_) => continue,
                Reading::Number(_) | Reading::Bytes(_) if setting.name == STALL => continue,
                _ => {}
            }
            if setting.name == QUEUE {
                settings.queue = Some(call::argument(setting.value));
            } else if setting.name == NAME {
                settings.name = Some(call::argument(setting.value));
            } else if setting.name == CRATE && setting.is_path() {
                settings.path = Some(setting.value.tokens);
            } else if setting.name == STALL {
                settings.stall = Some(call::argument(setting.value));
            } else if setting.name == ROLE {
                settings.role = Some(call::argument(setting.value));
            }
        }
        settings
    }
}
