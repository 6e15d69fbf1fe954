//! Runs actors in every order of their operations on the disk.
//!
//! Each actor is a thread that stops before each operation until it is let go on. A run is a list of choices; from each
//! state that was not met before, every other choice is tried in a run of its own. A state is what is on the disk, what
//! each actor has learnt from it so far, and who has the lock: two runs that meet in it go on alike.
//!
//! Of three actors there are too many orders for a test of every day. They are run in those in which only so often one is
//! interrupted that could go on; `ONHOOK_INTERLEAVINGS=all` runs them all.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Error, Result};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use onhook_channel::store::{DiskLock, Store};

use crate::world::{Ground, Memory, World};

/// What an actor does; it says how that went.
pub(crate) type Act = fn(&Store) -> String;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Working,
    /// Waits to be let go on with this.
    Waiting(Wants),
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wants {
    Lock,
    /// Nobody else sees whether it was done; a power failure may.
    Look,
    Change,
}

impl Wants {
    fn of(operation: &str) -> Wants {
        match operation {
            "open" | "list" | "kind" | "read" | "seek" | "sync" | "sync_dir" => Wants::Look,
            _ => Wants::Change,
        }
    }
}

struct State {
    world: World,
    statuses: Vec<Status>,
    learnt: Vec<u64>,
    outcomes: Vec<Option<String>>,
    /// Who has the lock.
    locked: Option<usize>,
    /// Who is let go on, one operation after the other; what was chosen is not taken out again.
    choices: Vec<usize>,
    /// How many operations were done.
    done: usize,
    /// What was changed by who had not the lock.
    lawless: Option<String>,
    /// The run is over: nothing works any more.
    dead: bool,
}

struct Schedule {
    state: Mutex<State>,
    changed: Condvar,
    has_locks: bool,
}

impl Schedule {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let woken = self.changed.wait(state);
        woken.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The disk as one actor has it.
#[derive(Clone)]
struct Actor {
    schedule: Arc<Schedule>,
    number: usize,
}

impl Actor {
    /// Waits for its turn.
    fn turn(&self, wants: Wants) -> Result<MutexGuard<'_, State>> {
        let mut state = self.schedule.state();
        state.statuses[self.number] = Status::Waiting(wants);
        if state.done == state.choices.len() {
            self.schedule.changed.notify_all();
        }
        // Others may still be at work between two operations, and one of them may be about to let the lock go.
        while !state.dead
            && (state.choices.get(state.done) != Some(&self.number)
                || wants == Wants::Lock && state.locked.is_some())
        {
            state = self.schedule.wait(state);
        }
        state.statuses[self.number] = Status::Working;
        if state.dead {
            return Err(Error::other("killed"));
        }
        state.done += 1;
        if state.choices.get(state.done) != Some(&self.number) {
            self.schedule.changed.notify_all();
        }
        Ok(state)
    }

    fn learn(state: &mut State, number: usize, what: &impl Hash) {
        let mut hasher = DefaultHasher::new();
        (state.learnt[number], what).hash(&mut hasher);
        state.learnt[number] = hasher.finish();
    }
}

impl Ground for Actor {
    fn step<T: Debug>(
        &self,
        what: &str,
        operation: impl FnOnce(&mut World) -> Result<T>,
    ) -> Result<T> {
        let wants = Wants::of(what);
        let mut state = self.turn(wants)?;
        let done = operation(&mut state.world);
        if self.schedule.has_locks && wants == Wants::Change && state.locked != Some(self.number) {
            // The reduction below rests on it.
            state.lawless = done.is_ok().then(|| what.to_owned());
        }
        Actor::learn(&mut state, self.number, &(what, format!("{done:?}")));
        done
    }

    fn lock(&self, _path: &Path) -> Result<DiskLock> {
        if !self.schedule.has_locks {
            return Ok(DiskLock::default());
        }
        let mut state = self.turn(Wants::Lock)?;
        state.locked = Some(self.number);
        Actor::learn(&mut state, self.number, &"lock");
        Ok(DiskLock::new(Lock(Arc::clone(&self.schedule))))
    }
}

struct Lock(Arc<Schedule>);

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.state().locked = None;
        self.0.changed.notify_all();
    }
}

/// What is looked at in every state: the disk, and what the actors that are done have said.
pub(crate) struct Seen<'s> {
    pub(crate) world: &'s World,
    pub(crate) outcomes: &'s [Option<String>],
}

impl Seen<'_> {
    pub(crate) fn said(&self, actor: usize, what: &str) -> bool {
        self.outcomes[actor].as_deref() == Some(what)
    }
}

