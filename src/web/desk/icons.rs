//! The pictures of the pages: small outlines in the colour of the text around them, beside words and never instead of them.

/// An outline of 24 by 24.
macro_rules! icon {
    ($($(#[$about:meta])* $name:ident = $path:literal;)*) => {
        $($(#[$about])* #[allow(dead_code, reason = "a set is chosen as a whole")] pub(crate) const $name: &str = concat!(
            r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=""#, $path, r#""/></svg>"#
        );)*
    };
}

icon! {
    /// A folder.
    FOLDER = "M3 6.5A1.5 1.5 0 0 1 4.500 5h4.200l2 2.500h8.800A1.500 1.500 0 0 1 21 9v8.500a1.500 1.500 0 0 1-1.500 1.500h-15A1.500 1.500 0 0 1 3 17.500z";
    /// A file.
    FILE = "M6 3h8l5 5v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v5h5";
    /// Several people.
    PEOPLE = "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.500a6.500 6.500 0 0 1 3.500 5.500";
    /// A bin.
    BIN = "M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3";
    /// A gear, drawn as sliders.
    ADMIN = "M4 6h9M17 6h3M4 12h3M11 12h9M4 18h9M17 18h3M15 4v4M9 10v4M15 16v4";
    /// A plus.
    PLUS = "M12 5v14M5 12h14";
    /// An arrow up into a tray.
    UPLOAD = "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4";
    /// An arrow down into a tray.
    DOWNLOAD = "M12 4v12M7 11l5 5 5-5M4 16v4h16v-4";
    /// A pencil.
    EDIT = "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3";
    /// Three dots.
    MORE = "M12 6.010V6M12 12.010V12M12 18.010V18";
    /// A clock.
    HISTORY = "M12 7v5l3.500 2M3.500 12a8.500 8.500 0 1 0 2.500-6L3.500 8.500M3.500 4v4.500H8";
    /// A closed lock.
    LOCK = "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3";
    /// A chain link.
    LINK = "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.700 5.700l1-1";
    /// Rows.
    LIST = "M4 6h16M4 12h16M4 18h16";
    /// Tiles.
    GRID = "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z";
    /// A magnifying glass.
    SEARCH = "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.500 4.500";
    /// A triangle with an exclamation mark.
    WARNING = "M12 4l9.500 16.500h-19zM12 10v4.500M12 17.510v-.010";
    /// A tick.
    CHECK = "M5 12.500l4.500 4.500L19 7.500";
}
