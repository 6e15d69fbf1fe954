//! One file of a store as somebody else has left it, beside others that are good.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use onhook_channel::store::Store;
use onhook_channel::{Channel, Dial, vcon};
use time::{Duration, OffsetDateTime};

use crate::obedient::Obedient;

/// The id of the call whose recording is in the store.
const CALL: &str = "fuzzed";

/// The files of a store with one recording: their paths in it, and what is in them.
type Files = Vec<(PathBuf, Vec<u8>)>;

static GOOD: LazyLock<Files> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(async {
        let channel = Channel::builder(Obedient::new())
            .recordings(folder.path())
            .build();
        let call = channel.dial(Dial::new().conversation_id(CALL));
        for words in ["start", "stop"] {
            call.says(words).await.expect("the call goes on");
        }
        call.hangs_up().await;
    });
    let mut files = Files::new();
    collect(folder.path(), folder.path(), &mut files);
    files
});

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).expect("a folder of the store") {
        let path = entry.expect("an entry of the store").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let inner = path.strip_prefix(root).expect("a path in the store");
            files.push((inner.to_owned(), fs::read(&path).expect("a file")));
        }
    }
}

/// The first line of the bytes names a file of the store, the rest is what stands in it. A name that is not there
/// is one in the folder of the recording, or with a `/` before it in that of the store.
pub fn store(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let Some((name, content)) = end.and_then(|end| bytes.split_at_checked(end)) else {
        return;
    };
    let content = content.strip_prefix(b"\n").unwrap_or(content);
    let Ok(name) = std::str::from_utf8(name) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut recording = None;
    let mut place = None;
    for (path, good) in &*GOOD {
        let path = folder.path().join(path);
        let parent = path.parent().expect("a folder of the store");
        fs::create_dir_all(parent).expect("a folder of the store");
        fs::write(&path, good).expect("a file of the store");
        if path.ends_with("metadata.json") {
            recording = Some(parent.to_owned());
        }
        if path.ends_with(name) {
            place = Some(path);
        }
    }
    let place = place.unwrap_or_else(|| match name.strip_prefix('/') {
        Some(name) => folder.path().join(plain(name)),
        None => recording.expect("a recording").join(plain(name)),
    });
    if let Some(parent) = place.parent() {
        let _ = fs::create_dir_all(parent);
    }
    let _ = fs::write(&place, content);
    visit(&Store::new(folder.path()));
}

/// A path that leads nowhere else.
fn plain(name: &str) -> PathBuf {
    name.split('/')
        .filter(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        })
        .filter(|part| !part.chars().all(|character| character == '.'))
        .take(8)
        .collect()
}

/// Everything that reads the store, and at last what deletes from it.
fn visit(store: &Store) {
    for recording in store.recordings(..).flatten() {
        let id = recording.id.clone();
        let _ = (store.is_held(&id), store.chain_link(&id));
        let _ = store.verify_session(&id);
    }
    let _ = store.verify(..).is_intact();
    if let Ok(events) = store.events() {
        let _ = events.count();
    }
    if let Ok(tombstones) = store.tombstones() {
        let _ = tombstones.count();
    }
    let _ = vcon::export(store, CALL);
    let now = OffsetDateTime::now_utc();
    let _ = store.finish_deletions();
    let _ = store.expire(now + Duration::days(1000));
    let _ = store.erase("+14255550100", now);
    let _ = store.recordings(..).count();
}
