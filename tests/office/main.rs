//! Office on a device, as a script, against the running binary: from an unauthenticated Bootstrap to a saved file.
//!
//! `client` behaves as Office does, device and Microsoft's service apart; `web_view` is the device's browser; `net` stands
//! for the network with a proxy in it; `desk` is the host that an operator would set up. Every test is written from the
//! rules, not from the program.
//!
//! | scenario | test |
//! |---|---|
//! | A1, A4 | `acceptance::a1_a4_…` |
//! | A2 | `acceptance::a2_…` |
//! | A3, A10 | `acceptance::a3_a10_…` |
//! | A5 – A9 | `acceptance::a5_…` to `a9_…` |
//! | A11 | `acceptance::a11_…`; that nothing overflows is looked at in a real browser, in another test program |
//! | A12 – A15 | `acceptance::a12_…` to `a15_…` |
//! | A16, E19 | `acceptance::a16_e19_…` |
//! | E1 – E6 | `bootstrapper::e1_…` to `e6_…` |
//! | E7 – E9, E20 | `authorize` |
//! | E10 – E17 | `token` |
//! | E18 | `acceptance::e18_…` |
//!
//! | rules | test |
//! |---|---|
//! | B-1 | `bootstrapper::e3_…` |
//! | B-2 | TLS 1.2 and 1.3: the test program `server` |
//! | B-3, B-4, B-51, B-108, B-110 | `bootstrapper::b3_…`; B-108 also `security::b108_…` |
//! | B-5 | `bootstrapper::e2_…` |
//! | B-6, B-30 | `bootstrapper::e1_…`, `b6_…` |
//! | B-7, B-8, B-11, B-12, B-13, B-15 | every answer, in `client::check_bootstrapper_answer` |
//! | B-9, B-24 | `bootstrapper::e4_…` |
//! | B-10, B-56, B-57 | `acceptance::a16_…`, `bootstrapper::b10_…` |
//! | B-14, B-16 | `bootstrapper::b13_…`, `b14_…` |
//! | B-17, B-18 | `bootstrapper::b17_…` |
//! | B-19 – B-23 | `bootstrapper::e5_…`, `e6_…`, `b22_…`; B-23 `acceptance::a7_…`, `a13_…` |
//! | B-25 – B-29, B-31 – B-35 | `bootstrapper::b25_…`, `b28_…`, `client::Challenge` |
//! | B-36 – B-41 | `authorize` |
//! | B-42 – B-44 | `acceptance::a11_…`, `authorize::b44_…` |
//! | B-45 | `authorize::b45_…`, `security` |
//! | B-46 | `authorize::b46_…`, `acceptance::a13_…` |
//! | B-47 | `authorize::b47_…`, `token::e10_…`, `token::b47_…` |
//! | B-48 | `token::e17_…` |
//! | B-49, B-50, B-52 | `authorize::b49_…`, `client::Returned` |
//! | B-53 – B-55 | `acceptance::a16_…`, `apps::b54_…` |
//! | B-59, B-62 | `token::e14_…` |
//! | B-60 | `token::e11_…`, `token::b60_…`, `standard` |
//! | B-61 | `token::e12_…`, `token::e13_…`, `authorize::b40_…` |
//! | B-63 | `token::b63_…` |
//! | B-64 – B-68, B-71 | every answer, in `client::check_token_answer`; `token::e15_…` |
//! | B-69 | `token::e16_…`, `survival::one_refresh_token_…` |
//! | B-70 | `token::b70_…`, and with a clock that tests turn inside the program |
//! | B-72 | inside the program, with a store that fails |
//! | B-73, B-74 | `standard` |
//! | B-75 | `bootstrapper::b75_…` |
//! | B-76 | `authorize::e7_…` (no port but the registered one) |
//! | B-77 | every sign-in (`client::Service::accept`), `bootstrapper::b77_…` |
//! | B-78 – B-80, B-84 – B-87, B-90 | `apps` |
//! | B-91, B-92 | `acceptance::a14_…` |
//! | B-93 – B-95 | `acceptance::a2_…`, `a3_…`, `a6_…` |
//! | B-96 – B-98 | `acceptance::a13_…`, `b96_…` |
//! | B-99, B-100 | `acceptance::b99_…`, `b100_…` |
//! | B-101 | the test program `wopi` (F-2 to F-6), and inside the program |
//! | B-102 | `acceptance::e18_…` |
//! | B-103, B-104 | `security::b103_…`, `token::b104_…` |
//! | B-105, B-109 | `bootstrapper::b10_…`, `b109_…` |
//! | B-106 | `token::b106_…`, `security::guessing_…` |
//! | B-107 | `security::b107_…` |
//!
//! Not the host's to keep: B-81 to B-83, B-88 and B-89 are for the operator's app, B-58 is a reading of terms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod acceptance;
mod apps;
mod authorize;
mod bootstrapper;
mod client;
mod desk;
mod net;
mod onboarding;
mod security;
mod standard;
mod survival;
mod token;
mod web_view;
