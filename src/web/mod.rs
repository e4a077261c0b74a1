//! Floor 5: what a person's browser, or an editor's plain GET, asks for: pages and downloads.

mod downloads;
mod pages;
mod shared_folder;

use actix_web::{http::Method, web};

/// Adds the routes.
pub fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    config
        .service(web::resource("/bytes/{id}").route(read().to(downloads::bytes)))
        .service(web::resource("/download/{id}").route(read().to(downloads::download)))
        .service(web::resource("/s/{link}").route(read().to(pages::shared)))
        .service(web::resource("/").route(read().to(pages::home)))
        .service(web::resource("/sign-in").route(read().to(pages::plain)))
        .service(web::resource("/{page:view|edit|share|versions|folder}/{id}").route(read().to(pages::plain)));
}

/// Whether only the head of an answer is wanted.
fn head_only(request: &actix_web::HttpRequest) -> bool {
    request.method() == Method::HEAD
}
