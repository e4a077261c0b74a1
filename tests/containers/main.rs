//! Containers and ecosystem seen from outside: the real binary, asked over HTTP, held to the rules C-….
//!
//! Every test is written from the rules, not from the program. Which rule is tested where:
//!
//! | rules | subject | module |
//! |---|---|---|
//! | C-1 – C-8, C-14 – C-21a, C-120 | addressing, tokens on requests, dispatch, JSON, status codes, legacy folders | `common`; C-4, C-7 for every URL that is followed in `support::container`, C-16, C-18 for every reply in `support::reply` |
//! | C-9 – C-12 | tokens that beget tokens | `trading`; C-11 in `common` (a token that only reads) and `guests` |
//! | C-22 – C-34, C-65 | names | `names` |
//! | C-35 – C-46, C-121 – C-124 | capabilities, `CheckContainerInfo`, licence flags | `info`; C-45 in `common`, C-46 in `delete_rename`, C-36 by all |
//! | C-47 – C-52 | `CreateChildContainer` | `create_container`; C-48 in `names` too |
//! | C-53 – C-68, section 4.3 row by row | `CreateChildFile` | `create_file`; C-67 in `concurrency` |
//! | C-70 – C-79 | `DeleteContainer`, `RenameContainer` | `delete_rename` |
//! | C-80 – C-86, C-93, C-108 | ancestors, cut chains, what was shared with a user | `ancestry` |
//! | C-87 – C-93 | `EnumerateChildren` | `children` |
//! | C-95, C-102 – C-113 | the ecosystem | `ecosystem` |
//! | C-96, C-11 for guests | holders of share links | `guests` |
//! | C-97 – C-101 | `GetShareUrl`, and the page behind it | `sharing`; C-101 in `ecosystem` |
//! | C-114 – C-119 | files in the flows of containers | `files`; C-119 in `create_file` |
//! | section 9 | the checklist | 1–3 `common`; 4 `common` (C-14); 5–7 `create_container`, `names`; 8–10 `create_file`; 11–12 `delete_rename`, `info`; 13–14 `children`; 15 `ancestry`; 16 `sharing`; 17 `trading`; 18 `delete_rename`; 19 `names`; 20 `common` |
//! | acknowledged changes survive kills | | `crash` |
//!
//! Not here, because no host alone can show it: C-12 (a call that does not exist), C-36 and C-113 (what clients do),
//! C-13 for header names (the HTTP library's business; values in other letters are a host's choice), C-103 (501 is not
//! listed), C-124 (the suite's own user agent; its equality checks are C-43 and C-66).
//! Not here, because it is a matter of time or of measure: C-69 (abandoned empty files), C-94 (the benchmark).
//! Not here, because this host's rights cannot make it: a child that its parent's editor cannot see (C-72 beyond other
//! people's files), a file that whoever may create beside it may not write (row 11 beyond a viewer), several parents of
//! one file (C-86 beyond consistency).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]
// An extension must come back in the letters in which it was asked for.
#![allow(clippy::case_sensitive_file_extension_comparisons)]

#[path = "../support/mod.rs"]
mod support;

mod ancestry;
mod children;
mod common;
mod concurrency;
mod crash;
mod create_container;
mod create_file;
mod delete_rename;
mod ecosystem;
mod files;
mod guests;
mod info;
mod names;
mod sharing;
mod trading;
