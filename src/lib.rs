//! Lockhouse: a WOPI host. It keeps documents that Word, Excel and PowerPoint, Collabora Online and ONLYOFFICE open, lock,
//! edit and save.
//!
//! # The house in ten minutes
//!
//! Five promises hold, whatever happens to the process:
//!
//! 1. **A reply never reveals what a crash can take back.** Every answer waits for the newest commit it depends on
//!    ([`actors::directory`]); readers see only what is durable ([`store::engine`]).
//! 2. **One file, one writer.** Everything that changes a file goes through its actor ([`actors::file`]), the command line
//!    included: commands talk to whoever has the data directory open ([`api`]).
//! 3. **A version appears whole or not at all.** Bytes are stored first ([`store::content`]); one record then names them.
//! 4. **A user's text is never thrown away.** Refused bytes become a rescued version ([`host::Put`]).
//! 5. **Memory does not grow with the file, nor latency with the number of files.**
//!
//! The floors, from the ground up; a file imports only from its own floor or a lower one:
//!
//! | floor | modules | in short |
//! |---|---|---|
//! | 1 ground | [`lock`], [`judge`], [`names`], [`permission`], [`retention`], [`licence`], [`launch`], [`discovery`], [`proof`], [`ids`], [`clock`], [`settings`] | rules and values; no store, no network |
//! | 2 [`store`] | [`store::engine`], [`store::records`], [`store::content`], [`store::collect`] | durable records and contents over sled, which one file names |
//! | 3 [`actors`] | [`actors::file`], [`actors::directory`], [`actors::tree`] | one actor per file in use, one for the folders |
//! | 4 [`host`] | [`host::Host`], accounts, rights, tokens, saves, history, the audit trail | who may do what; the library's face |
//! | 4 [`editors`] | [`editors::Editors`] | the editors in the browser: what they offer, and whose keys prove their requests |
//! | 5 faces | [`wopi`], [`oauth`], [`office`], [`web`], [`doctor`], [`api`], over [`server`] and [`urls`] | HTTP to `Host` calls and back: the protocol, the pages people use, and what finds faults between editor and host |
//! | 6 | [`cli`], [`stress`] | the program; and what tries it, and other hosts, under stress |
//!
//! # A save, step by step
//!
//! 1. [`wopi`] takes the request apart and asks [`host::access`] what its token is worth now.
//! 2. [`host::Host::begin_put`] looks at the lock. If it stands against the save, the bytes can only be rescued.
//! 3. The body goes, piece by piece, to an upload of [`store::content`]: cut by content, each chunk stored once, flushed in
//!    windows of a mebibyte.
//! 4. The file's actor decides again, on its copy of the file's head, and hands one batch to the engine: head, version row,
//!    last manifest page, each on condition that nobody changed the file meanwhile.
//! 5. The commit thread writes what all files have waiting, flushes once, publishes, and wakes every waiter. Only then does
//!    the client hear of it.
//!
//! A lock operation is steps 1, 4 and 5. Where nothing is in the actor's mail it decides on the caller's thread
//! ([`actors::file::Workplace`]): the way to another thread takes longer than deciding. A refresh mostly is not even step 5:
//! its exact expiry is kept in memory
//! ([`actors::expiry`]), and the stored one, rounded up by at most a minute, is written only when it is passed.
//!
//! # Browsing
//!
//! Office for iOS and Android walks: from a file to its folders, from the ecosystem to the user's root, from a folder to its
//! children. Each address that it is given carries a token of its own, for that one thing, which ends when the first one
//! does ([`host::tokens::Tokens::issue_traded`]). Rights are inherited and only ever added to further down, so one look at
//! a folder's rights does for all its children, and a listing of any length is written page by page while it is read. What
//! others have granted hangs below "Shared with me" in the user's own root ([`host::shared_with_me`]): the way up from
//! anything he may see is the way by which he comes down to it, and names nothing that he may not see. A file made by
//! CreateChildFile has zero bytes until the client fills it; those that are never filled stay, since only a user removes a
//! user's files.
//!
//! # Editors in the browser
//!
//! Each editor tells by its discovery document which files it opens, at what URL, and with what keys it signs its requests.
//! What such a document means is decided on the ground floor ([`discovery`], [`proof`]); [`editors`] fetches it in the
//! background and keeps the last good one, so that no request waits for a network. Every WOPI request is held against the
//! keys of the editor that its token names, once its route is known and before its token is judged: one place puts that in
//! front of all operations, so that a new one cannot be forgotten. A request that no known key proves, and only that one,
//! waits up to two seconds for newer keys; a rotation is noticed by the first request that the new key signs.
//!
//! # Embedding
//!
//! ```no_run
//! use std::sync::Arc;
//! use lockhouse::{clock::SystemClock, host::{Host, HostOptions}};
//!
//! # async fn embed() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::open(HostOptions::new("data/store"), Arc::new(SystemClock)).await?;
//! let users = host.accounts().list(None, 10)?;
//! println!("{} users", users.len());
//! host.close();
//! # Ok(())
//! # }
//! ```
//!
//! A host lives under any tokio runtime; [`wopi::routes`] adds the WOPI endpoints to an actix-web application of your own.
//!
//! # Where this differs from its first design
//!
//! A file that PutRelativeFile makes belongs to the owner of the drive it is in, not to the token's user (files.md section 4.4
//! would have it so): rights, bin and usage all follow the drive.
//!
//! The index that finds a chunk by its hash is a third database: in one database with the chunks, its small pages are strewn
//! over every large segment, and sled could free none of them (measured: twice the disk under overwriting).

pub mod actors;
pub mod api;
pub mod cli;
pub mod clock;
pub mod discovery;
pub mod doctor;
pub mod editors;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod host;
pub mod ids;
pub mod judge;
pub mod launch;
pub mod licence;
pub mod lock;
pub mod names;
pub mod oauth;
pub mod office;
pub mod permission;
pub mod proof;
pub mod retention;
pub mod samples;
pub mod server;
pub mod settings;
pub mod store;
pub mod stress;
pub mod urls;
pub mod web;
pub mod wopi;
