//! Real servers for the tests of state back ends. Each test starts its own, on a port of its own, and ends it.

mod postgres;
mod redis;
mod server;

pub use postgres::Postgres;
pub use redis::Redis;

/// The certificate of the servers, for `localhost`, its key and the authority that has signed it.
pub mod certificate {
    /// The folder of the files.
    const FOLDER: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../runtime/tests/connector_tls"
    );

    /// The path of a file of the certificate: `server.pem`, `server.key`, `authority.pem`.
    pub fn path(file: &str) -> std::path::PathBuf {
        std::path::Path::new(FOLDER).join(file)
    }
}
