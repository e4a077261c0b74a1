//! Floor 5: what a person's browser, or an editor's plain GET, asks for: pages and downloads.

mod account;
mod admin;
mod assets;
mod audit;
pub(crate) mod desk;
mod documents;
pub(crate) mod downloads;
mod editor;
mod folders;
pub(crate) mod frame;
pub(crate) mod language;
mod locks;
mod moments;
#[cfg(feature = "oidc")]
pub mod oidc;
mod privacy;
pub mod sign_in;
mod sizes;
pub(crate) mod visit;

use actix_web::{http::Method, middleware::Compress, web};

/// Adds the routes.
pub fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    config
        .service(web::resource("/bytes/{id}").route(read().to(downloads::bytes)))
        .service(web::resource("/download/{id}").route(read().to(downloads::download)))
        .service(web::resource("/assets/{mark}/{name}").wrap(Compress::default()).route(read().to(assets::serve)))
        .service(web::resource("/sign-in").route(read().to(sign_in::form)).route(web::post().to(sign_in::sign_in)))
        .service(web::resource("/sign-out").route(web::post().to(sign_in::sign_out)))
        .service(web::resource("/privacy").route(read().to(privacy::page)))
        .service(web::resource("/account").route(read().to(account::get)).route(web::post().to(account::post)))
        .configure(admin::routes)
        .configure(folders::routes)
        .configure(documents::routes)
        .configure(editor::routes);
    #[cfg(feature = "oidc")]
    config.configure(oidc::routes);
}

/// Whether only the head of an answer is wanted.
fn head_only(request: &actix_web::HttpRequest) -> bool {
    request.method() == Method::HEAD
}
