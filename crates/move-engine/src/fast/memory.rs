//! Flat memory: a stack of words, and regions for what is kept out of line.
//!
//! A reference is one word: the region's number above, the offset below. Region 0 is the stack.
//! Every access is checked: code that the verifier should have refused gets an error, not memory.

use alloc::vec::Vec;

use crate::{StatusCode, VmError, VmResult};

/// What verified code never does.
#[cold]
pub(super) fn invariant(what: &str) -> VmError {
    VmError::new(StatusCode::VerifierInvariantViolation).with_message(what)
}

/// Something out of line.
#[derive(Debug, Default)]
pub(super) enum Region {
    /// Nothing; its number is in the list of free ones.
    #[default]
    Free,
    /// Words: elements of a vector, a large struct, a function value, an entry of the state.
    Words(Vec<u64>),
    /// Elements of a vector of `u8`, `i8` or `bool`.
    Bytes(Vec<u8>),
}

/// The regions. A handle is a region's number; 0 is the empty vector.
#[derive(Debug)]
pub(super) struct Heap {
    regions: Vec<Region>,
    free: Vec<u32>,
}

impl Default for Heap {
    fn default() -> Self {
        // Number 0 stands for the stack.
        Self {
            regions: alloc::vec![Region::Free],
            free: Vec::new(),
        }
    }
}

/// A reference to an offset in a region.
#[inline]
pub(super) fn reference(region: u64, offset: u64) -> u64 {
    region << 32 | (offset & 0xffff_ffff)
}

impl Heap {
    pub(super) fn allocate(&mut self, region: Region) -> VmResult<u64> {
        if let Some(number) = self.free.pop() {
            if let Some(place) = self.regions.get_mut(number as usize) {
                *place = region;
            }
            return Ok(u64::from(number));
        }
        let number =
            u32::try_from(self.regions.len()).map_err(|_| StatusCode::MemoryLimitExceeded)?;
        self.regions.push(region);
        Ok(u64::from(number))
    }

    /// Takes a region out; it is free then. The empty vector has none.
    pub(super) fn take(&mut self, handle: u64) -> Region {
        if handle == 0 {
            return Region::Free;
        }
        let Some(place) = self.regions.get_mut(handle as usize) else {
            return Region::Free;
        };
        let region = core::mem::take(place);
        if !matches!(region, Region::Free) {
            self.free.push(handle as u32);
        }
        region
    }

    #[inline]
    pub(super) fn get(&self, handle: u64) -> Option<&Region> {
        self.regions.get(handle as usize)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, handle: u64) -> Option<&mut Region> {
        self.regions.get_mut(handle as usize)
    }

    #[inline]
    pub(super) fn words(&self, handle: u64) -> VmResult<&Vec<u64>> {
        match self.regions.get(handle as usize) {
            Some(Region::Words(words)) => Ok(words),
            _ => Err(invariant("words are needed")),
        }
    }

    #[inline]
    pub(super) fn words_mut(&mut self, handle: u64) -> VmResult<&mut Vec<u64>> {
        match self.regions.get_mut(handle as usize) {
            Some(Region::Words(words)) => Ok(words),
            _ => Err(invariant("words are needed")),
        }
    }

    #[inline]
    pub(super) fn bytes_mut(&mut self, handle: u64) -> VmResult<&mut Vec<u8>> {
        match self.regions.get_mut(handle as usize) {
            Some(Region::Bytes(bytes)) => Ok(bytes),
            _ => Err(invariant("bytes are needed")),
        }
    }
}

/// The stack and the heap.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) stack: Vec<u64>,
    pub(super) heap: Heap,
}

impl Default for Memory {
    fn default() -> Self {
        // Enough for most calls, so that the stack does not grow step by step.
        Self {
            stack: Vec::with_capacity(512),
            heap: Heap::default(),
        }
    }
}

