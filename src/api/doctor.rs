//! The examination of the wiring, by the process that serves.

use actix_web::web;

use super::{Admin, Perform, Refusal, calls::Examine, route};
use crate::doctor::Report;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<Examine>(config);
}

impl Perform for Examine {
    async fn perform(self, admin: &Admin) -> Result<Report, Refusal> {
        Ok(admin.doctor.examine(self.thoroughness).await)
    }
}
