//! What is stored is read back, stored once, and held in little memory.

use proptest::prelude::*;

use super::*;

/// Sizes around every limit that there is.
fn sizes() -> impl Strategy<Value = usize> {
    let around = |size: usize| (size - 3)..(size + 4);
    prop_oneof![
        Just(0_usize),
        Just(1),
        1..2048_usize,
        around(MIN_CHUNK),
        around(AVERAGE_CHUNK),
        around(MAX_CHUNK),
        around(1024 * 1024),
        Just(5 * 1024 * 1024),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_written_in_any_pieces_is_read_in_any_pieces(
        size in sizes(),
        seed: u64,
        repeating: bool,
        pieces in prop::collection::vec(1..300_000_usize, 1..20),
        max in 1..300_000_usize,
    ) {
        let (store, file) = (Store::new(), node("file"));
        let bytes = if repeating { noise(seed, 64).repeat(size / 64 + 1)[..size].to_vec() } else { noise(seed, size) };
        let mut upload = store.content.begin_upload(&file, None).unwrap();
        let (mut rest, mut pieces) = (&bytes[..], pieces.iter().cycle());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((*pieces.next().unwrap()).min(rest.len()));
            upload.write(piece).unwrap();
            rest = after;
        }
        let content = store.commit(&file, upload.finish().unwrap());
        prop_assert_eq!(content.size, size as u64);
        prop_assert_eq!(content.manifest.is_none(), size == 0);
        // The chunks, and so what is reused, do not depend on the pieces.
        let again = store.save(&node("other"), &bytes);
        prop_assert_eq!(&again.sha256, &content.sha256);
        prop_assert_eq!(store.content.stats().bytes_written <= size as u64, true);
        if size > 0 {
            prop_assert!(read_to_end(&mut store.reader(&file, &content), max.max(size / 50)).unwrap() == bytes);
            store.verified(&file, &content);
        }
        prop_assert_eq!(store.database.unflushed(), 0);
    }

    #[test]
    fn a_reader_goes_on_from_any_offset(seed: u64, offsets in prop::collection::vec(0..9_000_000_u64, 1..12)) {
        let (store, file) = (Store::new(), node("file"));
        let bytes = noise(seed, 8_000_000);
        let content = store.save(&file, &bytes);
        prop_assert!(store.manifest_pages() > 3);
        let mut reader = store.reader(&file, &content);
        for offset in offsets {
            reader.seek(offset);
            let expected = bytes.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
            prop_assert_eq!(reader.offset(), offset.min(8_000_000));
            match reader.next(40_000).unwrap() {
                Some(read) => prop_assert!(read == expected[..expected.len().min(40_000)]),
                None => prop_assert!(expected.is_empty()),
            }
        }
    }
}

#[test]
fn the_hash_is_that_of_the_bytes_in_the_form_of_the_protocol() {
    let store = Store::new();
    assert_eq!(store.save(&node("e"), b"").sha256, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(store.save(&node("a"), b"abc").sha256, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

#[test]
fn the_same_bytes_are_stored_once() {
    let store = Store::new();
    let bytes = noise(1, 3_000_000);
    let first = store.store(&node("a"), &bytes);
    assert_eq!((first.new_bytes, first.reused_bytes), (3_000_000, 0));
    store.commit(&node("a"), first);
    let chunks = store.chunk_numbers().len();
    let second = store.store(&node("b"), &bytes);
    assert_eq!((second.new_bytes, second.reused_bytes), (0, 3_000_000));
    let second = store.commit(&node("b"), second);
    assert_eq!(store.chunk_numbers().len(), chunks);
    assert!(store.read(&node("b"), &second).unwrap() == bytes);
}

#[test]
fn a_small_edit_in_a_large_document_stores_little() {
    let (store, file) = (Store::new(), node("slides"));
    let mut bytes = noise(1, 10_000_000);
    store.save(&file, &bytes);
    bytes.splice(5_000_000..5_000_000, noise(2, 100));
    let stored = store.store(&file, &bytes);
    assert!(stored.new_bytes < 100_000, "{} bytes were stored anew", stored.new_bytes);
    let content = store.commit(&file, stored);
    assert!(store.read(&file, &content).unwrap() == bytes);
}

#[test]
fn an_upload_holds_less_than_a_mebibyte_however_it_is_fed() {
    let (store, file) = (Store::new(), node("file"));
    let mut upload = store.content.begin_upload(&file, None).unwrap();
    let bytes = noise(1, 20_000_000);
    upload.write(&bytes).unwrap();
    assert!(upload.held() < 1024 * 1024, "{}", upload.held());
    // Never more than two windows of chunks, each with its row, are at the mercy of a crash.
    assert!(store.database.unflushed() < 2 * 2 * (1024 * 1024 / MIN_CHUNK) + 8);
    assert!(store.database.flushes() >= 15);
}

#[test]
fn an_upload_waits_while_the_engine_is_busy() {
    let (store, file) = (Store::new(), node("file"));
    let bytes = noise(1, 12_000_000);
    store.engine.be_busy(3);
    let content = store.save(&file, &bytes);
    assert!(store.read(&file, &content).unwrap() == bytes);
}
