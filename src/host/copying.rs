//! A version that becomes a file of its own.

use std::sync::Arc;

use super::{Host, HostError, VersionChoice};
use crate::{
    ids::{NodeId, UserId},
    names::FileName,
    store::records::FileHead,
};

impl Host {
    /// Makes a file of the bytes of a version, under this name or the nearest free one. The caller has checked the rights:
    /// to that version, and to put files into `parent`.
    ///
    /// # Errors
    /// [`HostError::NotFound`] when there is no such version, and those of a new file.
    pub async fn copy_version(
        &self,
        file: &NodeId,
        which: VersionChoice,
        by: &UserId,
        parent: &NodeId,
        name: &FileName,
    ) -> Result<(NodeId, Arc<FileHead>), HostError> {
        let (_, mut reading) = self.read_version(file, which)?;
        let mut creation = self.begin_creation(by, parent, Some(reading.left())).await?;
        while let Some(bytes) = reading.next().await? {
            creation.write(&bytes).await?;
        }
        creation.finish_suggested(name).await
    }
}
