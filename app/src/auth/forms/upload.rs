//! Core. The file of an upload.

use leptos::server_fn::codec::MultipartData;

use crate::auth::error::AuthError;

/// A file as the browser sent it. Name and content are what the visitor says: trust neither.
#[derive(Debug, Eq, PartialEq)]
pub struct UploadedFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The file in the field `field`, read into memory: as much as `BODIES` accepts for the path. `None`: no file was chosen.
///
/// # Errors
/// [`AuthError::BadRequest`]: the body is malformed.
pub async fn uploaded_file(
    data: MultipartData,
    field: &str,
) -> Result<Option<UploadedFile>, AuthError> {
    let malformed = |_| AuthError::BadRequest;
    let mut parts = data.into_inner().ok_or(AuthError::BadRequest)?;
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        let name = part.file_name().unwrap_or_default().to_owned();
        if part.name() == Some(field) && !name.is_empty() {
            let bytes = part.bytes().await.map_err(malformed)?.into();
            return Ok(Some(UploadedFile { name, bytes }));
        }
    }
    Ok(None)
}
