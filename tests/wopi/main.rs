//! The host seen from outside: the real binary, asked over HTTP, held to the rules of the protocol.
//!
//! Every test is written from the rules (F-…), not from the program. Which rule is tested where:
//!
//! | rules | subject | module |
//! |---|---|---|
//! | F-1 – F-18 | addressing, tokens, dispatch, capabilities | `common`; F-11, F-12, F-17, F-22, F-71 and section 2.3 for every reply in `support::reply` |
//! | F-20 – F-38 | `CheckFileInfo` | `info`, `schema` |
//! | F-40 – F-46 | `GetFile`, `FileUrl` | `get_file` |
//! | F-50 – F-64, F-67, F-68, F-71, F-72 | locks | `locks` |
//! | section 2.5 | the lock table, each row in each state | `lock_table` (row 31: F-18 in `common`) |
//! | F-69, F-70, F-90 | many clients at once | `concurrency` |
//! | F-80 – F-89 | `PutFile` | `put_file` |
//! | F-95 – F-111 | `PutRelativeFile` | `put_relative` |
//! | F-115 – F-122 | `RenameFile`, `DeleteFile` | `rename_delete` |
//! | F-125 – F-134 | user information, sharing, activities, ancestry, the unsupported | `people` |
//! | F-140 – F-145 | Collabora Online, ONLYOFFICE, other clients, rescued versions | `editors` |
//! | browsing from a file to its neighbours and back | containers and the ecosystem, in one walk | `browsing` |
//! | addresses at the edges of what is routed | | `routing` |
//! | bad input | | `bad_input`, `damage`; a full disk is in the test program `crash` |
//! | the contract of the command line | | `damage`, `locks`, `rename_delete` |
//! | acknowledged work survives kills | | the test program `crash` |
//!
//! Not here, because time would have to move (tested inside the program, with a clock that tests turn): F-65,
//! F-66, the reset of the expiry in F-51 and F-53 and its absence in F-52, the "expired" column of section 2.5,
//! rotation of signing keys. F-4 for expired tokens uses tokens that live for seconds.
//! Not here, because no host without co-authoring has it: F-72 and F-121 beyond "is ignored".
//! F-150 – F-159 (proof keys) are in the test program `editors`, and beside `src/proof`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
mod browsing;
mod common;
mod concurrency;
mod damage;
mod editors;
mod get_file;
mod info;
mod lock_table;
mod locks;
mod people;
mod put_file;
mod put_relative;
mod rename_delete;
mod routing;
mod schema;
