//! `office-link`.

use super::{Outcome, args::OfficeLinkArgs, print, session::Session};
use crate::{
    api::{Place, calls::OfficeLink},
    launch::Opening,
};

pub(super) async fn run(session: &mut Session, arguments: OfficeLinkArgs) -> Outcome {
    let OfficeLinkArgs { path, user, view, pass_back, context, origin, json } = arguments;
    let place = Place { path, user: Some(user.clone()) };
    let pass_back = pass_back.map(String::from);
    let call = OfficeLink { user, place, view, origin: origin.into(), pass_back, context };
    let launch = session.call(&call).await?;
    if launch.parts.service.is_none() {
        print::complaint(
            "warning: Office finds the place by your provider id, which is not set: set `office.provider_id` as soon as \
             Microsoft has given it to you",
        );
    }
    if launch.opening == Opening::Converted {
        let name = &launch.parts.name;
        print::complaint(&format!("{} makes a converted copy of `{name}` beside it and edits that", launch.parts.app));
    }
    if json { print::json(&launch) } else { print::line(&launch.link) }
}
