//! Lets a test act between two steps of an upload or a collection.

use std::sync::Mutex;

use crate::store::content::Moment;

type Action = Box<dyn FnOnce() + Send>;

/// One action, run once when its moment has come so many times.
#[derive(Default)]
pub(crate) struct Hook(Mutex<Option<(u32, Moment, Action)>>);

impl Hook {
    pub(crate) fn set(&self, moment: Moment, action: impl FnOnce() + Send + 'static) {
        self.set_nth(1, moment, action);
    }

    pub(crate) fn set_nth(&self, nth: u32, moment: Moment, action: impl FnOnce() + Send + 'static) {
        *self.0.lock().unwrap() = Some((nth, moment, Box::new(action)));
    }

    pub(crate) fn fire(&self, moment: Moment) {
        let due = self.0.lock().unwrap().take_if(|(left, wanted, _)| {
            *left -= u32::from(*wanted == moment);
            *left == 0
        });
        // The lock is free again: the action may come by other moments, or set the next action.
        if let Some((_, _, action)) = due {
            action();
        }
    }

    pub(crate) fn has_fired(&self) -> bool {
        self.0.lock().unwrap().is_none()
    }
}
