//! Lets a test act between two steps of an upload or a collection.

use std::sync::Mutex;

use crate::store::content::Moment;

type Action = Box<dyn FnOnce() + Send>;

/// One action, run the first time that its moment comes.
#[derive(Default)]
pub(crate) struct Hook(Mutex<Option<(Moment, Action)>>);

impl Hook {
    pub(crate) fn set(&self, moment: Moment, action: impl FnOnce() + Send + 'static) {
        *self.0.lock().unwrap() = Some((moment, Box::new(action)));
    }

    pub(crate) fn fire(&self, moment: Moment) {
        let due = self.0.lock().unwrap().take_if(|(wanted, _)| *wanted == moment);
        if let Some((_, action)) = due {
            action();
        }
    }

    pub(crate) fn has_fired(&self) -> bool {
        self.0.lock().unwrap().is_none()
    }
}
