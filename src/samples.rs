//! Documents that ship with the program.

/// The documents that a first start puts into the administrator's drive: name and bytes.
pub const SAMPLES: &[(&str, &[u8])] = &[
    ("Welcome.docx", include_bytes!("../data/samples/Welcome.docx")),
    ("Budget.xlsx", include_bytes!("../data/samples/Budget.xlsx")),
    ("Introduction.pptx", include_bytes!("../data/samples/Introduction.pptx")),
];
