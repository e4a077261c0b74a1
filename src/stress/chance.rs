//! Chance that can be repeated: the same seed, the same run, as far as the host lets it be.

/// `SplitMix64` (G. L. Steele, D. Lea, C. H. Flood, *Fast splittable pseudorandom number generators*, 2014).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Chance that begins at `seed`; `stream` tells those of one run apart.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut chance = Self(seed ^ stream.wrapping_mul(0xd605_bbb5_8c8a_bbfd));
        chance.bits();
        chance
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits() % end.max(1)
    }

    /// A place in a list of this length; 0 for an empty one.
    pub fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// True in `cases` of a thousand.
    pub fn of_thousand(&mut self, cases: u32) -> bool {
        self.below(1000) < u64::from(cases)
    }

    /// Evenly between 0 and 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// With mean 1: the gaps between things that come independently of each other.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.unit()).ln()
    }

    /// With mean 0 and deviation 1.
    pub fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// Zipf's law: the file of rank r is asked for in proportion to 1/r^exponent.
///
/// By rejection against a simple hull (W. Hörmann, G. Derflinger, *Rejection-inversion to generate variates from
/// monotone discrete distributions*, 1996): no table, whatever the number of files.
#[derive(Clone, Debug)]
pub struct Zipf {
    ranks: f64,
    exponent: f64,
    first: f64,
    last: f64,
}

impl Zipf {
    /// Over so many ranks.
    #[expect(clippy::cast_precision_loss, reason = "numbers of files are small")]
    pub fn new(ranks: usize, exponent: f64) -> Self {
        let ranks = ranks.max(1) as f64;
        let mut zipf = Self { ranks, exponent, first: 0.0, last: 0.0 };
        zipf.first = zipf.area(1.5) - 1.0;
        zipf.last = zipf.area(ranks + 0.5);
        zipf
    }

    fn area(&self, x: f64) -> f64 {
        let one = 1.0 - self.exponent;
        if one.abs() < 1e-9 { x.ln() } else { (x.powf(one) - 1.0) / one }
    }

    fn inverse(&self, y: f64) -> f64 {
        let one = 1.0 - self.exponent;
        if one.abs() < 1e-9 { y.exp() } else { (1.0 + y * one).max(0.0).powf(1.0 / one) }
    }

    /// A place, from 0: the first is the most wanted.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 1 and the ranks")]
    pub fn draw(&self, chance: &mut Chance) -> usize {
        loop {
            let u = self.last + chance.unit() * (self.first - self.last);
            let x = self.inverse(u);
            let rank = x.round().clamp(1.0, self.ranks);
            if u >= self.area(rank + 0.5) - rank.powf(-self.exponent) {
                return rank as usize - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Chance, Zipf};

    #[test]
    fn the_first_ranks_are_drawn_as_often_as_zipf_says() {
        let (zipf, mut chance) = (Zipf::new(1000, 1.0), Chance::new(7, 0));
        let mut drawn = vec![0u32; 1000];
        for _ in 0..100_000 {
            drawn[zipf.draw(&mut chance)] += 1;
        }
        // The harmonic number of 1000 is 7.485.
        assert!((12_900..13_900).contains(&drawn[0]), "{}", drawn[0]);
        assert!((6_300..7_100).contains(&drawn[1]), "{}", drawn[1]);
        assert!(drawn.iter().skip(900).sum::<u32>() > 1000);
    }

    #[test]
    fn one_file_is_always_the_first() {
        let mut chance = Chance::new(7, 0);
        assert!((0..100).all(|_| Zipf::new(1, 0.9).draw(&mut chance) == 0));
    }
}
