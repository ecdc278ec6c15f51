//! JSON-RPC and REST servers, one folder for each dialect, thin over query traits.
