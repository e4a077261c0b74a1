//! What is counted, for Prometheus. A registry of its own for each host: tests that run side by side do not mix.

use std::{
    fmt,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet, text},
    metrics::{
        MetricType,
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

/// The media type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    operation: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LockOutcome {
    operation: &'static str,
    outcome: &'static str,
}

type Histograms = Family<Operation, Histogram, fn() -> Histogram>;

/// The counters of one host. Operations and outcomes are fixed words, so the number of rows is bounded.
pub struct Metrics {
    registry: RwLock<Registry>,
    requests: Family<Request, Counter>,
    durations: Histograms,
    lock_outcomes: Family<LockOutcome, Counter>,
    commit_groups: Histogram,
    flushes: Histogram,
    bytes_in: Counter,
    bytes_out: Counter,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// From half a millisecond to 65 seconds, each twice the one before.
fn duration_buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 18))
}

impl Metrics {
    /// Counters that stand at zero.
    pub fn new() -> Self {
        let metrics = Self {
            registry: RwLock::new(Registry::with_prefix("lockhouse")),
            requests: Family::default(),
            durations: Family::new_with_constructor(duration_buckets),
            lock_outcomes: Family::default(),
            commit_groups: Histogram::new(exponential_buckets(1.0, 2.0, 11)),
            flushes: duration_buckets(),
            bytes_in: Counter::default(),
            bytes_out: Counter::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&self) {
        let mut registry = self.registry.write().unwrap_or_else(PoisonError::into_inner);
        registry.register("requests", "Requests answered, by operation and status", self.requests.clone());
        registry.register_with_unit(
            "request_duration",
            "From the head of a request to the end of its answer, by operation",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register(
            "lock_outcomes",
            "What became of operations on locks, by operation and outcome",
            self.lock_outcomes.clone(),
        );
        registry.register("commit_group_size", "Commits that shared one flush", self.commit_groups.clone());
        registry.register_with_unit(
            "flush_duration",
            "Flushes of the record database to the disk",
            Unit::Seconds,
            self.flushes.clone(),
        );
        registry.register_with_unit("received", "Bodies of requests", Unit::Bytes, self.bytes_in.clone());
        registry.register_with_unit("sent", "Bodies of answers", Unit::Bytes, self.bytes_out.clone());
    }

    /// Counts an answered request; `operation` is a fixed word such as `PutFile`.
    pub fn request(&self, operation: &'static str, status: u16, elapsed: Duration) {
        self.requests.get_or_create(&Request { operation, status }).inc();
        self.durations.get_or_create(&Operation { operation }).observe(elapsed.as_secs_f64());
    }

    /// Counts what became of an operation on a lock; both are fixed words.
    pub fn lock_outcome(&self, operation: &'static str, outcome: &'static str) {
        self.lock_outcomes.get_or_create(&LockOutcome { operation, outcome }).inc();
    }

    /// Counts a group of commits that shared a flush.
    pub fn commit_group(&self, size: u32) {
        self.commit_groups.observe(f64::from(size));
    }

    /// Counts a flush.
    pub fn flush(&self, took: Duration) {
        self.flushes.observe(took.as_secs_f64());
    }

    /// Counts bytes of requests' bodies.
    pub fn bytes_in(&self, bytes: u64) {
        self.bytes_in.inc_by(bytes);
    }

    /// Counts bytes of answers' bodies.
    pub fn bytes_out(&self, bytes: u64) {
        self.bytes_out.inc_by(bytes);
    }

    /// Adds a value that is read at each scrape, such as a queue's depth, live actors or an alarm (0 or 1). `read` must
    /// not block.
    pub fn gauge(&self, name: &'static str, help: &'static str, read: impl Fn() -> f64 + Send + Sync + 'static) {
        let mut registry = self.registry.write().unwrap_or_else(PoisonError::into_inner);
        registry.register(name, help, Gauge(Box::new(read)));
    }

    /// Adds a number that only grows while the process lives, counted elsewhere and read at each scrape; `_total` is put
    /// behind its name. `read` must not block.
    pub fn counter(&self, name: &'static str, help: &'static str, read: impl Fn() -> u64 + Send + Sync + 'static) {
        let mut registry = self.registry.write().unwrap_or_else(PoisonError::into_inner);
        registry.register(name, help, Count(Box::new(read)));
    }

    /// Everything, in the text form that Prometheus reads.
    pub fn text(&self) -> String {
        let mut encoded = String::new();
        let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
        // Writing to a String cannot fail; a failure would only mean a shorter page.
        let _ = text::encode(&mut encoded, &registry);
        encoded
    }
}

struct Gauge(Box<dyn Fn() -> f64 + Send + Sync>);

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gauge")
    }
}

impl EncodeMetric for Gauge {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        encoder.encode_gauge(&(self.0)())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Gauge
    }
}

struct Count(Box<dyn Fn() -> u64 + Send + Sync>);

impl fmt::Debug for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Count")
    }
}

impl EncodeMetric for Count {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        encoder.encode_counter::<NoLabelSet, _, u64>(&(self.0)(), None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Counter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_shown() {
        let metrics = Metrics::new();
        metrics.request("PutFile", 200, Duration::from_millis(3));
        metrics.request("PutFile", 409, Duration::from_millis(3));
        metrics.lock_outcome("Lock", "mismatch");
        metrics.commit_group(7);
        metrics.flush(Duration::from_millis(2));
        metrics.bytes_in(10);
        metrics.gauge("queue_depth", "Commits that wait", || 5.0);
        metrics.counter("chunks_new", "Chunks", || 2);
        let text = metrics.text();
        for line in [
            "lockhouse_requests_total{operation=\"PutFile\",status=\"409\"} 1",
            "lockhouse_request_duration_seconds_count{operation=\"PutFile\"} 2",
            "lockhouse_lock_outcomes_total{operation=\"Lock\",outcome=\"mismatch\"} 1",
            "lockhouse_commit_group_size_sum 7.0",
            "lockhouse_flush_duration_seconds_count 1",
            "lockhouse_received_bytes_total 10",
            "# TYPE lockhouse_chunks_new counter",
            "lockhouse_chunks_new_total 2",
            "lockhouse_queue_depth 5.0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
    }

    #[test]
    fn two_hosts_count_apart() {
        let (left, right) = (Metrics::new(), Metrics::new());
        left.bytes_in(1);
        assert!(right.text().contains("lockhouse_received_bytes_total 0"));
    }
}
