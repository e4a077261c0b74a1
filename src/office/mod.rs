//! Floor 5: this host as a place in Office for iOS and Android, seen from its operator's side: links that open Office, what the
//! operator's own app must know, the icons, and the sheet that Microsoft asks for (bootstrapper-oauth.md sections 9 and 13).

mod app;
mod apps;
pub mod icons;
mod link;
pub mod sheet;
#[cfg(test)]
mod tests;

use actix_web::{guard, web};

pub use self::{
    apps::{AppFacts, Apps, apps},
    link::{Launch, Launcher, NoLaunch, Wish},
};

/// Adds the routes; [`crate::oauth::Identity`] must be there as `web::Data`.
pub fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config
        .service(
            web::resource("/api/office/link/{id}")
                .route(web::get().to(app::link))
                .default_service(web::to(app::only_get)),
        )
        .service(
            web::resource("/api/office/apps").route(web::get().to(app::apps)).default_service(web::to(app::only_get)),
        )
        .service(web::resource("/icons/{size}.png").route(read().to(icons::handle)));
}
