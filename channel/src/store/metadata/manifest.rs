use serde::{Deserialize, Serialize};

use super::Metadata;
use crate::store::Sha512Hex;

/// What ties the metadata of a recording to itself, and to the recording before it in the call.
///
/// The chain has no signature. It shows damage, and changes made by somebody who has not worked out all hashes
/// after it anew; whoever can write the folder can do that. It proves more only against a hash that was kept
/// elsewhere: the manifest of a call's last recording stands for all of the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// [`sha512`](Self::sha512) of the recording before it in the call, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Sha512Hex>,
    /// The SHA-512 of the bytes of `metadata.json` in which these 128 digits, the last of the file, are zeros.
    pub sha512: Sha512Hex,
}

/// What the next recording of a call names of the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainLink {
    /// The hash of its last part; none if it has no closed one.
    pub part: Option<Sha512Hex>,
    /// The hash of its metadata.
    pub manifest: Sha512Hex,
}

impl Manifest {
    /// The manifest of these metadata; none if they cannot be written.
    pub(super) fn of(metadata: &Metadata, prev: Option<Sha512Hex>) -> Option<Self> {
        let sha512 = Sha512Hex::of_bytes(&blank(metadata, prev.clone()).ok()?);
        Some(Self { prev, sha512 })
    }

    /// Whether the text is that of which this is the manifest, to the bit.
    pub(crate) fn fits(&self, text: &[u8]) -> bool {
        let mut text = text.to_vec();
        self.sha512.is_valid()
            && replace_last(&mut text, &self.sha512, &Sha512Hex::zeros())
            && Sha512Hex::of_bytes(&text) == self.sha512
    }
}

impl Metadata {
    /// The text of `metadata.json`, with the hash of its manifest worked out anew.
    pub(crate) fn text(&self) -> serde_json::Result<Vec<u8>> {
        let manifest = self.onhook.manifest.as_ref();
        let mut text = blank(self, manifest.and_then(|manifest| manifest.prev.clone()))?;
        let sha512 = Sha512Hex::of_bytes(&text);
        replace_last(&mut text, &Sha512Hex::zeros(), &sha512);
        Ok(text)
    }

    /// Ties the metadata as they are now to the recording before.
    pub(crate) fn chain(&mut self, prev: Option<Sha512Hex>) {
        self.onhook.manifest = None;
        self.onhook.manifest = Manifest::of(self, prev);
    }

    /// What the next recording of the call names of this one.
    pub fn chain_link(&self) -> Option<ChainLink> {
        let manifest = self.onhook.manifest.as_ref()?;
        Some(ChainLink {
            part: self.onhook.parts.last().map(|part| part.sha512.clone()),
            manifest: manifest.sha512.clone(),
        })
    }
}

/// The text with zeros for the manifest's hash.
fn blank(metadata: &Metadata, prev: Option<Sha512Hex>) -> serde_json::Result<Vec<u8>> {
    let mut metadata = metadata.clone();
    let sha512 = Sha512Hex::zeros();
    metadata.onhook.manifest = Some(Manifest { prev, sha512 });
    let mut text = serde_json::to_vec_pretty(&metadata)?;
    text.push(b'\n');
    Ok(text)
}

/// Puts one hash in the place of the last occurrence of another.
fn replace_last(text: &mut [u8], old: &Sha512Hex, new: &Sha512Hex) -> bool {
    let (old, new) = (old.as_str().as_bytes(), new.as_str().as_bytes());
    let found = text.windows(old.len()).rposition(|digits| digits == old);
    let digits = found.and_then(|at| text.get_mut(at..at + new.len()));
    if let Some(digits) = digits {
        digits.copy_from_slice(new);
        return true;
    }
    false
}
