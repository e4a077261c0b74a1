//! AddActivities (files.md section 4.9): comments and mentions that a client reports.

use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Wopi,
    dispatch::body_of,
    reply::{self, Problem},
    session::Session,
};
use crate::store::{engine::MAX_VALUE, records};

/// The status of an activity that was taken.
const ACCEPTED: u8 = 0;

/// The status of an activity of a type that is not known.
const NOT_SUPPORTED: u8 = 3;

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "Activities")]
    activities: Vec<Value>,
}

pub(super) async fn handle(
    request: &HttpRequest,
    session: &Session,
    wopi: &Wopi,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let mut body = body_of(request, payload, wopi, wopi.limits.json_body.get());
    let bytes = body.read_all().await?;
    let report: Report = serde_json::from_slice(&bytes)
        .map_err(|error| Problem::Bad(format!("the body must be JSON with a list `Activities`: {error}")))?;
    let mut answers = Vec::new();
    let mut accepted = Vec::new();
    for activity in report.activities {
        let known = activity.get("Type").and_then(Value::as_str) == Some("comment");
        answers.push(json!({
            "Id": activity.get("Id").and_then(Value::as_str).unwrap_or_default(),
            "Status": if known { ACCEPTED } else { NOT_SUPPORTED },
        }));
        if known {
            accepted.push(record(&activity));
        }
    }
    wopi.host.add_activities(&session.access, accepted).await?;
    Ok(reply::ok().json(json!({ "ActivityResponses": answers })))
}

/// The activity as a record; one that is too large for a record keeps what tells which it was.
fn record(activity: &Value) -> Bytes {
    let whole = records::encode(activity);
    if whole.len() <= MAX_VALUE {
        return whole;
    }
    let short = |field: &str| {
        let text = activity.get(field).and_then(Value::as_str).unwrap_or_default();
        text.chars().take(256).collect::<String>()
    };
    records::encode(&json!({ "Type": short("Type"), "Id": short("Id"), "Timestamp": short("Timestamp") }))
}
