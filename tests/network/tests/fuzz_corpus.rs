//! What the fuzzer of requests has been given and has found: none of them makes the endpoint panic.

use onhook_network_tests::request;

#[test]
fn the_corpus_is_answered_without_a_panic() {
    onhook_tests::fuzzed::replay(&[("request", request)]);
}
