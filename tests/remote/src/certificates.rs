//! Certificates that nobody but a test trusts.

use std::fs;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, Error, IsCa, KeyPair};

use crate::Folder;

/// A new authority, and a server's certificate and key by it, as files.
#[derive(Debug)]
pub struct Certificates(Folder);

impl Certificates {
    /// For a server on the loopback interface.
    ///
    /// # Panics
    /// When they cannot be made.
    #[must_use]
    pub fn new() -> Self {
        Self::make().expect("certificates can be made")
    }

    fn make() -> Result<Self, Error> {
        let mut authority = CertificateParams::new([])?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let server = CertificateParams::new(["127.0.0.1".to_owned()])?.signed_by(&key, &authority)?;
        let files = Self(Folder::new());
        for (path, text) in
            [(files.authority(), authority.pem()), (files.server(), server.pem()), (files.key(), key.serialize_pem())]
        {
            fs::write(path, text).expect("the temporary folder can be written");
        }
        Ok(files)
    }

    /// Whom a client has to trust.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.0.path("authority.pem")
    }

    /// What the server shows.
    #[must_use]
    pub fn server(&self) -> PathBuf {
        self.0.path("server.pem")
    }

    /// What only the server knows.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.0.path("key.pem")
    }
}

impl Default for Certificates {
    fn default() -> Self {
        Self::new()
    }
}
