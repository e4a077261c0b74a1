//! Documents that ship with the program.

/// The documents that a first start puts into the administrator's drive: name and bytes.
pub const SAMPLES: &[(&str, &[u8])] = &[
    ("Welcome.docx", include_bytes!("../data/samples/Welcome.docx")),
    ("Budget.xlsx", include_bytes!("../data/samples/Budget.xlsx")),
    ("Introduction.pptx", include_bytes!("../data/samples/Introduction.pptx")),
];

/// The documents of test accounts: the same, and the file that the WOPI validator works on.
pub const TEST_DOCUMENTS: &[(&str, &[u8])] = &[
    SAMPLES[0],
    SAMPLES[1],
    SAMPLES[2],
    ("test.wopitest", b"This file is for the WOPI validator, which changes it as it likes."),
];
