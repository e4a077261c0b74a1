//! The pages in a real browser: Chromium against the real binary, with editors that stand in for Collabora Online, ONLYOFFICE
//! and Office for the web. What can be seen without script, a mouse or a keyboard is tried over HTTP in `tests/pages`.
//!
//! The stand-ins (`editor`) are servers in threads of their own, with discovery documents and keys of their own and no code of
//! the host. Each test has users of its own; nothing waits but for what it looks for.
//!
//! | subject, rules of web-host.md | module |
//! |---|---|
//! | the whole story of a person: at a desk, on a phone, by the keyboard alone | `story` |
//! | one editor for each extension, token by form only, one load, referrer, address bar (W-16 – W-19, W-26, W-77 – W-79; 12.3 no. 1, 6, 11) | `editing::each_kind_of_document…` |
//! | foreign origins and frames, strings and objects, nonsense (W-29, W-31; no. 7) | `editing::only_the_editors_own_frame…` |
//! | `UI_Close`, `UI_Sharing`, `UI_Share`, `UI_FileVersions`, `UI_Edit`, `File_Rename`; `Host_PostmessageReady` before them (W-33 – W-37, W-52, W-53, W-55, W-57; no. 8) | `editing::what_the_editors_buttons…` |
//! | what is really saved; rescued bytes (files.md, clients.md 9) | `editing::a_save_that_is_refused…` |
//! | `Reset_Access_Token`, and the end announced where there is no such message (W-18, W-54) | `editing::a_token_is_renewed…` |
//! | the end of a session of the pages, of a right, of the connection; saves that are refused or do not come; warnings that were dismissed | `watching` |
//! | an earlier version is brought back in another tab (W-56) | `restoring` |
//! | a guest edits; somebody breaks a lock | `meeting` |
//! | times of the page (section 5.2) | `watching::office_is_told…` |
//! | an upload goes on after the connection broke | `uploading` |
//! | `editnew` (W-40, W-75; no. 9) | `editing::a_new_document…` |
//! | `convert` (W-42 – W-44, W-76; no. 10) | `editing::an_old_format…` |
//! | proofs demanded throughout; rotation (W-1, W-59, W-60; no. 5) | `editing::keys_that_rotate…`, `editor_alone` |
//! | accessibility (axe-core: WCAG 2.1 A and AA), layout, pictures of every page at 360, 768 and 1440, light and dark; W-22, W-24, W-25 | `pages` |
//! | scripts switched off | `without_script` |
//!
//! Over HTTP, in `tests/pages`: W-5, W-16 – W-28, W-40 – W-46, W-54, W-68, W-78 – W-80 and 12.3 no. 1, 2 in `host_page`; W-9,
//! W-10, W-27, W-47, W-66, W-69a, W-80, W-84 – W-89 for each editor and kind of person, and 12.3 no. 12 in `editors_told`;
//! policies, caches, downloads and the log in `guards`. W-1, W-2, W-58 – W-63, W-78 in `tests/editors`; W-40, W-42, W-48, W-49, W-66,
//! W-74, W-84 – W-90 in `tests/wopi`. Beside the sources: W-3 – W-16, W-64, W-70, W-71 and 12.3 no. 3, 4 in `src/discovery` and
//! `src/editors`. How saves are folded (W-67) is `documents::versions` of `tests/pages`.
//!
//! Pictures lie in the build folder under `screenshots`; what failed is there as `failed-…`. `LOCKHOUSE_TEST_BROWSER=1` fails
//! without a browser, `LOCKHOUSE_TEST_AXE=1` without axe-core, `LOCKHOUSE_TEST_PICTURES=1` renews those of the README.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may panic")]

mod driver;
#[allow(dead_code)]
mod editor;
mod house;
mod looks;
mod pages;
#[allow(dead_code)]
#[path = "../editors/stand_in.rs"]
mod stand_in;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod window;
mod without_script;

mod editing;
mod editor_alone;
mod meeting;

mod restoring;
mod uploading;
mod watching;
