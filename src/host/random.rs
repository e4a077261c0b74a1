//! Random bits for identifiers and secrets, from the one cryptographic source of the house.

use crate::ids::NodeId;

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandomness;

/// Fills an array with random bytes that nobody can foresee.
///
/// # Errors
/// [`NoRandomness`] when the system has none to give.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bits = [0; N];
    aws_lc_rs::rand::fill(&mut bits).map_err(|_| NoRandomness)?;
    Ok(bits)
}

/// A new identifier of 128 random bits (files.md section 1.3).
///
/// # Errors
/// [`NoRandomness`] when the system has none to give.
pub fn node_id() -> Result<NodeId, NoRandomness> {
    bytes().map(NodeId::from_random_bits)
}
