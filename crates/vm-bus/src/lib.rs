//! The seam between virtual machines, and the bus that routes calls across it.
