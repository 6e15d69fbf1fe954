//! "What is on legal hold is not deleted": every order of the disk operations of processes that hold, release, delete and
//! publish at the same time, with a kill and a power failure in every state.

mod schedule;
mod world;

use onhook_channel::events::SubjectForm;
use onhook_channel::store::metadata::{SessionRecord, SessionState};
use onhook_channel::store::{Deletions, SessionFile, SessionId, Store, StoreError};
use time::{Date, Duration, Month, OffsetDateTime};

use schedule::{ALL, Act, Seen, explore};
use world::{Alone, Memory, World};

const CALLER: &str = "+14255550100";
const AUDIO: [i16; 3] = [7, 8, 9];

fn day() -> Date {
    Date::from_calendar_date(2026, Month::November, 22).unwrap()
}

fn now() -> OffsetDateTime {
    day().midnight().assume_utc() + Duration::weeks(9)
}

fn id() -> SessionId {
    SessionId::new("c", 1, day())
}

fn record(store: &Store, id: SessionId) {
    let mut file = SessionFile::create(store, id.clone()).unwrap();
    file.append(&AUDIO).unwrap();
    let began = day().midnight().assume_utc();
    let mut record = SessionRecord::new(id, began);
    record.parts.push(file.close().unwrap());
    record.participants = vec![CALLER.to_owned()];
    record.state = SessionState::Sealed;
    record.delete_after = Some(began + Duration::hours(48));
    store
        .write_metadata(&record.id, &record.metadata())
        .unwrap();
}

/// A world after something was done in it, up to so many operations.
fn after(world: World, operations: usize, act: impl FnOnce(&Store)) -> World {
    let alone = Alone::with(world, operations);
    act(&Store::on(Memory(alone.clone()), "/store"));
    alone.locked().0.clone()
}

/// One recording, whose time is over.
fn one_recording() -> World {
    after(World::new(), usize::MAX, |store| record(store, id()))
}

fn say(done: Result<(), StoreError>) -> String {
    match done {
        Ok(()) => "ok",
        Err(StoreError::BeingDeleted(_)) => "being deleted",
        Err(StoreError::Deleted(_)) => "deleted",
        Err(error) => return error.to_string(),
    }
    .to_owned()
}

fn count(deletions: &Deletions) -> String {
    let (deleted, held) = (deletions.deleted.len(), deletions.held.len());
    format!("{deleted} deleted, {held} held, {:?}", deletions.failed)
}

const HOLD: Act = |store| say(store.hold_recording(&id(), "case 1", now()));
const HOLD_CALL: Act = |store| say(store.hold_conversation("c", day(), "case 1", now()));
const RELEASE: Act = |store| say(store.release_recording(&id()));
const RELEASE_CALL: Act = |store| say(store.release_conversation("c", day()));
const EXPIRE: Act = |store| count(&store.expire(now()));
const ERASE: Act = |store| count(&store.erase(CALLER, now()));
const FINISH: Act = |store| count(&store.finish_deletions());
const PUBLISH: Act = |store| {
    let published = store.publish_missing_events(SubjectForm::default(), now(), |_| ());
    published.map_or_else(|error| error.to_string(), |events| events.len().to_string())
};

fn audio_is_whole(world: &World) -> bool {
    after_all(world.clone(), |store| {
        let recording = store.read_metadata(&id());
        recording.is_ok() && store.verify_session(&id()).is_intact()
    })
}

fn after_all<T>(world: World, look: impl FnOnce(&Store) -> T) -> T {
    look(&Store::on(Memory(Alone::with(world, usize::MAX)), "/store"))
}

/// What holds in every state in which somebody was told that the recording is held: it is there, and whatever happens
/// next, it stays. Without locks, a deletion that comes too late may still have to take back its first step.
fn stays(world: &World, has_locks: bool) {
    for mut world in [world.clone(), world.after_power_failure()] {
        if !has_locks {
            world = after(world, usize::MAX, |store| {
                assert_eq!(deletions_of(store), 0);
            });
        }
        assert!(audio_is_whole(&world));
        let world = after(world, usize::MAX, |store| {
            assert!(store.is_held(&id()).unwrap());
            for deletions in [
                store.finish_deletions(),
                store.expire(now()),
                store.erase(CALLER, now()),
            ] {
                assert_eq!(deletions.deleted.len(), 0, "{deletions:?}");
                assert!(deletions.failed.is_empty(), "{deletions:?}");
            }
        });
        assert!(audio_is_whole(&world));
    }
}

/// What holds in every other state: after a kill or a power failure the recording is whole, or goes for good.
fn stays_or_goes(world: &World) {
    for world in [world.clone(), world.after_power_failure()] {
        after_all(world, |store| {
            let is_listed = store.recordings(..).count() == 1;
            if is_listed {
                assert!(store.verify(..).is_intact(), "{}", store.verify(..));
                if store.is_held(&id()).unwrap() {
                    return;
                }
            }
            let held = store.hold_recording(&id(), "case 2", now());
            assert_eq!(held.is_ok(), is_listed, "{held:?}");
            if is_listed {
                store.release_recording(&id()).unwrap();
            }
            let deletions = store.expire(now());
            assert!(deletions.failed.is_empty(), "{deletions:?}");
            if deletions.held.is_empty() {
                assert!(store.tombstones().unwrap().count() > 0);
                assert_eq!(deletions_of(store), 0, "it is gone already");
            }
        });
    }
}

fn deletions_of(store: &Store) -> usize {
    store.finish_deletions().deleted.len()
}

