//! Makes tokens, good ones and others.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The keys of the tests, by name: making one takes a while.
pub(crate) static KEYS: LazyLock<BTreeMap<&str, KeyPair>> = LazyLock::new(|| {
    let names = ["channel", "other", "entra", "stranger"];
    names
        .map(|name| (name, KeyPair::generate(KeySize::Rsa2048).unwrap()))
        .into()
});

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn sign(encoding: &'static dyn RsaEncoding, key: &str, signed: &str) -> Vec<u8> {
    let key = &KEYS[key];
    let mut signature = vec![0; key.public_modulus_len()];
    let random = aws_lc_rs::rand::SystemRandom::new();
    key.sign(encoding, &random, signed.as_bytes(), &mut signature)
        .unwrap();
    signature
}

/// The modulus and the exponent of `key`.
pub(crate) fn components(key: &str) -> (Vec<u8>, Vec<u8>) {
    let public = KEYS[key].public_key();
    (
        public.modulus().big_endian_without_leading_zero().to_vec(),
        public.exponent().big_endian_without_leading_zero().to_vec(),
    )
}

/// `key` as an issuer publishes it under `kid`, with `more` members, of which null ones are left out.
pub(crate) fn jwk(key: &str, kid: &str, more: &Value) -> Value {
    let (n, e) = components(key);
    let mut jwk = json!({
        "kty": "RSA", "use": "sig", "kid": kid, "n": base64url(n), "e": base64url(e),
    });
    patch(&mut jwk, more.clone());
    jwk
}

/// Sets the members of `patch` in `object`; null removes.
pub(crate) fn patch(object: &mut Value, patch: Value) {
    let object = object.as_object_mut().unwrap();
    let Value::Object(patch) = patch else {
        panic!("{patch} is not an object");
    };
    for (name, value) in patch {
        if value.is_null() {
            object.remove(&name);
        } else {
            object.insert(name, value);
        }
    }
}

/// A token in the making: what is signed, and with which key.
#[derive(Clone)]
pub(crate) struct Mint {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) key: &'static str,
}

impl Mint {
    pub(crate) fn new(kid: &str, key: &'static str, claims: Value) -> Mint {
        Mint {
            header: json!({"typ": "JWT", "alg": "RS256", "kid": kid, "x5t": kid}),
            claims,
            key,
        }
    }

    pub(crate) fn header(mut self, change: Value) -> Mint {
        patch(&mut self.header, change);
        self
    }

    pub(crate) fn claims(mut self, change: Value) -> Mint {
        patch(&mut self.claims, change);
        self
    }

    pub(crate) fn key(mut self, key: &'static str) -> Mint {
        self.key = key;
        self
    }

    /// Signed as the header says, RS256 if it says nothing that is known.
    pub(crate) fn token(&self) -> String {
        self.written(&self.header.to_string(), &self.claims.to_string())
    }

    /// As [`token`](Mint::token), with header and claims written as given.
    pub(crate) fn written(&self, header: &str, claims: &str) -> String {
        self.signed(&format!("{}.{}", base64url(header), base64url(claims)))
    }

    /// The token whose first two parts are `signed`.
    pub(crate) fn signed(&self, signed: &str) -> String {
        let encoding: &'static dyn RsaEncoding = match self.header["alg"].as_str() {
            Some("RS384") => &RSA_PKCS1_SHA384,
            Some("RS512") => &RSA_PKCS1_SHA512,
            _ => &RSA_PKCS1_SHA256,
        };
        let signature = sign(encoding, self.key, signed);
        format!("{signed}.{}", base64url(signature))
    }
}
