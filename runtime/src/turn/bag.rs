//! Values that live one turn.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::Turn;

/// One value per type. A turn holds few, so a list is searched; an empty one does not allocate.
#[derive(Default)]
pub(super) struct Bag(Mutex<Vec<(TypeId, Arc<dyn Any + Send + Sync>)>>);

impl Turn {
    /// Leaves a value for what comes later in this turn, in place of an earlier one of its type.
    pub fn insert<T: Send + Sync + 'static>(&self, value: T) {
        let mut bag = self.bag.0.lock().unwrap_or_else(PoisonError::into_inner);
        bag.retain(|(id, _)| *id != TypeId::of::<T>());
        bag.push((TypeId::of::<T>(), Arc::new(value)));
    }

    /// The value of this type that something earlier in the turn left.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let bag = self.bag.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, value) = bag.iter().find(|(id, _)| *id == TypeId::of::<T>())?;
        Arc::clone(value).downcast().ok()
    }
}

impl fmt::Debug for Bag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bag")
    }
}
