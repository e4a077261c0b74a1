//! What tokens may do.

use super::{
    super::{history::Authority, timeline},
    Invariant, Notes, Scene,
};

pub(super) fn check(scene: &Scene<'_>, notes: &mut Notes) {
    for (place, operation) in scene.operations.iter().enumerate() {
        let (invariant, what) = match operation.authority {
            Authority::ViewOnly if operation.call.changes() => {
                (Invariant::ViewTokenChangesNothing, "a token that allows only reading")
            }
            Authority::OtherFile => (Invariant::TokenForOneFileOnly, "a token of another file"),
            _ => continue,
        };
        if operation.reply().is_none() {
            continue;
        }
        notes.check(invariant);
        if operation.succeeded() {
            let call = timeline::call(operation);
            let summary = format!("{call} was answered {} to {what}.", timeline::reply(operation));
            notes.broken(invariant, vec![place], summary);
        }
    }
}
