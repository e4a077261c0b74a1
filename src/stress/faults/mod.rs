//! What is done to a host of our own while clients are at work, and how that is written down.

pub mod clock;
pub mod disk;

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tokio::time::sleep;

use self::{clock::MovedClock, disk::Disk};
use super::{StressError, chance::Chance, local::LocalHost, run::Run};
use crate::judge::history::{Mark, Nanos};

/// How often it is looked whether the host has ended by itself.
const PULSE: Duration = Duration::from_millis(10);

/// Who does it.
#[derive(Debug)]
pub struct Executioner {
    /// The host.
    pub host: LocalHost,
    /// The disk made for it, if one was.
    pub disk: Option<Disk>,
    /// The clock given to it, if one was.
    pub clock: Option<MovedClock>,
    run: Rc<Run>,
    chance: Chance,
    /// How often each was done.
    pub done: Done,
}

/// How often each was done.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Done {
    /// SIGKILL, and a start on the same data.
    pub crashes: u32,
    /// SIGSTOP.
    pub stops: u32,
    /// The disk was full.
    pub full_disks: u32,
    /// The clock was moved.
    pub clocks_moved: u32,
    /// A start from a copy of the block device.
    pub power_cuts: u32,
    /// The host ended by itself.
    pub deaths: u32,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Crash,
    Stop,
    FullDisk,
    MoveClock,
    PowerCut,
}

impl Executioner {
    /// For this run.
    pub fn new(host: LocalHost, disk: Option<Disk>, clock: Option<MovedClock>, run: &Rc<Run>) -> Self {
        let chance = Chance::new(run.plan.seed, u64::MAX);
        Self { host, disk, clock, run: Rc::clone(run), chance, done: Done::default() }
    }

    /// Does it until the run ends; the host is up when this returns.
    ///
    /// # Errors
    /// When the host does not come up again, or the disk cannot be handled.
    pub async fn work(&mut self) -> Result<(), StressError> {
        let faults = self.run.plan.faults;
        let deeds: Vec<Deed> = [
            (faults.crash, Deed::Crash),
            (faults.stop, Deed::Stop),
            (faults.full_disk, Deed::FullDisk),
            (faults.move_clock, Deed::MoveClock),
            (faults.power_cut, Deed::PowerCut),
        ]
        .into_iter()
        .filter_map(|(wanted, deed)| wanted.then_some(deed))
        .collect();
        loop {
            let pause = self.run.plan.every.mul_f64(0.2 + 0.8 * self.chance.exponential().min(3.0));
            self.watch(pause).await?;
            if !self.run.going() {
                return self.revive().await;
            }
            if deeds.is_empty() {
                continue;
            }
            match deeds[self.chance.place(deeds.len())] {
                Deed::Crash => self.crash().await?,
                Deed::Stop => self.stop().await?,
                Deed::FullDisk => self.fill_disk().await?,
                Deed::MoveClock => self.move_clock()?,
                Deed::PowerCut => self.cut_power().await?,
            }
        }
    }

    /// Waits, and starts the host again when it ends by itself.
    async fn watch(&mut self, pause: Duration) -> Result<(), StressError> {
        let begun = Instant::now();
        while begun.elapsed() < pause && self.run.going() {
            self.revive().await?;
            sleep(PULSE).await;
        }
        Ok(())
    }

    fn time_of(&self, moment: Instant) -> Nanos {
        u64::try_from(moment.saturating_duration_since(self.run.epoch).as_nanos()).unwrap_or(0)
    }

    /// Starts the host again if it has ended by itself.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn revive(&mut self) -> Result<(), StressError> {
        let down = self.time_of(self.host.alive);
        let Some(status) = self.host.died() else { return Ok(()) };
        let dead = self.run.now();
        self.done.deaths += 1;
        self.run.note(format!("the host ended by itself ({status})"));
        self.up_again(down, dead).await
    }

    async fn up_again(&mut self, down: Nanos, dead: Nanos) -> Result<(), StressError> {
        for pool in self.run.pools.all() {
            pool.forget();
        }
        if let Err(error) = self.host.launch().await {
            // With a full disk it may be unable to start: that is no fault of its.
            match &self.disk {
                Some(disk) if self.run.plan.faults.full_disk => {
                    disk.relieve();
                    self.host.launch().await?;
                }
                _ => return Err(error),
            }
        }
        let up = self.run.now();
        self.run.mark(Mark::Restart { down, dead: Some(dead), up: Some(up) });
        Ok(())
    }

    /// SIGKILL, and a start on the same data; sometimes a second death while it starts.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn crash(&mut self) -> Result<(), StressError> {
        self.done.crashes += 1;
        let mut down = self.run.now();
        self.host.kill().await;
        let mut dead = self.run.now();
        if self.chance.of_thousand(200) {
            self.run.mark(Mark::Restart { down, dead: Some(dead), up: None });
            let after = Duration::from_millis(self.chance.below(150));
            down = self.run.now();
            self.host.launch_and_kill(after).await?;
            dead = self.run.now();
        }
        self.up_again(down, dead).await
    }

    async fn stop(&mut self) -> Result<(), StressError> {
        self.done.stops += 1;
        self.run.note("the process is stopped (SIGSTOP)");
        self.host.signal(Signal::STOP);
        sleep(Duration::from_millis(300 + self.chance.below(2700))).await;
        self.host.signal(Signal::CONT);
        self.run.note("the process goes on (SIGCONT)");
        self.revive().await
    }

    async fn fill_disk(&mut self) -> Result<(), StressError> {
        let Some(disk) = &self.disk else { return Ok(()) };
        self.done.full_disks += 1;
        disk.fill()?;
        self.run.note("the disk is full");
        let begun = Instant::now();
        let pause = Duration::from_millis(500 + self.chance.below(1500));
        while begun.elapsed() < pause {
            self.revive().await?;
            sleep(PULSE).await;
        }
        if self.chance.of_thousand(300) {
            self.crash().await?;
        }
        if let Some(disk) = &self.disk {
            disk.relieve();
        }
        self.run.note("the disk has room again");
        // A store that could not write takes no writes before it was opened again.
        self.crash().await
    }

    fn move_clock(&mut self) -> Result<(), StressError> {
        let Some(clock) = &mut self.clock else { return Ok(()) };
        self.done.clocks_moved += 1;
        let by = i64::try_from(self.chance.below(1_200_000)).unwrap_or(0) - 600_000;
        let at = self.run.now();
        clock.move_by(by)?;
        self.run.mark(Mark::ClockSet { at, by_ms: by });
        Ok(())
    }

    /// What would be on the disk if the power failed now; the host goes on from that.
    async fn cut_power(&mut self) -> Result<(), StressError> {
        let Some(disk) = &mut self.disk else { return Ok(()) };
        self.done.power_cuts += 1;
        let down = self.run.now();
        self.host.signal(Signal::STOP);
        let copied = disk.copy().await;
        self.host.kill().await;
        let dead = self.run.now();
        copied?;
        disk.go_on_from_copy().await?;
        self.run.note("the power failed; the host starts from what was on the disk");
        self.up_again(down, dead).await
    }
}
