//! The corpus that is kept.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::Target;

/// Does with each file of the corpora what the fuzzer does; all that fail are named.
///
/// # Panics
/// If one fails, or a corpus is not there, or is too big to be kept.
pub fn replay(targets: &[Target]) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let mut failed = Vec::new();
    for (name, target) in targets {
        let folder = fuzz.join("corpus").join(name);
        let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{name}: {error}"));
        let files: BTreeSet<_> = files.map(|file| file.unwrap().path()).collect();
        assert!(files.len() >= 10, "{name} has {} files only", files.len());
        let mut bytes = 0;
        for file in files {
            let content = fs::read(&file).unwrap();
            bytes += content.len();
            if catch_unwind(AssertUnwindSafe(|| target(&content))).is_err() {
                failed.push(file);
            }
        }
        assert!(bytes < 40_000, "{name} has {bytes} bytes: keep it small");
        let program = fuzz.join("fuzz_targets").join(format!("{name}.rs"));
        let program = fs::read_to_string(&program).unwrap_or_default();
        assert!(
            program.contains(&format!("::{name}(bytes)")),
            "fuzz_targets/{name}.rs calls something else"
        );
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
