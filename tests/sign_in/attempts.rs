//! Wrong passwords.

use crate::{
    house::House,
    support::{PASSWORD, Reply, Start},
    visitor::{Visitor, field, text},
};

/// The page without what differs by nature: the name that was typed and the mark.
fn bare(page: &Reply, name: &str) -> String {
    text(page).replace(&field(page, "form"), "").replace(&format!("value=\"{name}\""), "")
}

/// The processor's time that a process has used, in the system's ticks of ten milliseconds. Unlike the time of a clock on the
/// wall it does not depend on what else runs.
fn work_of(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_there_is_such_a_user_shows_neither_in_words_nor_in_work() {
    let house = House::open_with(Start::default().set("LOCKHOUSE_SIGN_IN__ATTEMPTS", "1000"));
    let mut visitor = Visitor::of(&house);
    let page = visitor.get("/sign-in").await.expect(200);
    let cases =
        [("ines", "wrong"), ("nobody", "wrong"), ("olga", "wrong"), ("dora", PASSWORD), ("no such name!", "wrong")];
    let mut seen: Vec<(String, u64)> = Vec::new();
    for (name, password) in cases {
        let mut words = String::new();
        let before = work_of(house.binary.pid());
        for _ in 0..12 {
            let reply = visitor.fill_in(&page, name, password).await.expect(403);
            words = bare(&reply, name);
        }
        seen.push((words, work_of(house.binary.pid()) - before));
    }
    for (case, (words, work)) in seen.iter().enumerate() {
        assert_eq!(*words, seen[0].0, "{:?}", cases[case]);
        let known = seen[0].1;
        assert!(*work < known * 2 && known < *work * 2, "{:?}: {work} ticks against {known}", cases[case]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guesser_waits_and_its_victim_does_not() {
    let start = Start::default()
        .set("LOCKHOUSE_SIGN_IN__ATTEMPTS", "3")
        .set("LOCKHOUSE_SIGN_IN__ATTEMPT_EVERY", "1h")
        .set("LOCKHOUSE_TRUSTED_PROXIES", "127.0.0.1");
    let house = House::open_with(start);
    let from = |address: &str| {
        let mut visitor = Visitor::of(&house).speaking("de");
        visitor.headers.push(("X-Forwarded-For", address.to_owned()));
        visitor
    };
    // Ines has signed in here before.
    let mut ines = from("203.0.113.1");
    ines.sign_in_at("/sign-in", "ines").await.expect(303);

    for victim in ["ines", "nobody"] {
        let mut guesser = from("203.0.113.1");
        let page = guesser.get("/sign-in").await;
        for _ in 0..3 {
            guesser.fill_in(&page, victim, "wrong").await.expect(403);
        }
        for password in ["wrong", PASSWORD] {
            let reply = guesser.fill_in(&page, victim, password).await.expect(429);
            let seconds: u64 = reply.header("Retry-After").unwrap().parse().unwrap();
            assert!((3000..=3600).contains(&seconds), "{seconds}");
            assert!(text(&reply).contains("60 Minuten") || text(&reply).contains("59 Minuten"), "{}", text(&reply));
        }
    }
    let page = ines.get("/sign-in").await;
    ines.post("/sign-out", &[("form", &field(&page, "form"))]).await.expect(303);
    ines.sign_in_at("/sign-in", "ines").await.expect(303);
    // On a device of hers that is new, from another address; and a colleague behind the same one.
    from("203.0.113.2").sign_in_at("/sign-in", "ines").await.expect(303);
    from("203.0.113.1").sign_in_at("/sign-in", "berta").await.expect(303);
    // Signing in often is no guessing.
    for _ in 0..8 {
        from("203.0.113.9").sign_in_at("/sign-in", "berta").await.expect(303);
    }
}
