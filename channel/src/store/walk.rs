//! The folders of the store, one conversation at a time. Links are not followed, and what has not the name of a
//! folder of ours is passed over.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::vec;

use time::{Date, Month};

use super::disk::EntryKind;
use super::mark::{Mark, Marked};
use super::{Broken, Select, Store, StoreError, layout};

/// The folder of a conversation.
#[derive(Clone, Debug)]
pub(super) struct ConversationFolder {
    pub(super) day: Date,
    pub(super) path: PathBuf,
}

/// The folder of a session.
#[derive(Clone, Debug)]
pub(super) struct SessionFolder {
    pub(super) day: Date,
    pub(super) number: u32,
    pub(super) path: PathBuf,
}

/// The conversations of a store: the days in order, each with its conversations in the order of their names.
/// Holds the names of one day at a time.
#[derive(Debug)]
pub(super) struct Conversations {
    store: Store,
    /// The names that the folder of the one that is wanted can have.
    only: Option<Vec<String>>,
    days: vec::IntoIter<(Date, PathBuf)>,
    day: vec::IntoIter<ConversationFolder>,
    /// Folders of years and months that cannot be listed.
    broken: vec::IntoIter<Broken>,
}

impl Conversations {
    pub(super) fn new(store: &Store, select: &Select) -> Self {
        let (mut days, mut broken) = (Vec::new(), Vec::new());
        let mut folders = |path: &Path, digits| match store.folders(path) {
            Ok(names) => names
                .into_iter()
                .filter(|name| name.len() == digits)
                .filter_map(|name| Some((name.parse::<u16>().ok()?, path.join(name))))
                .collect(),
            Err(error) => {
                broken.push(Broken::new(path, error));
                Vec::new()
            }
        };
        for (year, path) in folders(store.root(), 4) {
            for (month, path) in folders(&path, 2) {
                for (day, path) in folders(&path, 2) {
                    days.extend(date(year, month, day).map(|date| (date, path)));
                }
            }
        }
        let only = match select {
            Select::All => None,
            Select::Day(wanted) => {
                days.retain(|(day, _)| day == wanted);
                None
            }
            Select::Conversation(id) => {
                let mut names = vec![layout::folder_name(id), layout::component(id)];
                names.dedup();
                Some(names)
            }
        };
        Self {
            store: store.clone(),
            only,
            days: days.into_iter(),
            day: Vec::new().into_iter(),
            broken: broken.into_iter(),
        }
    }

    fn names(&self, day: &Path) -> Result<Vec<String>, StoreError> {
        let Some(names) = &self.only else {
            return self.store.folders(day);
        };
        let mut found = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let path = day.join(name);
            if self.store.kind(&path)? == Some(EntryKind::Folder)
                && (at == 0 || self.store.has_exactly(&path))
            {
                found.push(name.clone());
            }
        }
        Ok(found)
    }
}

impl Iterator for Conversations {
    type Item = Result<ConversationFolder, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(broken) = self.broken.next() {
                return Some(Err(broken));
            }
            if let Some(folder) = self.day.next() {
                return Some(Ok(folder));
            }
            let (day, path) = self.days.next()?;
            match self.names(&path) {
                Ok(names) => {
                    let folders = names.into_iter().map(|name| ConversationFolder {
                        day,
                        path: path.join(name),
                    });
                    self.day = folders.collect::<Vec<_>>().into_iter();
                }
                Err(error) => return Some(Err(Broken::new(path, error))),
            }
        }
    }
}

impl ConversationFolder {
    /// Its sessions, in order.
    pub(super) fn sessions(&self, store: &Store) -> Result<Vec<SessionFolder>, Broken> {
        self.content(store).map(|(sessions, _)| sessions)
    }

    /// Its sessions, in order, and those that are being deleted.
    pub(super) fn content(
        &self,
        store: &Store,
    ) -> Result<(Vec<SessionFolder>, Vec<Marked>), Broken> {
        let names = store
            .folders(&self.path)
            .map_err(|error| Broken::new(&self.path, error))?;
        let (mut sessions, mut marked) = (Vec::new(), Vec::new());
        for name in names {
            let (day, path) = (self.day, self.path.join(&name));
            if let Some(mark) = Mark::parse(&name) {
                marked.push(Marked { day, mark, path });
            } else if let Ok(number) = name.parse()
                // The name that a session of this number has, and no other that reads like it.
                && name == format!("{number:04}")
            {
                sessions.push(SessionFolder { day, number, path });
            }
        }
        sessions.sort_unstable_by_key(|session| session.number);
        Ok((sessions, marked))
    }
}

impl Store {
    /// The sessions in a conversation's folder, in order, and those that are being deleted; none if it is not there.
    pub(super) fn content_of(
        &self,
        conversation: &Path,
        day: Date,
    ) -> Result<(Vec<SessionFolder>, Vec<Marked>), StoreError> {
        let path = conversation.to_owned();
        let content = ConversationFolder { day, path }.content(self);
        content.map_err(|broken| broken.source)
    }

    /// The names of the folders in a folder, in order; none if it is not there.
    fn folders(&self, path: &Path) -> Result<Vec<String>, StoreError> {
        let mut names = match self.disk().list(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed.map_err(StoreError::disk("list", path))?,
        };
        names.sort_unstable();
        let mut folders = Vec::with_capacity(names.len());
        for name in names {
            if self.kind(&path.join(&name))? == Some(EntryKind::Folder) {
                folders.push(name);
            }
        }
        Ok(folders)
    }

    /// What stands at a path, if anything does.
    pub(super) fn kind(&self, path: &Path) -> Result<Option<EntryKind>, StoreError> {
        match self.disk().kind(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            kind => kind.map(Some).map_err(StoreError::disk("look at", path)),
        }
    }
}

fn date(year: u16, month: u16, day: u16) -> Option<Date> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()
}
