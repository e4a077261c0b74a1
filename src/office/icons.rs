//! The icons that Office shows of the place, in the sizes that it asks for (section 13).

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use crate::server::{note_operation, reply};

/// The sides of the squares, in pixels.
pub const SIZES: [u32; 6] = [16, 32, 48, 64, 80, 96];

/// The icons that ship with the program: side and PNG. `lockhouse onboarding --icons` draws others.
pub const DEFAULT: [(u32, &[u8]); 6] = [
    (16, include_bytes!("../../data/icons/16.png")),
    (32, include_bytes!("../../data/icons/32.png")),
    (48, include_bytes!("../../data/icons/48.png")),
    (64, include_bytes!("../../data/icons/64.png")),
    (80, include_bytes!("../../data/icons/80.png")),
    (96, include_bytes!("../../data/icons/96.png")),
];

/// The icon that the host itself serves.
pub(super) async fn handle(request: HttpRequest, size: web::Path<String>) -> HttpResponse {
    note_operation(&request, "icon");
    let wanted = DEFAULT.iter().find(|(side, _)| side.to_string() == *size);
    match wanted {
        Some((_, bytes)) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .content_type("image/png")
            .body(*bytes),
        None => reply::not_found(),
    }
}
