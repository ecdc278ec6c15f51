//! Where inputs come from.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// The compiled modules and texts beside the crate's tests.
pub(crate) fn checked_in() -> Result<Vec<Vec<u8>>> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"))
}

/// All `.mv`, `.masm` and `.hex` files in a folder and the folders in it, in the order of their
/// paths. A `.hex` file is read as what it stands for.
pub(crate) fn read(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        let mut paths = Vec::new();
        for entry in entries {
            paths.push(entry?.path());
        }
        paths.sort();
        for path in paths {
            let extension = path.extension().and_then(|e| e.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if let Some("mv" | "masm") = extension {
                found.push(fs::read(&path)?);
            } else if extension == Some("hex") {
                let text = fs::read_to_string(&path)?;
                found.push(from_hex(&text).with_context(|| path.display().to_string())?);
            }
        }
    }
    Ok(found)
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Result<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?))
        .collect()
}
