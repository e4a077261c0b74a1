//! What a run is to do.

use std::{fmt, str::FromStr, time::Duration};

use super::chance::Chance;
use crate::settings::Size;

/// What clients do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Workload {
    /// Clients fight for one lock, hold it, refresh it, save, and release it.
    Mutex,
    /// The lock goes from hand to hand by UnlockAndRelock.
    Takeover,
    /// Saves under locks, with readers beside them.
    Saves,
    /// Many tokens, one lock id.
    Coauthors,
    /// One client refreshes without pause (a bug that an editor in the field has), others want to work.
    Flood,
    /// Many files, a few of them wanted much.
    Many,
    /// All of it in turn.
    Mixed,
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Mutex, Self::Takeover, Self::Saves, Self::Coauthors, Self::Flood, Self::Many, Self::Mixed];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mutex => "mutex",
            Self::Takeover => "takeover",
            Self::Saves => "saves",
            Self::Coauthors => "coauthors",
            Self::Flood => "flood",
            Self::Many => "many",
            Self::Mixed => "mixed",
        }
    }

    /// How many files a host of our own is given for so many clients, unless told otherwise.
    pub const fn files(self, clients: u32) -> u32 {
        match self {
            Self::Mutex | Self::Takeover | Self::Coauthors | Self::Flood => 1,
            Self::Saves => clients.div_ceil(4),
            Self::Many => 1000,
            Self::Mixed => 8,
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How sizes of bodies are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spread {
    Fixed,
    Uniform,
    Exponential,
    LogNormal,
}

/// The sizes of bodies: `10kB`, `fixed:10kB`, `uniform:10kB` (from nothing to twice that), `exponential:10kB`,
/// `lognormal:10kB` (the median; a few are much larger, as documents are).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    spread: Spread,
    size: u64,
}

/// No body is larger than so many times the size given.
const LARGEST: u64 = 100;

impl Sizes {
    /// All of one size.
    pub const fn fixed(size: u64) -> Self {
        Self { spread: Spread::Fixed, size }
    }

    /// One size.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes are far below 2^52, and clamped"
    )]
    pub fn draw(&self, chance: &mut Chance) -> usize {
        let size = self.size as f64;
        let drawn = match self.spread {
            Spread::Fixed => size,
            Spread::Uniform => 2.0 * size * chance.unit(),
            Spread::Exponential => size * chance.exponential(),
            Spread::LogNormal => size * (1.5 * chance.normal()).exp(),
        };
        drawn.clamp(0.0, self.size.saturating_mul(LARGEST) as f64) as usize
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spread = match self.spread {
            Spread::Fixed => "fixed",
            Spread::Uniform => "uniform",
            Spread::Exponential => "exponential",
            Spread::LogNormal => "lognormal",
        };
        write!(f, "{spread}:{} B", self.size)
    }
}

impl FromStr for Sizes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (spread, size) = match text.split_once(':') {
            None => (Spread::Fixed, text),
            Some(("fixed", size)) => (Spread::Fixed, size),
            Some(("uniform", size)) => (Spread::Uniform, size),
            Some(("exponential", size)) => (Spread::Exponential, size),
            Some(("lognormal", size)) => (Spread::LogNormal, size),
            Some((other, _)) => {
                return Err(format!("`{other}` is no spread: fixed, uniform, exponential or lognormal"));
            }
        };
        let size: Size = size.trim().parse().map_err(|error| format!("{error}"))?;
        if size.get() > 4 << 30 {
            return Err("bodies of more than 4 GiB are not made".to_owned());
        }
        Ok(Self { spread, size: size.get() })
    }
}

/// What is done to a host of our own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a mode of its own")]
pub struct Faults {
    /// SIGKILL at random moments.
    pub crash: bool,
    /// SIGSTOP for seconds.
    pub stop: bool,
    /// Connections are cut in the middle of bodies.
    pub cut: bool,
    /// The disk fills.
    pub full_disk: bool,
    /// The wall clock is moved.
    pub move_clock: bool,
    /// The block device is copied at a random moment, and the host starts from the copy.
    pub power_cut: bool,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What clients do.
    pub workload: Workload,
    /// How many clients.
    pub clients: u32,
    /// How many connections they share.
    pub connections: u32,
    /// Requests a second, all clients together, at times that do not depend on the answers; `None`: each client sends the
    /// next request when it has the answer to the one before.
    pub rate: Option<f64>,
    /// How long a client thinks between two requests, in the mean.
    pub think: Duration,
    /// How long a client holds a lock, in the mean.
    pub hold: Duration,
    /// What happens in this time at the beginning is judged but not measured.
    pub warm_up: Duration,
    /// How long it goes on after that.
    pub duration: Duration,
    /// Where chance begins.
    pub seed: u64,
    /// Sizes of bodies.
    pub sizes: Sizes,
    /// How long the host's locks live.
    pub lock_timeout: Duration,
    /// How long a client waits for an answer.
    pub patience: Duration,
    /// Of a thousand requests, how many come from somebody who may not: view-only tokens, tokens of other files, made-up
    /// ones, stale lock ids.
    pub intruders: u32,
    /// Whether the last file is left to others than the workload: its token is tried on the rest, and there is where clients
    /// race for a lock that has run out.
    pub spare: bool,
    /// Whether files are renamed.
    pub renames: bool,
    /// Whether requests are recorded for the judge; if not, only times are measured.
    pub record: bool,
    /// After so many recorded requests the run ends.
    pub most: usize,
    /// What is done to the host.
    pub faults: Faults,
    /// How often, in the mean.
    pub every: Duration,
}

impl Plan {
    /// Whether the run is long enough to see a lock run out.
    pub fn sees_expiry(&self) -> bool {
        self.duration > self.lock_timeout + Duration::from_secs(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_written() {
        for text in ["fixed:10 B", "uniform:10 B", "exponential:100 B", "lognormal:10 B"] {
            assert_eq!(text.parse::<Sizes>().map(|sizes| sizes.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("10kB".parse::<Sizes>().ok(), "fixed:10kB".parse().ok());
        assert!("pareto:1kB".parse::<Sizes>().is_err());
        assert!("fixed:much".parse::<Sizes>().is_err());
    }

    #[test]
    fn a_spread_keeps_to_its_mean() {
        let mut chance = Chance::new(3, 3);
        for text in ["fixed:10 kB", "uniform:10 kB", "exponential:10 kB"] {
            let sizes: Sizes = text.parse().unwrap();
            let (mean, drawn) = (sizes.size, (0..20_000).map(|_| sizes.draw(&mut chance) as u64).sum::<u64>() / 20_000);
            assert!(drawn.abs_diff(mean) < mean / 20, "{text}: {drawn}");
        }
    }
}
