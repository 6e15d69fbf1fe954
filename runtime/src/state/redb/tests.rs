use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::backends::InMemoryBackend;
use redb::{Builder, StorageBackend};

use super::*;
use crate::state::store::Expect;
use crate::testing::conformance;

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("onhook-redb-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("conversations.redb")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn write(bytes: &[u8], expect: Expect) -> Write {
    Write {
        bytes: bytes.to_vec(),
        expect,
        due: Some(UnixMillis(1)),
        expires: UnixMillis(i64::MAX),
    }
}

#[tokio::test]
async fn it_conforms() {
    let folder = Folder::new("conforms");
    conformance::state_store(Arc::new(RedbStore::open(folder.file()).unwrap())).await;
}

#[tokio::test]
async fn it_conforms_without_synchronising() {
    let folder = Folder::new("unsynchronised");
    let store = RedbStore::builder(folder.file()).synchronise(false).open();
    conformance::state_store(Arc::new(store.unwrap())).await;
}

#[tokio::test]
async fn records_are_there_when_the_file_is_opened_again() {
    let folder = Folder::new("again");
    let store = RedbStore::open(folder.file()).unwrap();
    let first = store.put("a", write(b"1", Expect::Absent)).await.unwrap();
    let second = store
        .put("a", write(b"2", Expect::ETag(first)))
        .await
        .unwrap();
    drop(store);
    let store = reopened(&folder).await;
    let read = store.get("a").await.unwrap().unwrap();
    assert_eq!((&*read.bytes, &read.etag), (&b"2"[..], &second));
    let due = store.due(UnixMillis(1), UnixMillis(2), 9).await.unwrap();
    assert_eq!(due, ["a"]);
}

/// The store, once the threads of the one before have let go of the file.
async fn reopened(folder: &Folder) -> RedbStore {
    loop {
        match RedbStore::open(folder.file()) {
            Ok(store) => return store,
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

#[tokio::test]
async fn a_second_process_is_told_that_the_file_is_in_use() {
    let folder = Folder::new("second");
    let _first = RedbStore::open(folder.file()).unwrap();
    let error = RedbStore::open(folder.file()).unwrap_err();
    assert!(matches!(error, StateError::Unavailable(_)), "{error:?}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("already open"), "{source}");
}

#[tokio::test]
async fn what_is_no_file_of_ours_is_damaged_and_stays_as_it_is() {
    let folder = Folder::new("foreign");
    std::fs::write(folder.file(), b"not a database, but somebody's notes").unwrap();
    let error = RedbStore::open(folder.file()).unwrap_err();
    let message = format!("{error:?}");
    assert!(message.contains("conversations.redb"), "{message}");
    assert_eq!(
        std::fs::read(folder.file()).unwrap(),
        b"not a database, but somebody's notes"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("mode");
    let _store = RedbStore::open(folder.file()).unwrap();
    let mode = std::fs::metadata(folder.file())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn expired_records_make_room() {
    let folder = Folder::new("expired");
    let store = RedbStore::open(folder.file()).unwrap();
    for number in 0..200 {
        let write = Write {
            bytes: vec![0; 1_000],
            expect: Expect::Absent,
            due: Some(UnixMillis(1)),
            expires: UnixMillis(1),
        };
        store.put(&format!("{number}"), write).await.unwrap();
    }
    assert_eq!(
        store.due(UnixMillis(9), UnixMillis(10), 9).await.unwrap(),
        [""; 0]
    );
    drop(store);
    loop {
        // The threads may still hold the file.
        let Ok(database) = redb::Database::open(folder.file()) else {
            tokio::task::yield_now().await;
            continue;
        };
        let transaction = database.begin_read().unwrap();
        let records = transaction.open_table(redb::TableDefinition::<&str, &[u8]>::new("records"));
        assert!(redb::ReadableTableMetadata::len(&records.unwrap()).unwrap() < 20);
        return;
    }
}

/// A disk that can be full.
#[derive(Debug)]
struct Disk {
    inner: Arc<InMemoryBackend>,
    full: Arc<AtomicBool>,
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.inner.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check()?;
        self.inner.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check()?;
        self.inner.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check()?;
        self.inner.write(offset, data)
    }
}

impl Disk {
    fn check(&self) -> io::Result<()> {
        if self.full.load(Ordering::Relaxed) {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_disk_that_was_full_costs_the_turns_of_that_while() {
    let (inner, full) = (
        Arc::new(InMemoryBackend::new()),
        Arc::new(AtomicBool::new(false)),
    );
    let opener: Opener = Box::new({
        let full = Arc::clone(&full);
        move || {
            Builder::new().create_with_backend(Disk {
                inner: Arc::clone(&inner),
                full: Arc::clone(&full),
            })
        }
    });
    let store = RedbStore::on(opener, RedbStore::builder("none")).unwrap();
    let kept = store.put("a", write(b"1", Expect::Absent)).await.unwrap();
    full.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        let refused = store.put("b", write(b"1", Expect::Absent)).await;
        assert!(matches!(refused, Err(StateError::Unavailable(_))));
    }
    full.store(false, Ordering::Relaxed);
    let read = store.get("a").await.unwrap().unwrap();
    assert_eq!(read.etag, kept);
    store
        .put("a", write(b"2", Expect::ETag(kept)))
        .await
        .unwrap();
    store.put("b", write(b"1", Expect::Absent)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn paused_time_stands_still_while_the_file_is_written() {
    let folder = Folder::new("paused");
    let store = RedbStore::open(folder.file()).unwrap();
    let begin = tokio::time::Instant::now();
    let timer = tokio::time::sleep(std::time::Duration::from_secs(1));
    let write = store.put("a", write(b"1", Expect::Absent));
    tokio::select! {
        biased;
        () = timer => panic!("the timer overtook the disk"),
        written = write => written.unwrap(),
    };
    assert_eq!(begin.elapsed(), std::time::Duration::ZERO);
}