/// No bound to how often actors are interrupted.
pub(crate) const ALL: usize = usize::MAX;

/// Every order of the operations of these actors with so many interruptions, each actor a process of its own; how many
/// states there are.
pub(crate) fn explore(
    world: &World,
    has_locks: bool,
    interruptions: usize,
    actors: &[Act],
    check: impl Fn(&Seen<'_>),
) -> usize {
    let all = std::env::var("ONHOOK_INTERLEAVINGS").is_ok_and(|all| all == "all");
    let interruptions = if all { ALL } else { interruptions };
    let (mut met, mut runs) = (HashSet::new(), vec![(Vec::new(), interruptions)]);
    // Many states differ in nothing that is looked at.
    let mut checked = HashSet::new();
    let mut check = |seen: &Seen<'_>| {
        if checked.insert((seen.world.fingerprint(), seen.outcomes.to_vec())) {
            check(seen);
        }
    };
    while let Some((choices, interruptions)) = runs.pop() {
        let schedule = Arc::new(Schedule {
            state: Mutex::new(State {
                world: world.clone(),
                statuses: vec![Status::Working; actors.len()],
                learnt: vec![0; actors.len()],
                outcomes: vec![None; actors.len()],
                locked: None,
                choices,
                done: 0,
                lawless: None,
                dead: false,
            }),
            changed: Condvar::new(),
            has_locks,
        });
        thread::scope(|scope| {
            for (number, act) in actors.iter().enumerate() {
                let schedule = Arc::clone(&schedule);
                scope.spawn(move || {
                    let actor = Actor { schedule, number };
                    let schedule = Arc::clone(&actor.schedule);
                    let outcome = act(&Store::on(Memory(actor), "/store"));
                    let mut state = schedule.state();
                    state.statuses[number] = Status::Done;
                    state.outcomes[number] = Some(outcome);
                    schedule.changed.notify_all();
                });
            }
            let _ends = Ends(&schedule);
            run(&schedule, interruptions, &mut met, &mut runs, &mut check);
        });
    }
    met.len()
}

/// Goes on where the choices end with the first one each time, until a state comes that was met before, or the end.
fn run(
    schedule: &Schedule,
    interruptions: usize,
    met: &mut HashSet<u64>,
    runs: &mut Vec<(Vec<usize>, usize)>,
    check: &mut impl FnMut(&Seen<'_>),
) {
    loop {
        let mut state = schedule.state();
        while state.done < state.choices.len() || state.statuses.contains(&Status::Working) {
            state = schedule.wait(state);
        }
        let mut hasher = DefaultHasher::new();
        (state.world.fingerprint(), &state.learnt, &state.outcomes).hash(&mut hasher);
        state.locked.hash(&mut hasher);
        let last = state.choices.last().copied();
        if interruptions < ALL {
            (interruptions, last).hash(&mut hasher);
        }
        if !met.insert(hasher.finish()) {
            return;
        }
        check(&Seen {
            world: &state.world,
            outcomes: &state.outcomes,
        });
        assert_eq!(state.lawless, None, "changed without the lock");
        let can = |number: &usize| match state.statuses[*number] {
            Status::Waiting(wants) => wants != Wants::Lock || state.locked.is_none(),
            _ => false,
        };
        let mut able: Vec<usize> = (0..state.statuses.len()).filter(can).collect();
        // As long as one has the lock, the others only look: in which order they do, and it does, comes to the same.
        if let Some(owner) = state.locked
            && state.statuses[owner] == Status::Waiting(Wants::Look)
        {
            able = vec![owner];
        }
        // Whoever was at it goes on if it can.
        let goes_on = able.iter().position(|one| Some(*one) == last);
        if let Some(at) = goes_on {
            able.swap(0, at);
        }
        let left = match goes_on {
            Some(_) if interruptions < ALL => interruptions.checked_sub(1),
            _ => Some(interruptions),
        };
        for other in able.iter().skip(1) {
            runs.extend(left.map(|left| ([&state.choices[..], &[*other]].concat(), left)));
        }
        let Some(first) = able.first() else {
            let all_done = state.statuses.iter().all(|one| *one == Status::Done);
            assert!(all_done, "nobody can go on: {:?}", state.statuses);
            return;
        };
        state.choices.push(*first);
        schedule.changed.notify_all();
    }
}

/// Has no actor wait when the run is over, however it is.
struct Ends<'s>(&'s Schedule);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.state().dead = true;
        self.0.changed.notify_all();
    }
}
