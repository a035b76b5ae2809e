//! The options of a pipeline.

use proc_macro2::TokenStream;

use super::{Argument, call};
use crate::ast::Setting;

pub(crate) const QUEUE: &str = "queue";
pub(crate) const NAME: &str = "name";
pub(crate) const CRATE: &str = "crate";
pub(crate) const SETTINGS: &[&str] = &[QUEUE, NAME, CRATE];

/// What the options say; `None`: the default.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) queue: Option<Argument>,
    pub(crate) name: Option<Argument>,
    pub(crate) path: Option<TokenStream>,
}

impl Settings {
    pub(crate) fn new(list: Vec<Setting>) -> Self {
        let mut settings = Settings::default();
        for setting in list {
            if setting.name == QUEUE {
                settings.queue = Some(call::argument(setting.value));
            } else if setting.name == NAME {
                settings.name = Some(call::argument(setting.value));
            } else if setting.name == CRATE && setting.is_path() {
                settings.path = Some(setting.value.tokens);
            }
        }
        settings
    }
}
