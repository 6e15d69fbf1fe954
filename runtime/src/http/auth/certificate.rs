//! An app's certificate, and what is signed with its key.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;

use super::TokenError;

/// For how long an assertion is valid, in seconds: Entra recommends five to ten minutes.
const LIFETIME: i64 = 300;

/// A certificate with its private RSA key.
pub(super) struct Certificate {
    /// SHA-256 of the certificate, in base64url.
    thumbprint: String,
    key: KeyPair,
}

impl Certificate {
    /// Reads the first certificate of `cert_pem` and the first key of `key_pem`, PKCS #8 or PKCS #1.
    pub(super) fn read(cert_pem: &str, key_pem: &str) -> Result<Certificate, TokenError> {
        let unusable = |why: &str| TokenError::Credentials(why.to_owned());
        let certificate = CertificateDer::from_pem_slice(cert_pem.as_bytes())
            .map_err(|_| unusable("the certificate is not PEM"))?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
            .map_err(|_| unusable("the private key is not PEM"))?;
        let key = match &key {
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(unusable("the private key is not RSA")),
        };
        let key = key.map_err(|_| unusable("the private key is not RSA of 2,048 bits or more"))?;
        // A modulus is long enough to be nowhere by chance.
        let modulus = key.public_key().modulus();
        let modulus = modulus.big_endian_without_leading_zero();
        if !certificate
            .windows(modulus.len())
            .any(|part| part == modulus)
        {
            return Err(unusable("the private key is not the certificate's"));
        }
        Ok(Certificate {
            thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA256, &certificate)),
            key,
        })
    }

    /// A statement that this is the app `app_id` which asks `audience` at `now`, in seconds since 1970 (RFC 7523, 2.2):
    /// an RS256 token whose header names the certificate by `x5t#S256` (RFC 7515, 4.1.8).
    pub(super) fn assertion(
        &self,
        app_id: &str,
        audience: &str,
        now: i64,
    ) -> Result<String, TokenError> {
        let header = json!({"alg": "RS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let claims = json!({
            "aud": audience,
            "iss": app_id,
            "sub": app_id,
            "jti": uuid::Uuid::now_v7().to_string(),
            "nbf": now,
            "exp": now + LIFETIME,
        });
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);

        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .map_err(|_| TokenError::Credentials("the private key does not sign".to_owned()))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("thumbprint", &self.thumbprint)
            .finish_non_exhaustive()
    }
}
