//! Devices on which somebody has signed in before: attempts on them are counted apart, so that no stranger who guesses at an
//! account can keep its owner waiting.

use actix_web::cookie::{Cookie, time::Duration as Age};

use super::super::visit::Visit;
use crate::{
    host::{random, trouble::Trouble},
    ids::{NodeId, UserId},
};

/// The cookie: a random name of the device, and for each account a seal over both, newest first.
const COOKIE: &str = "lockhouse-device";

/// What seals are for.
const PURPOSE: &str = "device";

/// Accounts that one device is known for.
const MOST: usize = 5;

/// The longest that browsers keep a cookie.
const AGE: Age = Age::days(400);

/// What the cookie says.
struct Device {
    id: String,
    seals: Vec<String>,
}

fn read(visit: &Visit<'_>) -> Option<Device> {
    let cookie = visit.cookie(COOKIE)?;
    let mut parts = cookie.split('.').map(str::to_owned);
    let id = parts.next().filter(|id| NodeId::parse(id).is_ok())?;
    Some(Device { id, seals: parts.take(MOST).collect() })
}

/// The name of the device, if this account has signed in on it before.
///
/// # Errors
/// [`Trouble`] when the key cannot be read.
pub(super) async fn known(visit: &Visit<'_>, folded_name: &str) -> Result<Option<String>, Trouble> {
    let Some(device) = read(visit) else { return Ok(None) };
    let seal = visit.identity.host.sessions().seal();
    for known in &device.seals {
        if seal.fits(PURPOSE, &[&device.id, folded_name], known).await? {
            return Ok(Some(device.id));
        }
    }
    Ok(None)
}

/// The cookie of a device on which this account has signed in.
///
/// # Errors
/// [`Trouble`] when the key cannot be read.
pub(super) async fn remember(visit: &Visit<'_>, user: &UserId) -> Result<Cookie<'static>, Trouble> {
    let mut device = match read(visit) {
        Some(device) => device,
        None => Device { id: random::node_id()?.to_string(), seals: Vec::new() },
    };
    let seal = visit.identity.host.sessions().seal().on(PURPOSE, &[&device.id, &user.folded()]).await?;
    device.seals.retain(|known| *known != seal);
    device.seals.insert(0, seal);
    device.seals.truncate(MOST);
    Ok(visit.keep(COOKIE, format!("{}.{}", device.id, device.seals.join(".")), Some(AGE)))
}
