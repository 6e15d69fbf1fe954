//! Tokens that are not written as they should be.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use onhook::http::auth::AuthError::{Scheme, Signature};
use serde_json::json;

use super::{MALFORMED, expect, parts};
use crate::mint::base64url;
use crate::scene::{NOW, channel};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn tokens_have_one_form() {
    let token = channel().token();
    let [header, claims, signature] = parts(&token);
    let mint = channel();
    let (header_json, claims_json) = (mint.header.to_string(), mint.claims.to_string());
    let flip = |part: &str, at: usize| {
        let mut bytes = part.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    // The last of 342 characters carries 4 bits of the signature's 256 bytes and 2 that mean nothing.
    let sloppy = {
        let (rest, last) = signature.split_at(signature.len() - 1);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let value = alphabet.find(last).unwrap();
        format!("{rest}{}", &alphabet[value + 1..value + 2])
    };
    let twice = |name: &str, value: &str| {
        let member = format!("{{\"{name}\":{value},");
        member + &claims_json[1..]
    };
    let padded = mint.signed(&format!(
        "{header}.{}",
        URL_SAFE.encode(format!("{claims_json} "))
    ));
    assert!(padded.contains('='), "the padding is not tried");
    let huge = {
        let mut mint = channel();
        mint.claims["filler"] = json!("x".repeat(16 * 1024));
        mint.token()
    };
    let nested = {
        let mint = channel().header(json!({"cty": "JWT"}));
        mint.written(&mint.header.to_string(), &token)
    };
    let many = {
        let mut mint = channel();
        for number in 0..200 {
            mint.claims[format!("c{number}")] = json!(number);
        }
        mint.token()
    };
    let spaced = format!("{header}.{claims}.{} {}", &signature[..9], &signature[9..]);
    expect(vec![
        ("a word", "token".into(), MALFORMED),
        ("dots", "..".into(), MALFORMED),
        ("one part", header.into(), MALFORMED),
        ("two parts", format!("{header}.{claims}"), MALFORMED),
        ("no signature", format!("{header}.{claims}."), Signature),
        ("no claims", format!("{header}..{signature}"), MALFORMED),
        ("no header", format!(".{claims}.{signature}"), MALFORMED),
        ("four parts", format!("{token}.{signature}"), MALFORMED),
        (
            "five parts, as encrypted tokens have",
            format!("{token}.{header}.{claims}"),
            MALFORMED,
        ),
        (
            "a truncated header",
            format!("{}.{claims}.{signature}", &header[..header.len() - 4]),
            MALFORMED,
        ),
        (
            "truncated claims",
            format!("{header}.{}.{signature}", &claims[..claims.len() - 4]),
            MALFORMED,
        ),
        (
            "a truncated signature",
            format!("{header}.{claims}.{}", &signature[..336]),
            Signature,
        ),
        (
            "a longer signature",
            format!("{header}.{claims}.{}", base64url([7; 300])),
            Signature,
        ),
        (
            "a signature of zeros",
            format!("{header}.{claims}.{}", base64url([0; 256])),
            Signature,
        ),
        (
            "a signature longer than any",
            format!("{header}.{claims}.{}", base64url([7; 1025])),
            Signature,
        ),
        (
            "a changed signature",
            format!("{header}.{claims}.{}", flip(signature, 20)),
            Signature,
        ),
        (
            "claims that were not signed",
            {
                let other = channel().claims(json!({"serviceurl": "https://evil.example"}));
                let other = other.token();
                format!("{header}.{}.{signature}", parts(&other)[1])
            },
            Signature,
        ),
        (
            "a header that was not signed",
            {
                let other = channel().header(json!({"x5t": "other"})).token();
                format!("{}.{claims}.{signature}", parts(&other)[0])
            },
            Signature,
        ),
        (
            "bits that mean nothing",
            format!("{header}.{claims}.{sloppy}"),
            MALFORMED,
        ),
        (
            "a padded signature",
            format!("{header}.{claims}.{signature}=="),
            MALFORMED,
        ),
        ("padded claims, signed", padded, MALFORMED),
        (
            "base64 that is not base64url",
            format!("{header}.{claims}.{}", STANDARD.encode([0xff; 255])),
            MALFORMED,
        ),
        (
            "a tab",
            format!("{header}.\t{claims}.{signature}"),
            MALFORMED,
        ),
        ("a space", spaced, Scheme),
        ("huge", huge, MALFORMED),
        ("a token in a token", nested, MALFORMED),
        ("too many claims", many, MALFORMED),
        (
            "alg twice",
            mint.written(
                &format!("{{\"alg\":\"none\",{}", &header_json[1..]),
                &claims_json,
            ),
            MALFORMED,
        ),
        (
            "kid twice",
            mint.written(
                &format!("{{\"kid\":\"other-key\",{}", &header_json[1..]),
                &claims_json,
            ),
            MALFORMED,
        ),
        (
            "aud twice",
            mint.written(&header_json, &twice("aud", "\"somebody\"")),
            MALFORMED,
        ),
        (
            "exp twice, alike",
            mint.written(&header_json, &twice("exp", &(NOW + 3600).to_string())),
            MALFORMED,
        ),
        (
            "aud twice, once escaped",
            mint.written(&header_json, &twice("\\u0061ud", "\"somebody\"")),
            MALFORMED,
        ),
        (
            "an unknown claim twice",
            mint.written(&header_json, &twice("x\":1,\"x", "2")),
            MALFORMED,
        ),
        (
            "claims that are a list",
            mint.written(&header_json, &format!("[{claims_json}]")),
            MALFORMED,
        ),
        (
            "two objects of claims",
            mint.written(&header_json, &format!("{claims_json}{claims_json}")),
            MALFORMED,
        ),
        (
            "a header that is a text",
            mint.written("\"RS256\"", &claims_json),
            MALFORMED,
        ),
        (
            "a header that is not JSON",
            mint.written("{alg:RS256}", &claims_json),
            MALFORMED,
        ),
        (
            "crit",
            channel().header(json!({"crit": ["exp"]})).token(),
            MALFORMED,
        ),
        (
            "empty crit",
            channel().header(json!({"crit": []})).token(),
            MALFORMED,
        ),
        (
            "b64",
            channel().header(json!({"b64": false})).token(),
            MALFORMED,
        ),
        (
            "a token of another kind",
            channel().header(json!({"typ": "dpop+jwt"})).token(),
            MALFORMED,
        ),
    ])
    .await;
}
