//! The files of a run, and the tokens that open them.

use std::{path::Path, rc::Rc};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use url::Url;

use super::{StressError, wire::Pool};
use crate::judge::history::{FileStart, LockBefore};

/// A file, as a JSON file of targets names it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its WOPISrc: the address without a query.
    pub wopisrc: String,
    /// Tokens that may do everything with it; at least one. Of different users, where there are several.
    #[serde(default)]
    pub tokens: Vec<String>,
    /// Tokens that may only read it.
    #[serde(default)]
    pub view_tokens: Vec<String>,
    /// Tokens of other files or containers: they must not open this one. Those of the other files of the run are tried
    /// without being named.
    #[serde(default)]
    pub other_tokens: Vec<String>,
    /// What people call it, for the report.
    #[serde(default)]
    pub label: Option<String>,
}

/// What a JSON file of targets holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Targets {
    List(Vec<Named>),
    Object { files: Vec<Named> },
}

/// Reads a JSON file of targets.
///
/// # Errors
/// When it cannot be read, or holds something else.
pub fn read(path: &Path) -> Result<Vec<Named>, StressError> {
    let wrong = |error: &dyn std::fmt::Display| StressError::Usage(format!("{}: {error}", path.display()));
    let text = std::fs::read(path).map_err(|error| wrong(&error))?;
    match serde_json::from_slice(&text).map_err(|error| wrong(&error))? {
        Targets::List(files) | Targets::Object { files } => Ok(files),
    }
}

/// A file of the run.
#[derive(Debug)]
pub struct Target {
    /// By which the history names it.
    pub number: u32,
    /// Path and `?access_token=`, to which a token is added.
    pub info: Box<str>,
    /// The same with `/contents`.
    pub contents: Box<str>,
    /// Tokens that may do everything, ready for a URL.
    pub full: Vec<Box<str>>,
    /// Tokens that may only read.
    pub view: Vec<Box<str>>,
    /// Tokens of other things.
    pub other: Vec<Box<str>>,
    /// The connections to its host.
    pub pool: Rc<Pool>,
    /// What is known of it before.
    pub start: FileStart,
}

/// A token as it stands in a URL.
fn ready(token: &str) -> Box<str> {
    utf8_percent_encode(token, NON_ALPHANUMERIC).to_string().into()
}

impl Target {
    /// From what was named.
    ///
    /// # Errors
    /// When the address cannot be one, or no token is named.
    pub fn new(number: u32, named: &Named, pools: &mut Pools) -> Result<Self, StressError> {
        let wrong = |why: &str| StressError::Usage(format!("`{}` is no WOPISrc: {why}", named.wopisrc));
        let url = Url::parse(&named.wopisrc).map_err(|error| wrong(&error.to_string()))?;
        if url.query().is_some() || url.path().ends_with('/') || url.fragment().is_some() {
            return Err(wrong("it ends with the file's id, without a query; tokens are given beside it"));
        }
        if named.tokens.is_empty() {
            return Err(StressError::Usage(format!("no token is given for {}", named.wopisrc)));
        }
        let all = |tokens: &[String]| tokens.iter().map(|token| ready(token)).collect();
        let label = named.label.as_deref().unwrap_or(&named.wopisrc);
        Ok(Self {
            number,
            info: format!("{}?access_token=", url.path()).into(),
            contents: format!("{}/contents?access_token=", url.path()).into(),
            full: all(&named.tokens),
            view: all(&named.view_tokens),
            other: all(&named.other_tokens),
            pool: pools.of(&url)?,
            start: FileStart { number, label: label.into(), lock: LockBefore::Unknown, ..FileStart::default() },
        })
    }
}

/// The connections to all hosts of a run: mostly one.
#[derive(Debug)]
pub struct Pools {
    all: Vec<Rc<Pool>>,
    connections: u32,
}

impl Pools {
    /// Each host gets so many connections.
    pub const fn new(connections: u32) -> Self {
        Self { all: Vec::new(), connections }
    }

    fn of(&mut self, url: &Url) -> Result<Rc<Pool>, StressError> {
        let address =
            super::wire::Address::of(url).map_err(|why| StressError::Usage(format!("{url} cannot be used: {why}")))?;
        if let Some(pool) = self.all.iter().find(|pool| *pool.address() == address) {
            return Ok(Rc::clone(pool));
        }
        let pool = Rc::new(Pool::new(address, self.connections));
        self.all.push(Rc::clone(&pool));
        Ok(pool)
    }

    /// All of them.
    pub fn all(&self) -> &[Rc<Pool>] {
        &self.all
    }
}

/// Gives each file some tokens of the others, to be tried where they must not work.
pub fn mix(targets: &mut [Target]) {
    const NEIGHBOURS: usize = 2;
    let firsts: Vec<Option<Box<str>>> = targets.iter().map(|target| target.full.first().cloned()).collect();
    let count = targets.len();
    for (place, target) in targets.iter_mut().enumerate() {
        for step in 1..=NEIGHBOURS.min(count - 1) {
            let other = firsts[(place + step) % count].clone();
            target.other.extend(other.filter(|token| !target.full.contains(token)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(wopisrc: &str, token: &str) -> Named {
        Named { wopisrc: wopisrc.into(), tokens: vec![token.into()], ..Named::default() }
    }

    #[test]
    fn a_token_is_made_ready_for_a_url() {
        let mut pools = Pools::new(1);
        let target = Target::new(1, &named("http://host:81/x/wopi/files/7", "a.b+c"), &mut pools).unwrap();
        assert_eq!(&*target.info, "/x/wopi/files/7?access_token=");
        assert_eq!(&*target.contents, "/x/wopi/files/7/contents?access_token=");
        assert_eq!(&*target.full[0], "a%2Eb%2Bc");
        assert_eq!(target.pool.address().authority(), "host:81");
    }

    #[test]
    fn an_address_with_its_token_in_it_is_refused_with_the_reason() {
        let refused = Target::new(1, &named("http://h/wopi/files/7?access_token=x", "x"), &mut Pools::new(1));
        assert!(refused.unwrap_err().to_string().contains("without a query"));
    }

    #[test]
    fn files_get_tokens_of_others_but_never_their_own() {
        let mut pools = Pools::new(1);
        let make = |(number, token): (u32, &str), pools: &mut Pools| {
            Target::new(number, &named(&format!("http://h/wopi/files/{number}"), token), pools).unwrap()
        };
        let mut targets = vec![make((1, "a"), &mut pools), make((2, "b"), &mut pools), make((3, "a"), &mut pools)];
        mix(&mut targets);
        assert_eq!(targets[0].other, ["b".into()]);
        assert_eq!(targets[1].other, ["a".into(), "a".into()]);
        assert_eq!(pools.all().len(), 1);
    }
}
