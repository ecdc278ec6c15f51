//! State keys, the undo-log journal, write sets, and the Merkle Patricia trie.