/// Whether the deletion is over, and left nothing to be finished.
fn is_gone(world: &World) -> bool {
    after_all(world.clone(), |store| {
        store.tombstones().unwrap().count() > 0
            && store.recordings(..).count() == 0
            && deletions_of(store) == 0
    })
}

/// Whoever was told `ok` by one of these actors finds the recording held, in every state. A conversation can also be held
/// when its recording is gone: then it was gone before, as there is no state in which it is held and going.
fn no_hold_is_broken(
    seen: &Seen<'_>,
    has_locks: bool,
    recording: Option<usize>,
    conversation: Option<usize>,
) {
    let said = |hold: Option<usize>| hold.is_some_and(|hold| seen.said(hold, "ok"));
    if said(recording) || said(conversation) && !is_gone(seen.world) {
        stays(seen.world, has_locks);
    } else {
        stays_or_goes(seen.world);
    }
}

#[test]
fn a_hold_and_a_deletion_of_two_processes() {
    for has_locks in [true, false] {
        for delete in [EXPIRE, ERASE] {
            let recording = explore(&one_recording(), has_locks, ALL, &[HOLD, delete], |seen| {
                no_hold_is_broken(seen, has_locks, Some(0), None);
            });
            let conversation = explore(
                &one_recording(),
                has_locks,
                ALL,
                &[HOLD_CALL, delete],
                |seen| {
                    no_hold_is_broken(seen, has_locks, None, Some(0));
                },
            );
            println!("locks: {has_locks}, {recording} and {conversation} states");
            assert!(recording > 100 && conversation > 100);
        }
    }
}

#[test]
fn two_holds_and_a_deletion() {
    let states = explore(
        &one_recording(),
        true,
        1,
        &[HOLD, HOLD_CALL, EXPIRE],
        |seen| {
            no_hold_is_broken(seen, true, Some(0), Some(1));
        },
    );
    println!("{states} states");
}

#[test]
fn a_hold_and_two_deletions() {
    let states = explore(&one_recording(), true, 1, &[HOLD, EXPIRE, ERASE], |seen| {
        no_hold_is_broken(seen, true, Some(0), None);
    });
    println!("{states} states");
}

#[test]
fn a_hold_takes_the_place_of_another_that_is_released() {
    let held = after(one_recording(), usize::MAX, |store| drop(HOLD(store)));
    let states = explore(&held, true, 1, &[HOLD_CALL, RELEASE, EXPIRE], |seen| {
        no_hold_is_broken(seen, true, None, Some(0));
    });
    let held = after(one_recording(), usize::MAX, |store| drop(HOLD_CALL(store)));
    let others = explore(&held, true, 1, &[HOLD, RELEASE_CALL, EXPIRE], |seen| {
        no_hold_is_broken(seen, true, Some(0), None);
    });
    println!("{states} and {others} states");
}

/// The worlds that a deletion leaves that is killed before each of its operations, and what a power failure makes of them.
fn interrupted(delete: Act) -> Vec<World> {
    let all = Alone::with(one_recording(), usize::MAX);
    delete(&Store::on(Memory(all.clone()), "/store"));
    let operations = usize::MAX - all.locked().1;
    let killed = (0..operations).map(|at| after(one_recording(), at, |store| drop(delete(store))));
    killed
        .flat_map(|world| [world.after_power_failure(), world])
        .collect()
}

#[test]
fn a_hold_after_a_deletion_that_was_interrupted_is_refused_or_kept() {
    for delete in [EXPIRE, ERASE] {
        let mut refused = 0;
        for world in interrupted(delete) {
            for (hold, may_come) in [(HOLD, false), (HOLD_CALL, true)] {
                let mut said = String::new();
                let held = after(world.clone(), usize::MAX, |store| said = hold(store));
                match said.as_str() {
                    "ok" if is_listed(&world) => stays(&held, true),
                    // A conversation can be held for what is to come.
                    "ok" => assert!(may_come && is_gone(&world)),
                    "being deleted" | "deleted" => {
                        refused += 1;
                        assert!(!is_listed(&held));
                    }
                    other => panic!("{other}"),
                }
            }
        }
        assert!(refused > 10, "{refused}");
    }
}

fn is_listed(world: &World) -> bool {
    after_all(world.clone(), |store| store.recordings(..).count() == 1)
}

#[test]
fn a_hold_while_another_process_finishes_a_deletion() {
    let mut worlds = interrupted(ERASE);
    let mut met = std::collections::HashSet::new();
    worlds.retain(|world| met.insert(world.fingerprint()));
    let states: usize = worlds
        .iter()
        .map(|world| {
            explore(world, true, ALL, &[HOLD, FINISH], |seen| {
                if seen.said(0, "ok") {
                    stays(seen.world, true);
                }
            })
        })
        .sum();
    println!("{} worlds, {states} states", worlds.len());
}

#[test]
fn no_event_is_lost_to_an_erasure_of_another_process() {
    let world = after(one_recording(), usize::MAX, |store| {
        let mut other = SessionRecord::new(SessionId::new("d", 1, day()), now());
        let mut file = SessionFile::create(store, other.id.clone()).unwrap();
        file.append(&AUDIO).unwrap();
        other.parts.push(file.close().unwrap());
        store.write_metadata(&other.id, &other.metadata()).unwrap();
    });
    let states = explore(&world, true, 1, &[PUBLISH, ERASE], |seen| {
        if seen.said(0, "1") {
            let events = after_all(seen.world.clone(), |store| {
                let events = store.events().unwrap().map(Result::unwrap);
                events
                    .filter(|event| event.recording_id() == Some("d-0001"))
                    .count()
            });
            assert_eq!(events, 1);
        }
    });
    println!("{states} states");
}
