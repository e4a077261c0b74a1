//! The report as a page.

use super::Summary;

/// The page.
pub fn page(summary: &Summary) -> String {
    summary.to_string()
}
