//! `GET /`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

use crate::{
    oauth::Identity,
    server::note_operation,
    web::{
        frame::{redirect, trouble},
        visit::{Depth, Visit},
    },
};

/// On to one's own folder, or to the sign-in, which comes back here.
pub(super) async fn home(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "home");
    let visit = Visit::new(&request, &identity, Depth::One, None);
    match visit.signed_in() {
        Ok(Some(signed_in)) => redirect(StatusCode::SEE_OTHER, &format!("./folder/{}", signed_in.account.drive)),
        Ok(None) => redirect(StatusCode::SEE_OTHER, "./sign-in"),
        Err(error) => trouble(&visit, &error),
    }
}
