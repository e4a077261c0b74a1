//! How large a document may be that a proxy lets through.

use std::time::Duration;

use futures_util::future::join_all;

use super::{
    Scene,
    ask::{Asker, Question},
    directives::Topic,
    finding::{Area, Check, Finding},
    proxy::Between,
};
use crate::settings::Size;

/// How long a proxy that waits for a body is waited for; one that refuses does so at once.
const PATIENCE: Duration = Duration::from_secs(2);

/// A body that is really sent: more than proxies keep in memory.
const REAL: u64 = 2 << 20;

/// Where the limits of proxies usually are, in MiB.
const USUAL: [u64; 12] = [1, 2, 4, 8, 10, 16, 32, 64, 100, 128, 512, 1024];

pub(super) async fn examine(scene: &Scene, asker: &Asker, between: &Between) -> Vec<Finding> {
    let limit = scene.settings.limits.body.get();
    let (announced, real) = tokio::join!(limits(asker, between, limit), sent(asker, limit.min(REAL)));
    let refused = announced.verdict == super::finding::Verdict::Failure;
    // One reason is enough.
    let real = real.filter(|real| !(refused && real.verdict == super::finding::Verdict::Failure));
    std::iter::once(announced).chain(real).collect()
}

async fn limits(asker: &Asker, between: &Between, limit: u64) -> Finding {
    let check = Check::new(Area::Proxy, "proxy.body-limit", "documents as large as `limits.body`");
    let status = match asker.announce(limit, PATIENCE).await {
        Err(error) => {
            return check
                .warns(format!("a body of {} was announced, and the connection broke: {error}", Size::bytes(limit)))
                .mend_by([between.kind.remedy(&Topic::Body(limit))]);
        }
        Ok(None | Some(100..=399)) => return check.ok(format!("of {} may be sent", Size::bytes(limit))),
        Ok(Some(status)) => status,
    };
    if status != 413 {
        return check
            .fails(format!("of {} are refused with {status}", Size::bytes(limit)))
            .mend_by([between.kind.remedy(&Topic::Body(limit))]);
    }
    let smaller = USUAL.iter().map(|mebibytes| mebibytes << 20).filter(|size| *size < limit);
    let tried = join_all(smaller.map(|size| async move { (size, asker.announce(size, PATIENCE).await) })).await;
    let passes =
        tried.iter().filter(|(_, outcome)| matches!(outcome, Ok(None | Some(100..=399)))).map(|(size, _)| *size).max();
    let largest = passes.map_or_else(
        || "not even 1 MiB may be sent".to_owned(),
        |size| format!("{} may be sent, and somewhat more cannot", Size::bytes(size)),
    );
    check
        .fails(format!("of {} are refused with 413: {largest}", Size::bytes(limit)))
        .mend_by([between.kind.remedy(&Topic::Body(limit))])
        .mend("or allow only what the proxy does", "Lockhouse, setting `limits.body`")
}

async fn sent(asker: &Asker, length: u64) -> Option<Finding> {
    let check = Check::new(Area::Proxy, "proxy.body", "a document on its way");
    let body = vec![b'd'; usize::try_from(length).ok()?];
    let told = Size::bytes(length);
    let place = "the proxy in front: its log says why (often: its folder for temporary files)";
    Some(match asker.ask(Question::post("count=true", body)).await {
        Ok(answer) => match answer.arrived() {
            Some(arrived) if arrived.body == length => {
                check.ok(format!("of {told} arrives whole, in {} ms", answer.took.as_millis()))
            }
            Some(arrived) => check
                .fails(format!("of {told} arrives with {} bytes", arrived.body))
                .mend("pass bodies on as they are", place),
            None => check.fails(format!("of {told} is answered with {}", answer.status)).mend("let it through", place),
        },
        Err(why) => check.fails(format!("of {told} does not arrive: {why}")).mend("let it through", place),
    })
}