impl Memory {
    /// So many words at a reference.
    #[inline]
    pub(super) fn at(&self, reference: u64, words: usize) -> VmResult<&[u64]> {
        let (region, offset) = (reference >> 32, (reference & 0xffff_ffff) as usize);
        let all = if region == 0 {
            &self.stack
        } else {
            self.heap.words(region)?
        };
        let end = offset.saturating_add(words);
        all.get(offset..end)
            .ok_or_else(|| invariant("a reference points to nothing"))
    }

    /// The same, to write.
    #[inline]
    pub(super) fn at_mut(&mut self, reference: u64, words: usize) -> VmResult<&mut [u64]> {
        let (region, offset) = (reference >> 32, (reference & 0xffff_ffff) as usize);
        let all = if region == 0 {
            &mut self.stack
        } else {
            self.heap.words_mut(region)?
        };
        let end = offset.saturating_add(words);
        all.get_mut(offset..end)
            .ok_or_else(|| invariant("a reference points to nothing"))
    }

    /// The word at a reference.
    #[inline]
    pub(super) fn load(&self, reference: u64) -> VmResult<u64> {
        let (region, offset) = (reference >> 32, (reference & 0xffff_ffff) as usize);
        let all = if region == 0 {
            &self.stack
        } else {
            self.heap.words(region)?
        };
        all.get(offset)
            .copied()
            .ok_or_else(|| invariant("a reference points to nothing"))
    }

    /// Writes the word at a reference.
    #[inline]
    pub(super) fn store(&mut self, reference: u64, value: u64) -> VmResult<()> {
        let (region, offset) = (reference >> 32, (reference & 0xffff_ffff) as usize);
        let all = if region == 0 {
            &mut self.stack
        } else {
            self.heap.words_mut(region)?
        };
        match all.get_mut(offset) {
            Some(place) => {
                *place = value;
                Ok(())
            }
            None => Err(invariant("a reference points to nothing")),
        }
    }

    /// A `u8`, `i8` or `bool` at a reference: a word, or a byte of a vector.
    #[inline]
    pub(super) fn load_byte(&self, reference: u64) -> VmResult<u64> {
        if let Some(Region::Bytes(bytes)) = self.heap.get(reference >> 32) {
            let byte = bytes.get((reference & 0xffff_ffff) as usize);
            let byte = byte.ok_or_else(|| invariant("a reference points to nothing"))?;
            return Ok(u64::from(*byte));
        }
        self.load(reference)
    }

    /// Writes a `u8`, `i8` or `bool`.
    #[inline]
    pub(super) fn store_byte(&mut self, reference: u64, value: u64) -> VmResult<()> {
        let region = reference >> 32;
        if let Some(Region::Bytes(_)) = self.heap.get(region) {
            let place = self
                .heap
                .bytes_mut(region)?
                .get_mut((reference & 0xffff_ffff) as usize);
            *place.ok_or_else(|| invariant("a reference points to nothing"))? = value as u8;
            return Ok(());
        }
        self.store(reference, value)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn freed_regions_are_used_again_and_only_once() {
        let mut heap = Heap::default();
        let first = heap.allocate(Region::Words(Vec::new())).unwrap();
        heap.take(first);
        heap.take(first);
        let second = heap.allocate(Region::Bytes(Vec::new())).unwrap();
        let third = heap.allocate(Region::Bytes(Vec::new())).unwrap();
        assert_eq!(first, second);
        assert_ne!(second, third);
        assert_eq!(heap.regions.len(), 3);
    }

    #[test]
    fn wild_references_are_refused() {
        let mut memory = Memory::default();
        memory.stack.resize(4, 7);
        assert_eq!(memory.load(reference(0, 3)).unwrap(), 7);
        for wild in [reference(0, 4), reference(9, 0), reference(1, 0), u64::MAX] {
            memory.load(wild).unwrap_err();
            memory.store(wild, 1).unwrap_err();
            memory.load_byte(wild).unwrap_err();
            memory.at(wild, usize::MAX).unwrap_err();
        }
    }
}
