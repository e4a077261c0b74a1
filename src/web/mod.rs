//! Floor 5: what a person's browser, or an editor's plain GET, asks for: pages and downloads.

mod assets;
pub(crate) mod desk;
pub(crate) mod downloads;
mod editor;
pub(crate) mod frame;
pub(crate) mod language;
#[cfg(feature = "oidc")]
pub mod oidc;
mod pages;
mod privacy;
mod shared_folder;
pub mod sign_in;
pub(crate) mod visit;

use actix_web::{http::Method, web};

/// Adds the routes.
pub fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    config
        .service(web::resource("/bytes/{id}").route(read().to(downloads::bytes)))
        .service(web::resource("/download/{id}").route(read().to(downloads::download)))
        .service(web::resource("/s/{link}").route(read().to(pages::shared)))
        .service(web::resource("/assets/{mark}/{name}").route(read().to(assets::serve)))
        .service(web::resource("/").route(read().to(pages::home)))
        .service(web::resource("/sign-in").route(read().to(sign_in::form)).route(web::post().to(sign_in::sign_in)))
        .service(web::resource("/sign-out").route(web::post().to(sign_in::sign_out)))
        .service(web::resource("/privacy").route(read().to(privacy::page)))
        .configure(editor::routes)
        .service(web::resource("/{page:share|versions|folder}/{id}").route(read().to(pages::plain)));
    #[cfg(feature = "oidc")]
    config.configure(oidc::routes);
}

/// Whether only the head of an answer is wanted.
fn head_only(request: &actix_web::HttpRequest) -> bool {
    request.method() == Method::HEAD
}
