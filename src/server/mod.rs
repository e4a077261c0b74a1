//! The plumbing of HTTP: listening, TLS, who is asking, bounded bodies, logs, metrics, health. It knows nothing of WOPI.
//!
//! ```text
//! socket ── TLS ── door (who, how large, how many; log line, metrics) ── routes of the faces
//! ```

mod bearer;
pub mod body;
mod connections;
mod door;
pub mod health;
pub mod metrics;
pub mod proxy;
pub(crate) mod rates;
pub mod reply;
pub mod run;
pub mod telemetry;
pub mod tls;

pub use bearer::bearer;
pub use body::{BodyError, BodyReader};
pub use health::Readiness;
pub use metrics::Metrics;
pub(crate) use proxy::visitor_address;
pub use proxy::{ProxyPolicy, Visitor};
pub use run::{Bound, Server, ServerError, ServerOptions, Services};
pub use telemetry::{note_operation, note_reason};
